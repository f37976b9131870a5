"""What must hold of the books by themselves: balances, the chain, closed months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import (
    HoldState,
    LedgerAccount,
    LedgerBook,
    LedgerClosing,
    LedgerEntry,
    LedgerHold,
    LedgerLine,
)
from marketplace.ledger.queries import facts_of, moves_of
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import EMPTY_HASH, accounts_of, chained_hash
from marketplace.ledger.service import figures

Rows = Iterator[tuple[str, str]]
Moves = dict[UUID, list[tuple[UUID, UUID, Rupiah]]]
AT_A_TIME = 2_000


def balances(session: Session, _at: datetime) -> Rows:
    """Compare the kept sides of every account with the sum of its lines."""
    summed = [
        select(
            LedgerLine.cooperative_id,
            column.label("account_id"),
            total_of(LedgerLine.amount).label("total"),
        )
        .group_by(LedgerLine.cooperative_id, column)
        .subquery()
        for column in (LedgerLine.debit_id, LedgerLine.credit_id)
    ]
    debit, credit = (func.coalesce(side.c.total, 0) for side in summed)
    wanted = select(LedgerAccount, debit, credit)
    for side in summed:
        wanted = wanted.outerjoin(
            side,
            (side.c.cooperative_id == LedgerAccount.cooperative_id)
            & (side.c.account_id == LedgerAccount.id),
        )
    for account, into, out in session.execute(
        wanted.where((LedgerAccount.debit != debit) | (LedgerAccount.credit != credit))
    ):
        yield (
            f"ledger_accounts {account.cooperative_id}/{account.id}",
            f"{account.code} keeps {account.debit}/{account.credit}, lines say {into}/{out}",
        )


def holds(session: Session, _at: datetime) -> Rows:
    """Compare what an account says is held with its pending holds."""
    held = (
        select(
            LedgerHold.cooperative_id,
            LedgerHold.account_id,
            total_of(LedgerHold.amount).label("total"),
        )
        .where(LedgerHold.state == HoldState.PENDING)
        .group_by(LedgerHold.cooperative_id, LedgerHold.account_id)
        .subquery()
    )
    total = func.coalesce(held.c.total, 0)
    rows = session.execute(
        select(LedgerAccount, total)
        .outerjoin(
            held,
            (held.c.cooperative_id == LedgerAccount.cooperative_id)
            & (held.c.account_id == LedgerAccount.id),
        )
        .where(LedgerAccount.held != total)
    )
    for account, said in rows:
        yield (
            f"ledger_accounts {account.cooperative_id}/{account.id}",
            f"{account.code} holds {account.held}, holds say {said}",
        )


def chain(session: Session, _at: datetime) -> Rows:
    """Walk every book from its first entry to its head and prove each seal on the way."""
    for book in session.scalars(select(LedgerBook)):
        number, seal = 0, EMPTY_HASH
        for entry, moves in _entries(session, book):
            row = f"ledger_entries {entry.cooperative_id}/{entry.id}"
            if entry.number != number + 1:
                yield row, f"number {entry.number} follows {number}"
            if entry.previous_hash != seal:
                yield row, "the chain is broken before it"
            if not moves:
                yield row, "moves nothing"
            if chained_hash(facts_of(entry), moves) != entry.hash:
                yield row, "says something else than was sealed"
            number, seal = entry.number, entry.hash
        if (book.last_number, book.last_hash) != (number, seal):
            yield (
                f"ledger_books {book.cooperative_id}/{book.id}",
                f"its head says {book.last_number}, its last entry is {number}",
            )


def _entries(
    session: Session, book: LedgerBook
) -> Iterator[tuple[LedgerEntry, list[tuple[UUID, UUID, Rupiah]]]]:
    """Read a book in order, some thousand entries at a time, each with its moves."""
    last = -1
    while True:
        entries = session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.cooperative_id == book.cooperative_id,
                LedgerEntry.book_id == book.id,
                LedgerEntry.number > last,
            )
            .order_by(LedgerEntry.number)
            .limit(AT_A_TIME)
        ).all()
        if not entries:
            return
        moves = _moves(session, book, entries[0].number, entries[-1].number)
        for entry in entries:
            yield entry, moves.get(entry.id, [])
        last = entries[-1].number
        session.expunge_all()


def _moves(session: Session, book: LedgerBook, first: int, last: int) -> Moves:
    found: Moves = {}
    rows = session.execute(
        select(LedgerLine.entry_id, LedgerLine.debit_id, LedgerLine.credit_id, LedgerLine.amount)
        .join(
            LedgerEntry,
            ENTRY_OF_LINE,
        )
        .where(
            LedgerEntry.cooperative_id == book.cooperative_id,
            LedgerEntry.book_id == book.id,
            LedgerEntry.number.between(first, last),
        )
        .order_by(LedgerEntry.number, LedgerLine.position)
    )
    for entry_id, debit, credit, amount in rows:
        found.setdefault(entry_id, []).append((debit, credit, amount))
    return found


def charts(session: Session, _at: datetime) -> Rows:
    """Find books that lack an account the programme writes to."""
    for book in session.scalars(select(LedgerBook)).all():
        there = set(
            session.scalars(
                select(LedgerAccount.purpose).where(
                    LedgerAccount.cooperative_id == book.cooperative_id,
                    LedgerAccount.book_id == book.id,
                    LedgerAccount.member_id.is_(None),
                )
            )
        )
        for account in accounts_of(book.unit):
            if account.purpose not in (None, *there):
                yield f"ledger_books {book.cooperative_id}/{book.id}", f"{account.code} is missing"


def reversals(session: Session, _at: datetime) -> Rows:
    """Find reversals that are not the mirror of what they reverse."""
    mirrors = session.scalars(select(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None)))
    for entry in mirrors.all():
        first = session.get(LedgerEntry, (entry.cooperative_id, entry.reverses_id))
        told = sorted(moves_of(session, first)) if first else []
        back = [(credit, debit, amount) for debit, credit, amount in moves_of(session, entry)]
        if sorted(back) != told:
            yield (
                f"ledger_entries {entry.cooperative_id}/{entry.id}",
                "is not the mirror of the entry it reverses",
            )


def closings(session: Session, _at: datetime) -> Rows:
    """Compute every closed month again and compare it with what was closed.

    The months of a book follow each other without a gap, up to the first open day.
    """
    for book in session.scalars(select(LedgerBook)).all():
        expected = date(local_day(book.opened_at).year, 1, 1)
        for starts, ends in session.execute(
            select(LedgerClosing.starts, LedgerClosing.ends)
            .where(
                LedgerClosing.cooperative_id == book.cooperative_id,
                LedgerClosing.book_id == book.id,
            )
            .order_by(LedgerClosing.starts)
        ):
            expected = ends + timedelta(days=1) if starts == expected else expected
        if book.open_from != expected:
            yield (
                f"ledger_books {book.cooperative_id}/{book.id}",
                f"open from {book.open_from}, its closed months end before {expected}",
            )
    for closing in session.scalars(select(LedgerClosing)).all():
        book = session.get_one(LedgerBook, (closing.cooperative_id, closing.book_id))
        row = f"ledger_closings {closing.cooperative_id}/{closing.id}"
        said = (closing.entries, closing.turnover, closing.balances_hash)
        if figures(session, book, closing.starts, closing.ends) != said:
            yield row, f"{closing.starts:%Y-%m} is not what was closed"
        if book.open_from <= closing.ends:
            yield row, f"{closing.starts:%Y-%m} is open again"
