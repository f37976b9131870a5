"""A claim on a supplier lives until it is made good or given up, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Move, Posting, Purpose, Unit
from marketplace.outbox import service as outbox
from marketplace.supply.models import GoodsReceipt, Supplier, SupplierClaim, SupplyPool
from marketplace.supply.rules import ClaimSettled, ClaimState, ClaimWay, check_write_off

CLAIM = "supplier_claim"
LONGEST_NOTE = 200
# Where the claim goes when it ends without goods.
_ENDS = {
    ClaimWay.CREDIT: Purpose.SUPPLIER_PAYABLE,
    ClaimWay.CASH: Purpose.CASH,
    None: Purpose.SHRINKAGE,
}


def open_claim(
    session: Session, pool: SupplyPool, receipt: GoodsReceipt, *, at: datetime
) -> SupplierClaim | None:
    """Claim from the supplier what a delivery's bill asked for too much, if anything."""
    if not receipt.contested:
        return None
    supplier_id = session.scalar(
        select(Supplier.id).where(
            Supplier.cooperative_id == pool.cooperative_id, Supplier.name == pool.supplier
        )
    )
    claim = SupplierClaim(
        cooperative_id=pool.cooperative_id,
        receipt_id=receipt.id,
        supplier=pool.supplier,
        supplier_id=supplier_id,
        amount=receipt.contested,
        state=ClaimState.OPEN,
        opened_by=receipt.received_by,
        opened_at=at,
    )
    session.add(claim)
    session.flush()
    _tell(session, claim, "supply.claim_opened", at)
    return claim


def credit_claim(
    session: Session,
    claim: SupplierClaim,
    way: ClaimWay,
    *,
    note: str | None = None,
    by: UUID,
    at: datetime,
) -> SupplierClaim:
    """Write down that the supplier took it off a bill or gave money back; twice is once.

    Goods that came later are a delivery: see ``bring_claimed_goods``. Raises ClaimSettled,
    Invalid.
    """
    if way is ClaimWay.GOODS:
        wrong = say("Isi berapa barang yang menyusul.")
        raise Invalid(wrong, fields={"quantity": wrong})
    return _end(session, claim, ClaimState.CREDITED, way, note, by, at)


def write_off_claim(
    session: Session, claim: SupplierClaim, *, note: str | None = None, by: UUID, at: datetime
) -> SupplierClaim:
    """Give a claim up, as a loss of the cooperative; twice is once.

    Raises AnotherOfficer, ClaimSettled.
    """
    limit = session.get_one(Cooperative, claim.cooperative_id).refund_limit
    check_write_off(claim.amount, limit, same_person=claim.opened_by == by)
    return _end(session, claim, ClaimState.WRITTEN_OFF, None, note, by, at)


def _end(
    session: Session,
    claim: SupplierClaim,
    state: ClaimState,
    way: ClaimWay | None,
    note: str | None,
    by: UUID,
    at: datetime,
) -> SupplierClaim:
    mine = locked_claim(session, claim)
    if (mine.state, mine.way) == (state, way):
        return mine
    settle(session, mine, state, way, note=note, by=by, at=at)
    ledger.post(
        session,
        mine.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"{CLAIM}:{mine.id}",
            memo=f"Klaim ke {mine.supplier}",
            moves=(Move(_ENDS[way], Purpose.SUPPLIER_CLAIMS, mine.amount),),
            dated=local_day(at),
            source_type=CLAIM,
            source_id=mine.id,
            created_by=by,
        ),
        at=at,
    )
    return mine


def locked_claim(session: Session, claim: SupplierClaim) -> SupplierClaim:
    """Lock a claim and read it anew."""
    return session.scalars(
        select(SupplierClaim)
        .where(SupplierClaim.cooperative_id == claim.cooperative_id, SupplierClaim.id == claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def settle(
    session: Session,
    mine: SupplierClaim,
    state: ClaimState,
    way: ClaimWay | None,
    *,
    brought_by: UUID | None = None,
    note: str | None,
    by: UUID,
    at: datetime,
) -> None:
    """End a locked claim that is open, and tell of it. Raises ClaimSettled."""
    if mine.state is not ClaimState.OPEN:
        raise ClaimSettled(say("Klaim ini sudah diselesaikan."))
    mine.state, mine.way, mine.brought_by = state, way, brought_by
    mine.note = (note or "").strip()[:LONGEST_NOTE] or None
    mine.settled_by, mine.settled_at = by, at
    session.flush()
    _tell(session, mine, "supply.claim_settled", at)


def _tell(session: Session, claim: SupplierClaim, topic: str, at: datetime) -> None:
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative=claim.cooperative_id,
        claim=str(claim.id),
        state=claim.state.value,
        amount=claim.amount.amount,
    )
