"""Goods arrive, perhaps short, perhaps twice, and are shared out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.files.models import StoredFile
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries
from marketplace.supply.models import AllocationRun, GoodsReceipt, SupplyPool
from marketplace.supply.rules import (
    PoolState,
    Proposal,
    ReceiptReason,
    check_contested,
    expected,
    propose,
    step,
)
from marketplace.supply.service.booking import book_receipt
from marketplace.supply.service.buying import tell
from marketplace.supply.service.drafting import keep_up
from marketplace.supply.service.locks import locked_pool
from marketplace.supply.service.purchase_orders import NeedsAnother, may_receive
from marketplace.supply.service.settling import settle_if_done
from marketplace.supply.service.sharing_out import share_anew
from marketplace.supply.service.supplier_claims import open_claim

LARGEST_COST = 10**12
LARGEST_QUANTITY = 10**9
NO_DISCOUNT = Rupiah(0)


class NothingArrived(Invalid):
    """A delivery that brought and cost nothing, or something impossible."""


def proposal(
    session: Session,
    pool: SupplyPool,
    *,
    quantity: int,
    damaged: int,
    cost: Rupiah,
    discount: Rupiah = NO_DISCOUNT,
) -> Proposal:
    """Propose what of a bill to claim from the supplier. Raises NothingArrived, BadReceipt."""
    _check(0, quantity, cost)
    before = sum(receipt.quantity for receipt in queries.receipts(session, pool))
    wanted = expected(
        pool.ordered_quantity, pool.ordered_cost.amount if pool.ordered_cost else 0, before
    )
    return propose(
        wanted, came=quantity, damaged=damaged, cost=cost.amount, discount=discount.amount
    )


def receive(
    session: Session,
    pool: SupplyPool,
    *,
    key: str,
    packs: int,
    quantity: int,
    cost: Rupiah,
    discount: Rupiah = NO_DISCOUNT,
    damaged: int = 0,
    contested: Rupiah | None = None,
    kind: ReceiptReason | None = None,
    reason: str | None = None,
    note: StoredFile | None = None,
    actor_id: UUID,
    at: datetime,
) -> AllocationRun:
    """Record a delivery and share out all that has come so far.

    ``key`` names the form, so that sending it again changes nothing. What members have
    fetched already stays theirs at the price they paid; everything else is shared anew.
    ``cost`` is the bill for the goods, of which ``discount`` is taken off.
    ``contested`` of the bill becomes a claim on the supplier: nothing when members are to
    pay it all, None for what ``proposal`` says. ``note`` is the supplier's, as a picture.
    Raises NothingArrived, BadReceipt, WrongStep, NeedsAnother.
    """
    _check(packs, quantity, cost)
    locked = locked_pool(session, pool)
    run = queries.last_run(session, locked)
    if run is not None and _known(session, locked, key):
        return run
    said = proposal(
        session, locked, quantity=quantity, damaged=damaged, cost=cost, discount=discount
    )
    claimed = Rupiah(said.contested) if contested is None else contested
    check_contested(claimed, cost - discount)
    receipt = GoodsReceipt(
        cooperative_id=locked.cooperative_id,
        pool_id=locked.id,
        key=key,
        packs=packs,
        quantity=quantity,
        damaged=damaged,
        cost=cost - discount,
        discount=discount,
        contested=claimed,
        kind=kind or said.reason,
        reason=reason,
        note_file_id=note.id if note else None,
        received_by=actor_id,
        at=at,
    )
    run = take_in(session, locked, receipt, at=at)
    open_claim(session, locked, receipt, at=at)
    return run


def _check(packs: int, quantity: int, cost: Rupiah) -> None:
    if not 0 < quantity <= LARGEST_QUANTITY or packs < 0 or not 0 <= cost.amount <= LARGEST_COST:
        raise NothingArrived(say("Isi berapa yang datang dan berapa harganya."))


def _known(session: Session, pool: SupplyPool, key: str) -> bool:
    known = session.scalar(
        select(GoodsReceipt.id).where(
            GoodsReceipt.cooperative_id == pool.cooperative_id,
            GoodsReceipt.pool_id == pool.id,
            GoodsReceipt.key == key,
        )
    )
    return known is not None


def take_in(
    session: Session, locked: SupplyPool, receipt: GoodsReceipt, *, at: datetime
) -> AllocationRun:
    """Keep and book a delivery of a locked pool, and share out all that has come so far.

    Raises NeedsAnother, WrongStep.
    """
    receipt.alone = _noted_alone(session, locked, receipt.received_by)
    _step_to_receiving(locked)
    session.add(receipt)
    session.flush()
    book_receipt(session, locked, receipt, at=at)
    run = share_anew(session, locked, at=at)
    locked.state = step(locked.state, PoolState.READY)
    locked.changed_at = at
    settle_if_done(session, locked, at)
    session.flush()
    keep_up(session, locked, at=at)
    tell(session, locked, "supply.arrived", at)
    return run


def _noted_alone(session: Session, pool: SupplyPool, by: UUID) -> bool:
    """Refuse who approved the order of a good, unless the cooperative has nobody else."""
    order = queries.purchase_order_of(session, pool)
    if order is None or order.approved_by != by:
        return False
    if not may_receive(session, order, by):
        raise NeedsAnother(
            say("Pesanannya kamu yang menyetujui. Minta pengurus lain mencatat barang yang datang.")
        )
    return True


def _step_to_receiving(pool: SupplyPool) -> None:
    if pool.state is PoolState.LOCKED:
        pool.state = step(pool.state, PoolState.ORDERED)
    pool.state = step(pool.state, PoolState.RECEIVING)
