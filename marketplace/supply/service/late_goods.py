"""Goods that a supplier brings later, for what an earlier bill asked already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply.models import GoodsReceipt, SupplierClaim, SupplyPool
from marketplace.supply.rules import ClaimSettled, ClaimState, ClaimWay, PoolState
from marketplace.supply.service.locks import locked_pool
from marketplace.supply.service.receiving import LARGEST_QUANTITY, take_in
from marketplace.supply.service.supplier_claims import locked_claim, settle


def bring_claimed_goods(
    session: Session,
    claim: SupplierClaim,
    quantity: int,
    *,
    note: str | None = None,
    by: UUID,
    at: datetime,
) -> SupplierClaim:
    """Take goods in that settle a claim: they cost what was claimed, and are shared out.

    Who still waits for some gets them and pays; the rest is the cooperative's. Twice is once.
    Raises ClaimSettled, Invalid.
    """
    if not 0 < quantity <= LARGEST_QUANTITY:
        wrong = say("Isi berapa barang yang menyusul.")
        raise Invalid(wrong, fields={"quantity": wrong})
    first = session.get_one(GoodsReceipt, (claim.cooperative_id, claim.receipt_id))
    pool = locked_pool(session, session.get_one(SupplyPool, (claim.cooperative_id, first.pool_id)))
    mine = locked_claim(session, claim)
    if mine.way is ClaimWay.GOODS:
        return mine
    if mine.state is not ClaimState.OPEN:
        raise ClaimSettled(say("Klaim ini sudah diselesaikan."))
    if pool.state is PoolState.SETTLED:
        pool.state = PoolState.READY  # all had fetched theirs; the claim opens it once more
    receipt = GoodsReceipt(
        cooperative_id=mine.cooperative_id,
        id=new_id(),
        pool_id=pool.id,
        key=f"klaim:{mine.id}",
        packs=0,
        quantity=quantity,
        cost=Rupiah(0),
        from_claim=mine.amount,
        received_by=by,
        at=at,
    )
    take_in(session, pool, receipt, at=at)
    settle(
        session, mine, ClaimState.CREDITED, ClaimWay.GOODS, brought_by=receipt.id, note=note,
        by=by, at=at,
    )  # fmt: skip
    return mine
