"""Closing a month: from then on nothing can be dated in it, and its figures stay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.calendar import local_day, month_end
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.models import LedgerBook, LedgerClosing, LedgerEntry, LedgerLine
from marketplace.ledger.queries import AccountBalance, trial_balance
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Unit
from marketplace.ledger.service.books import take_book


class MonthNotOver(RuleBroken):
    """A month is closed after its last day, never before."""

    code = "month_not_over"


def close_month(
    session: Session, cooperative_id: int, unit: Unit, *, closed_by: UUID | None, at: datetime
) -> LedgerClosing:
    """Close the oldest open month of a unit's books, for ever. Raises MonthNotOver.

    What comes late is dated on the first day of the next month.
    """
    book = take_book(session, cooperative_id, unit, at=at)
    starts, ends = book.open_from, month_end(book.open_from)
    if ends >= local_day(at):
        raise MonthNotOver(say("Bulan ini belum berakhir, jadi belum bisa ditutup."))
    entries, turnover, proof = figures(session, book, starts, ends)
    closing = LedgerClosing(
        cooperative_id=cooperative_id,
        book_id=book.id,
        starts=starts,
        ends=ends,
        entries=entries,
        turnover=turnover,
        balances_hash=proof,
        closed_by=closed_by,
        closed_at=at,
    )
    session.add(closing)
    book.open_from = ends + timedelta(days=1)
    session.flush()
    return closing


def figures(
    session: Session, book: LedgerBook, starts: date, ends: date
) -> tuple[int, Rupiah, str]:
    """Count a month's entries, sum what they moved, and fingerprint all balances at its end."""
    within = (
        (LedgerEntry.cooperative_id == book.cooperative_id)
        & (LedgerEntry.book_id == book.id)
        & (LedgerEntry.dated >= starts)
        & (LedgerEntry.dated <= ends)
    )
    entries = session.scalar(select(func.count()).select_from(LedgerEntry).where(within)) or 0
    moved = session.scalars(
        select(total_of(LedgerLine.amount))
        .join(
            LedgerEntry,
            ENTRY_OF_LINE,
        )
        .where(within)
    ).one()
    return entries, moved, _fingerprint(trial_balance(session, book, until=ends))


def _fingerprint(balances: Sequence[AccountBalance]) -> str:
    """Hash balances without the names, which a treasurer may still change."""
    total = [(b.debit.amount, b.credit.amount) for b in balances if b.debit or b.credit]
    return hashlib.sha256(json.dumps(sorted(total)).encode()).hexdigest()
