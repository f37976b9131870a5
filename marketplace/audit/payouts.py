"""Whether pay-outs to makers and the books tell the same story."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.rules import BatchState
from marketplace.payouts.service import PAYOUT

Rows = Iterator[tuple[str, str]]
WAITING = (BatchState.COMPOSED, BatchState.APPROVED)


def batches(session: Session, _at: datetime) -> Rows:
    """Compare each batch with its pay-outs: what they sum up to, and which still wait."""
    rows = session.execute(
        select(
            PayoutBatch.cooperative_id,
            PayoutBatch.id,
            PayoutBatch.state,
            PayoutBatch.total,
            total_of(Payout.amount),
            func.count(Payout.id),
            func.count(Payout.id).filter(Payout.open),
            func.count(Payout.entry_id),
        )
        .outerjoin(
            Payout,
            and_(
                Payout.cooperative_id == PayoutBatch.cooperative_id,
                Payout.batch_id == PayoutBatch.id,
            ),
        )
        .group_by(PayoutBatch.cooperative_id, PayoutBatch.id, PayoutBatch.state, PayoutBatch.total)
    )
    for shop, batch_id, state, total, parts, count, waiting, booked in rows:
        row = f"payout_batches {shop}/{batch_id}"
        if total != parts:
            yield row, f"total {total}, pay-outs {parts}"
        if waiting != (count if state in WAITING else 0):
            yield row, f"{state.value}, {waiting} of {count} pay-outs wait"
        if booked != (count if state is BatchState.PAID else 0):
            yield row, f"{state.value}, {booked} of {count} pay-outs are booked"


def entries(session: Session, _at: datetime) -> Rows:
    """Match every pay-out that has an entry with what that entry took from the member's debt."""
    booked = _booked(session)
    for payout in session.scalars(select(Payout).where(Payout.entry_id.is_not(None))).all():
        key = (payout.cooperative_id, f"{PAYOUT}:{payout.id}")
        said = (payout.entry_id, payout.batch_id, payout.member_id, payout.purpose, payout.amount)
        if booked.pop(key, None) != said:
            yield f"payouts {payout.cooperative_id}/{payout.id}", "its entry says something else"
    for (shop, named), (entry_id, *_) in booked.items():
        yield f"ledger_entries {shop}/{entry_id}", f"{named}, and there is no such pay-out"


def _booked(
    session: Session,
) -> dict[tuple[int, str], tuple[UUID, UUID | None, UUID | None, object, Rupiah]]:
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.key,
            LedgerEntry.id,
            LedgerEntry.source_id,
            LedgerAccount.member_id,
            LedgerAccount.purpose,
            LedgerLine.amount,
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
                LedgerAccount.id == LedgerLine.debit_id,
            ),
        )
        .where(LedgerEntry.source_type == PAYOUT)
    )
    return {
        (shop, key): (id_, batch, member, purpose, amount)
        for shop, key, id_, batch, member, purpose, amount in rows
    }
