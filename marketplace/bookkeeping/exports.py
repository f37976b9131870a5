"""The books as files: a table for spreadsheets, and beancount for an independent check.

Source of the format: the language syntax of beancount 3. Amounts are whole rupiah.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.ledger import queries as books
from marketplace.ledger.queries import AccountBalance, LedgerBook, LedgerEntry, WrittenLine
from marketplace.ledger.rules import AccountKind

ROOTS: dict[AccountKind, str] = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
}
JOURNAL_HEADER = ("nomor", "tanggal", "keterangan", "akun", "nama akun", "debit", "kredit")
AT_A_TIME = 500
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")


def in_order(
    session: Session, book: LedgerBook, *, starts: date | None = None, ends: date | None = None
) -> Iterator[tuple[LedgerEntry, list[WrittenLine]]]:
    """Read a journal from its first entry, a few hundred at a time."""
    last = 0
    while entries := books.journal_after(
        session, book, last, starts=starts, ends=ends, limit=AT_A_TIME
    ):
        lines = books.lines_of(session, entries)
        for entry in entries:
            yield entry, lines[entry.id]
        last = entries[-1].number


def journal_rows(
    session: Session, book: LedgerBook, *, starts: date | None = None, ends: date | None = None
) -> Iterator[Sequence[object]]:
    """Write a journal as rows of a table, one for each line."""
    for entry, lines in in_order(session, book, starts=starts, ends=ends):
        for line in lines:
            yield (
                entry.number,
                entry.dated.isoformat(),
                entry.memo,
                line.account.code,
                line.account.name,
                line.debit.amount,
                line.credit.amount,
            )


def beancount(session: Session, book: LedgerBook, title: str) -> Iterator[str]:
    """Write whole books in beancount's language, with an assertion for every balance.

    A program that shares no code with ours then says whether the balances are true.
    """
    balances = books.trial_balance(session, book)
    yield f'option "title" "{_quoted(title)}"\noption "operating_currency" "IDR"\n\n'
    first = min(book.open_from, _first_day(session, book))
    for balance in balances:
        yield f"{first} open {account_name(balance.kind, balance.code, balance.name)} IDR\n"
    last = first
    for entry, lines in in_order(session, book):
        last = max(last, entry.dated)
        yield f'\n{entry.dated} * "{entry.number}" "{_quoted(entry.memo)}"\n'
        for line in lines:
            account = account_name(line.account.kind, line.account.code, line.account.name)
            yield f"  {account}  {line.debit.amount - line.credit.amount} IDR\n"
    yield "\n"
    yield from (_assertion(balance, last + timedelta(days=1)) for balance in balances)


def _assertion(balance: AccountBalance, day: date) -> str:
    account = account_name(balance.kind, balance.code, balance.name)
    return f"{day} balance {account}  {balance.debit.amount - balance.credit.amount} IDR\n"


def _first_day(session: Session, book: LedgerBook) -> date:
    return books.first_day(session, book) or book.open_from


def account_name(kind: AccountKind, code: str, name: str) -> str:
    """Name an account as beancount allows: its kind, its number, its name.

    >>> account_name(AccountKind.ASSET, "1-1100", "Kas kecil")
    'Assets:1-1100-Kas-kecil'
    """
    return f"{ROOTS[kind]}:{code.replace('.', '-')}-{_NOT_NAME.sub('-', name).strip('-')}".rstrip(
        "-"
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
