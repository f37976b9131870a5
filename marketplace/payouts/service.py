"""Composing, approving and paying what makers have earned. Two people, once, in the books."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.files.models import StoredFile
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotAllowed
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Posting, Purpose, Unit
from marketplace.outbox import service as outbox
from marketplace.payouts import queries
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.rules import PURSES, BatchState, NothingOwed, OwedLess, PaidBy, step

PAYOUT = "payout"
LONGEST_REFERENCE = 200


class NeedsAnother(NotAllowed):
    """Who composed a batch may not be the one who approves it."""

    code = "needs_another_person"


def compose(
    session: Session,
    cooperative_id: int,
    member_ids: Collection[UUID],
    *,
    key: str,
    by: UUID,
    at: datetime,
) -> PayoutBatch:
    """Put together what these members are owed now; the same key composes once.

    What stands in another open batch is left out. Raises NothingOwed.
    """
    ledger.take_book(session, cooperative_id, Unit.SHOP, at=at)
    known = session.scalar(
        select(PayoutBatch).where(
            PayoutBatch.cooperative_id == cooperative_id, PayoutBatch.key == key
        )
    )
    if known is not None:
        return queries.batch(session, cooperative_id, known.id)
    taken = _open_debts(session, cooperative_id)
    debts = [
        debt
        for debt in queries.owed(session, cooperative_id)
        if debt.member_id in member_ids and (debt.member_id, debt.purpose) not in taken
    ]
    if not debts:
        raise NothingOwed(say("Pilih paling sedikit satu anggota yang uangnya belum disetor."))
    batch = PayoutBatch(
        cooperative_id=cooperative_id,
        id=new_id(),
        number=_next_number(session, cooperative_id),
        key=key,
        total=Rupiah.total(debt.amount for debt in debts),
        composed_by=by,
        composed_at=at,
    )
    session.add(batch)
    session.flush()
    session.add_all(
        Payout(
            cooperative_id=cooperative_id,
            batch_id=batch.id,
            member_id=debt.member_id,
            purpose=debt.purpose,
            amount=debt.amount,
        )
        for debt in debts
    )
    session.flush()
    return queries.batch(session, cooperative_id, batch.id)


def _open_debts(session: Session, cooperative_id: int) -> set[tuple[UUID, Purpose]]:
    rows = session.execute(
        select(Payout.member_id, Payout.purpose).where(
            Payout.cooperative_id == cooperative_id, Payout.open
        )
    )
    return {(member_id, purpose) for member_id, purpose in rows}


def _next_number(session: Session, cooperative_id: int) -> int:
    last = session.scalar(
        select(func.max(PayoutBatch.number)).where(PayoutBatch.cooperative_id == cooperative_id)
    )
    return (last or 0) + 1


def approve(session: Session, batch: PayoutBatch, *, by: UUID, at: datetime) -> PayoutBatch:
    """Say yes to what somebody else composed. Raises NeedsAnother, WrongBatchStep."""
    locked = _locked(session, batch, at)
    if locked.state is BatchState.APPROVED and locked.approved_by == by:
        return locked
    wanted = step(locked.state, BatchState.APPROVED)
    if by == locked.composed_by:
        raise NeedsAnother(say("Setoran perlu disetujui pengurus lain, bukan yang menyusun."))
    locked.state, locked.approved_by, locked.approved_at = wanted, by, at
    session.flush()
    return locked


def pay(
    session: Session,
    batch: PayoutBatch,
    *,
    paid_by: PaidBy,
    reference: str | None,
    proof: StoredFile | None = None,
    by: UUID,
    at: datetime,
) -> PayoutBatch:
    """Say that the money went to the makers, book it, and tell each of them; twice is once.

    Raises WrongBatchStep, OwedLess.
    """
    locked = _locked(session, batch, at)
    if locked.state is BatchState.PAID:
        return locked
    wanted = step(locked.state, BatchState.PAID)
    debts = {
        (debt.member_id, debt.purpose): debt.amount
        for debt in queries.owed(session, locked.cooperative_id)
    }
    for payout in locked.payouts:
        if payout.amount > debts.get((payout.member_id, payout.purpose), Rupiah(0)):
            raise OwedLess(
                say("Utang kepada anggota sudah berkurang. Batalkan setoran ini dan susun lagi.")
            )
    for payout in locked.payouts:
        payout.entry_id = _book(session, locked, payout, paid_by, by, at)
        payout.open = False
    locked.state, locked.paid_by, locked.paid_at = wanted, paid_by, at
    locked.payer_id, locked.reference = by, (reference or "").strip()[:LONGEST_REFERENCE] or None
    locked.file_id = proof.id if proof else None
    session.flush()
    outbox.tell(
        session,
        "payout.paid",
        at=at,
        cooperative=locked.cooperative_id,
        batch=str(locked.id),
    )
    return locked


def _book(
    session: Session,
    batch: PayoutBatch,
    payout: Payout,
    paid_by: PaidBy,
    by: UUID,
    at: datetime,
) -> UUID:
    debt = MemberAccount(payout.purpose, payout.member_id)
    entry = ledger.post(
        session,
        batch.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"{PAYOUT}:{payout.id}",
            memo=f"Setoran {batch.number} kepada anggota",
            moves=(Move(debt, PURSES[paid_by], payout.amount),),
            dated=local_day(at),
            source_type=PAYOUT,
            source_id=batch.id,
            created_by=by,
            approved_by=batch.approved_by if batch.approved_by != by else None,
        ),
        at=at,
    )
    return entry.id


def cancel(session: Session, batch: PayoutBatch, *, at: datetime) -> PayoutBatch:
    """Give a batch up before it is paid; what it would have paid is owed as before."""
    locked = _locked(session, batch, at)
    if locked.state is BatchState.CANCELLED:
        return locked
    locked.state = step(locked.state, BatchState.CANCELLED)
    for payout in locked.payouts:
        payout.open = False
    session.flush()
    return locked


def _locked(session: Session, batch: PayoutBatch, at: datetime) -> PayoutBatch:
    """Take the books first, as everybody who moves money does, then the batch."""
    ledger.take_book(session, batch.cooperative_id, Unit.SHOP, at=at)
    return session.scalars(
        select(PayoutBatch)
        .where(PayoutBatch.cooperative_id == batch.cooperative_id, PayoutBatch.id == batch.id)
        .options(selectinload(PayoutBatch.payouts))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
