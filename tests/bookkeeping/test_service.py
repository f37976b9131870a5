"""Entries by hand: two people, once, never in the future or a closed month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from marketplace.bookkeeping import queries, service
from marketplace.bookkeeping.models import EntryDraft
from marketplace.bookkeeping.rules import DraftDecided, DraftState, NeedsAnother
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import JournalLine, Unbalanced, Unit
from tests.makers import SATURDAY

TODAY = date(2026, 11, 28)


@pytest.fixture
def rent(session, sanan, book, treasurer):
    """Rent of Rp 25.000 paid in cash, as the treasurer proposes it."""
    codes = {account.code: account.id for account in books.chart(session, book)}

    def propose(amount: int = 25_000, *, credit: int | None = None, **facts):
        return service.propose(
            session,
            sanan.id,
            Unit.SHOP,
            **{
                "key": str(new_id()),
                "memo": "Sewa lapak",
                "dated": TODAY,
                "lines": [
                    JournalLine(codes["5-3100"], debit=Rupiah(amount)),
                    JournalLine(codes["1-1100"], credit=Rupiah(credit or amount)),
                ],
                "by": treasurer.id,
                "at": SATURDAY,
                **facts,
            },
        )

    return propose


def cash(session, book) -> int:
    return next(b.balance.amount for b in books.trial_balance(session, book) if b.code == "1-1100")


def test_an_entry_is_posted_when_a_second_person_says_yes(session, book, rent, treasurer, chair):
    before = cash(session, book)
    draft = rent()
    assert cash(session, book) == before

    entry = service.approve(session, draft, by=chair.id, at=SATURDAY)
    again = service.approve(session, draft, by=chair.id, at=SATURDAY)

    assert again.id == entry.id
    assert (entry.created_by, entry.approved_by) == (treasurer.id, chair.id)
    assert cash(session, book) == before - 25_000
    assert draft.state is DraftState.POSTED


def test_nobody_approves_their_own_entry(session, rent, treasurer):
    with pytest.raises(NeedsAnother):
        service.approve(session, rent(), by=treasurer.id, at=SATURDAY)


def test_the_database_itself_asks_for_two_people(session, book, rent, chair, treasurer):
    draft = rent()
    service.approve(session, draft, by=chair.id, at=SATURDAY)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(EntryDraft).values(decided_by=treasurer.id))


def test_the_same_form_proposes_once(rent):
    assert rent(key="form") is rent(key="form")


def test_a_proposal_that_does_not_balance_is_refused_at_once(rent):
    with pytest.raises(Unbalanced, match=r"selisihnya Rp\s1\.000"):
        rent(25_000, credit=24_000)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("memo", "  "),
        ("memo", "x" * 501),
        ("dated", TODAY + timedelta(days=1)),
        ("dated", date(2025, 12, 31)),
    ],
)
def test_a_proposal_says_what_for_and_lies_in_an_open_month(rent, fact, value):
    with pytest.raises(Invalid) as broken:
        rent(**{fact: value})
    assert list(broken.value.fields) == [fact]


def test_a_proposal_can_be_declined_or_withdrawn_once(session, rent, chair, treasurer):
    declined, withdrawn = rent(), rent()

    service.refuse(session, declined, by=chair.id, at=SATURDAY)
    service.refuse(session, withdrawn, by=treasurer.id, at=SATURDAY)

    assert (declined.state, withdrawn.state) == (DraftState.REFUSED, DraftState.WITHDRAWN)
    for draft in (declined, withdrawn):
        with pytest.raises(DraftDecided):
            service.approve(session, draft, by=chair.id, at=SATURDAY)
        with pytest.raises(DraftDecided):
            service.refuse(session, draft, by=chair.id, at=SATURDAY)


def test_an_entry_by_hand_is_reversed_by_two_people(session, book, rent, chair, treasurer):
    before = cash(session, book)
    entry = service.approve(session, rent(), by=chair.id, at=SATURDAY)

    undo = service.propose_reversal(
        session, entry, key="undo", memo="Salah bulan", by=treasurer.id, at=SATURDAY
    )
    same = service.propose_reversal(
        session, entry, key="undo", memo="Salah bulan", by=treasurer.id, at=SATURDAY
    )
    shown = [
        (line.account.code, line.debit.amount, line.credit.amount)
        for line in queries.lines_of_draft(session, undo)
    ]
    service.approve(session, undo, by=chair.id, at=SATURDAY)

    assert same is undo
    assert shown == [("1-1100", 25_000, 0), ("5-3100", 0, 25_000)]
    assert cash(session, book) == before
    with pytest.raises(ledger.AlreadyReversed):
        service.propose_reversal(session, entry, key="b", memo="Lagi", by=treasurer.id, at=SATURDAY)


def test_an_entry_of_a_transaction_is_undone_by_the_transaction_alone(session, book, treasurer):
    (entry,) = books.journal(session, book, limit=1)
    entry_of_order = type(entry)(
        **{
            name: getattr(entry, name)
            for name in ("cooperative_id", "id", "book_id", "number", "dated", "memo")
        }
    )
    entry_of_order.source_type = "order_sale"

    with pytest.raises(Invalid, match="dibuat oleh transaksi"):
        service.propose_reversal(
            session, entry_of_order, key="x", memo="Batal", by=treasurer.id, at=SATURDAY
        )


def test_proposals_that_wait_are_counted_for_those_who_may_decide(
    session, sanan, rent, treasurer, chair
):
    first, second = rent(), rent()
    service.refuse(session, second, by=chair.id, at=SATURDAY)

    assert list(queries.waiting(session, sanan.id)) == [first]
    assert queries.count_waiting(session, sanan.id) == 1
    assert queries.count_waiting(session, sanan.id, not_by=treasurer.id) == 0
    with pytest.raises(NotFound):
        queries.draft_by_id(session, sanan.id, new_id())
