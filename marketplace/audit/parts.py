"""What the books say of members' parts of an account, and what of it was written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.bookkeeping.service import MANUAL
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose

# By cooperative and member; positive is what the cooperative owes.
Parts = dict[tuple[int, UUID], Rupiah]


def parts_of(session: Session, purpose: Purpose) -> Parts:
    """Read what the books say of every member's part of an account."""
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            LedgerAccount.member_id,
            total_of(LedgerAccount.credit - LedgerAccount.debit),
        )
        .where(LedgerAccount.purpose == purpose, LedgerAccount.member_id.is_not(None))
        .group_by(LedgerAccount.cooperative_id, LedgerAccount.member_id)
    )
    return {(shop, member): amount for shop, member, amount in rows if member}


def by_hand(session: Session, purpose: Purpose) -> Iterator[tuple[int, UUID, Rupiah]]:
    """Read what entries by hand, and their reversals, moved into members' parts and out of them."""
    original = aliased(LedgerEntry)
    by_hand = or_(LedgerEntry.source_type == MANUAL, original.source_type == MANUAL)
    for side, sign in ((LedgerLine.credit_id, 1), (LedgerLine.debit_id, -1)):
        rows = session.execute(
            select(LedgerLine.cooperative_id, LedgerAccount.member_id, LedgerLine.amount)
            .join(LedgerEntry, ENTRY_OF_LINE)
            .outerjoin(
                original,
                and_(
                    original.cooperative_id == LedgerEntry.cooperative_id,
                    original.id == LedgerEntry.reverses_id,
                ),
            )
            .join(
                LedgerAccount,
                and_(
                    LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
                    LedgerAccount.id == side,
                    LedgerAccount.purpose == purpose,
                ),
            )
            .where(by_hand, LedgerAccount.member_id.is_not(None))
        )
        for shop, member, amount in rows:
            if member is not None:
                yield shop, member, amount * sign
