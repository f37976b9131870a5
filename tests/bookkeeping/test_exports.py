"""A program that shares no code with ours reads the books and agrees with every balance."""

from __future__ import annotations

from datetime import date

from beancount import loader
from beancount.core.realization import realize

from marketplace.bookkeeping import exports
from marketplace.ledger import queries as books
from marketplace.ledger import service
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from tests.ledger.conftest import posting
from tests.makers import SATURDAY, make_member


def test_beancount_loads_the_books_and_finds_every_balance_true(session, sanan, book):
    for name in ("Bu Lilik", "Mas Wahyu"):
        part = MemberAccount(Purpose.CONSIGNMENT_PAYABLE, make_member(session, sanan, name).id)
        service.post(
            session, sanan.id, Unit.SHOP, posting((Purpose.BANK, part, 45_938)), at=SATURDAY
        )
    text = "".join(exports.beancount(session, book, sanan.name))

    entries, errors, _options = loader.load_string(text)

    assert errors == []
    found = {
        account: int(sum(position.units.number for position in real.balance))
        for account, real in _flat(realize(entries))
        if not real.balance.is_empty()
    }
    assert found == {
        exports.account_name(b.kind, b.code, b.name): b.debit.amount - b.credit.amount
        for b in books.trial_balance(session, book)
        if b.debit != b.credit
    }


def _flat(real):
    for child in real.values():
        if child.account:
            yield child.account, child
        yield from _flat(child)


def test_beancount_finds_a_balance_that_is_not_true(session, sanan, book):
    text = "".join(exports.beancount(session, book, sanan.name))

    _entries, errors, _options = loader.load_string(text.replace(" 60000 IDR", " 60001 IDR", 1))

    assert errors != []


def test_a_journal_is_a_table_with_a_row_for_each_line(session, book):
    rows = list(exports.journal_rows(session, book))
    november = list(
        exports.journal_rows(session, book, starts=date(2026, 11, 1), ends=date(2026, 11, 30))
    )
    december = list(exports.journal_rows(session, book, starts=date(2026, 12, 1)))

    assert [row[3:] for row in rows[:2]] == [
        ("1-1100", "Kas", 60_000, 0),
        ("4-2200", "Penjualan kepada non-anggota", 0, 60_000),
    ]
    assert sum(row[5] for row in rows) == sum(row[6] for row in rows)
    assert (november, december) == (rows, [])
