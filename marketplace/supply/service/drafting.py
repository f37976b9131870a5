"""Orders to suppliers follow their goods: begun when these are locked, closed when they came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.secrets import new_secret
from marketplace.supply import queries
from marketplace.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
    SupplyItem,
    SupplyPack,
    SupplyPool,
)
from marketplace.supply.rules import PoolState, PurchaseOrderState, step
from marketplace.supply.service.locks import locked_pool

ENDED = (PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED)


def draft(session: Session, pool: SupplyPool, *, by: UUID, at: datetime) -> PurchaseOrder:
    """Put a locked good on the draft for its supplier, or begin one; doing it again does nothing.

    Who put the last good on a draft counts as the one who made it, so that whoever approves
    it sees what somebody else has decided. Raises WrongStep when there is nothing to order.
    """
    pool = locked_pool(session, pool)
    _one_at_a_time(session, pool.cooperative_id)
    known = queries.purchase_order_of(session, pool)
    if known is not None:
        return known
    step(pool.state, PoolState.ORDERED)
    order = _draft_for(session, pool) or _begin(session, pool, at)
    order.created_by, order.changed_at = by, at
    session.add(order)
    session.flush()
    _add_lines(session, order, pool)
    session.refresh(order)
    return order


def _one_at_a_time(session: Session, cooperative_id: int) -> None:
    """Let orders be numbered one after another, while others may still name the cooperative."""
    session.execute(
        select(Cooperative.id)
        .where(Cooperative.id == cooperative_id)
        .with_for_update(key_share=True)
    )


def _draft_for(session: Session, pool: SupplyPool) -> PurchaseOrder | None:
    return session.scalar(
        select(PurchaseOrder)
        .where(
            PurchaseOrder.cooperative_id == pool.cooperative_id,
            PurchaseOrder.round_id == pool.round_id,
            PurchaseOrder.supplier == pool.supplier,
            PurchaseOrder.state == PurchaseOrderState.DRAFT,
        )
        .with_for_update(of=PurchaseOrder)
        .execution_options(populate_existing=True)
    )


def _begin(session: Session, pool: SupplyPool, at: datetime) -> PurchaseOrder:
    last = session.scalar(
        select(func.max(PurchaseOrder.number)).where(
            PurchaseOrder.cooperative_id == pool.cooperative_id
        )
    )
    known = session.scalar(
        select(Supplier).where(
            Supplier.cooperative_id == pool.cooperative_id, Supplier.name == pool.supplier
        )
    )
    return PurchaseOrder(
        cooperative_id=pool.cooperative_id,
        id=new_id(),
        number=(last or 0) + 1,
        round_id=pool.round_id,
        supplier=pool.supplier,
        supplier_id=known.id if known else None,
        phone=known.phone if known else None,
        email=known.email if known else None,
        pickup_place=pool.pickup_place,
        state=PurchaseOrderState.DRAFT,
        key=new_secret(),
        created_at=at,
    )


def _add_lines(session: Session, order: PurchaseOrder, pool: SupplyPool) -> None:
    """Write a line for each size of pack that is bought."""
    item = session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id))
    last = session.scalar(
        select(func.max(PurchaseOrderLine.place)).where(
            PurchaseOrderLine.cooperative_id == order.cooperative_id,
            PurchaseOrderLine.order_id == order.id,
        )
    )
    bought = [pack for pack in pool.packs if pack.ordered]
    session.add_all(
        _line(order, pool, item, pack, place) for place, pack in enumerate(bought, (last or 0) + 1)
    )
    session.flush()


def _line(
    order: PurchaseOrder, pool: SupplyPool, item: SupplyItem, pack: SupplyPack, place: int
) -> PurchaseOrderLine:
    count = pack.ordered or 0
    price = pack.pack.price_at(count)
    return PurchaseOrderLine(
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        place=place,
        pool_id=pool.id,
        item_name=pool.item_name,
        base_unit=item.base_unit,
        unit=item.unit,
        factor=item.factor,
        pack_name=pack.pack_name,
        pack_size=pack.pack_size,
        count=count,
        price=Rupiah(price),
        total=Rupiah(price * count),
    )


def locked_order(session: Session, order: PurchaseOrder) -> PurchaseOrder:
    """Lock an order and read it anew; pools that change with it are locked before it."""
    return session.scalars(
        select(PurchaseOrder)
        .where(PurchaseOrder.cooperative_id == order.cooperative_id, PurchaseOrder.id == order.id)
        .with_for_update(of=PurchaseOrder)
        .execution_options(populate_existing=True)
    ).one()


def give_up(session: Session, pool: SupplyPool, *, at: datetime) -> None:
    """Take a good that is not bought any more off its order."""
    order = queries.purchase_order_of(session, pool)
    if order is None:
        return
    for line in locked_order(session, order).lines:
        if line.pool_id == pool.id:
            line.given_up_at = line.given_up_at or at
    session.flush()
    _keep_up(session, order, at)


def keep_up(session: Session, pool: SupplyPool, *, at: datetime) -> None:
    """Note on its order that goods of a pool came, or that nothing of it is waited for."""
    order = queries.purchase_order_of(session, pool)
    if order is not None:
        _keep_up(session, locked_order(session, order), at)


def _keep_up(session: Session, order: PurchaseOrder, at: datetime) -> None:
    if order.state in ENDED:
        return
    wanted = _reached(session, order)
    if wanted is not order.state:
        order.state, order.changed_at = step(order.state, wanted), at
        session.flush()


def _reached(session: Session, order: PurchaseOrder) -> PurchaseOrderState:
    """Say how far an order is by what came of it; a settled good waits for nothing more."""
    came = queries.came_of(session, order.cooperative_id, [order])
    settled = _settled(session, order)
    if not order.live:
        return PurchaseOrderState.CANCELLED
    wanted = _wanted(order)
    if all(settled[pool_id] or came.get(pool_id, 0) >= wanted[pool_id] for pool_id in wanted):
        return PurchaseOrderState.CLOSED
    if any(line.pool_id in came for line in order.live):
        return PurchaseOrderState.PART_RECEIVED
    return order.state


def _wanted(order: PurchaseOrder) -> dict[UUID, int]:
    """Add up what is waited for of each good, in base units: as ordered, or as agreed since."""
    wanted: dict[UUID, int] = {}
    for line in order.live:
        agreed = order.agreed and line.confirmed_count is not None
        packs = line.confirmed_count if agreed else line.count
        wanted[line.pool_id] = wanted.get(line.pool_id, 0) + (packs or 0) * line.pack_size
    return wanted


def _settled(session: Session, order: PurchaseOrder) -> dict[UUID, bool]:
    rows = session.execute(
        select(SupplyPool.id, SupplyPool.state).where(
            SupplyPool.cooperative_id == order.cooperative_id,
            SupplyPool.id.in_([line.pool_id for line in order.lines]),
        )
    )
    return {pool_id: state is PoolState.SETTLED for pool_id, state in rows}
