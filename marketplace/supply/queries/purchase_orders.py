"""Orders to suppliers, as officers and the supplier see them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply.models import (
    GoodsReceipt,
    PurchaseOrder,
    PurchaseOrderLine,
    SupplyPool,
    SupplyRound,
)

ITS_LINES = and_(
    PurchaseOrderLine.cooperative_id == PurchaseOrder.cooperative_id,
    PurchaseOrderLine.order_id == PurchaseOrder.id,
)


def purchase_orders(
    session: Session, cooperative_id: int, *, page: int, size: int
) -> tuple[Sequence[PurchaseOrder], int]:
    """List orders to suppliers, newest first; also says how many there are."""
    mine = PurchaseOrder.cooperative_id == cooperative_id
    total = session.scalar(select(func.count()).select_from(PurchaseOrder).where(mine)) or 0
    found = session.scalars(
        select(PurchaseOrder)
        .where(mine)
        .order_by(PurchaseOrder.number.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return found, total


def purchase_orders_before(
    session: Session, cooperative_id: int, number: int | None, *, limit: int
) -> Sequence[PurchaseOrder]:
    """List orders to suppliers from one number downwards."""
    query = select(PurchaseOrder).where(PurchaseOrder.cooperative_id == cooperative_id)
    if number is not None:
        query = query.where(PurchaseOrder.number < number)
    return session.scalars(query.order_by(PurchaseOrder.number.desc()).limit(limit)).all()


def purchase_order(session: Session, cooperative_id: int, number: int) -> PurchaseOrder:
    """Fetch one order of this cooperative by its number."""
    found = session.scalar(
        select(PurchaseOrder).where(
            PurchaseOrder.cooperative_id == cooperative_id, PurchaseOrder.number == number
        )
    )
    if found is None:
        raise NotFound(say("Pesanan ke pemasok ini tidak ada."))
    return found


def purchase_order_by_key(session: Session, cooperative_id: int, key: str) -> PurchaseOrder:
    """Fetch an order that was sent by the supplier's secret link."""
    found = session.scalar(
        select(PurchaseOrder).where(
            PurchaseOrder.cooperative_id == cooperative_id,
            PurchaseOrder.key == key,
            PurchaseOrder.sent_at.is_not(None),
        )
    )
    if found is None or not hmac.compare_digest(found.key.encode(), key.encode()):
        raise NotFound(say("Tautan pesanan ini tidak dikenal. Minta tautan baru ke koperasi."))
    return found


def purchase_order_of(session: Session, pool: SupplyPool) -> PurchaseOrder | None:
    """Find the order on which a good of a round stands now."""
    return session.scalar(
        select(PurchaseOrder)
        .join(PurchaseOrderLine, ITS_LINES)
        .where(
            PurchaseOrder.cooperative_id == pool.cooperative_id,
            PurchaseOrderLine.pool_id == pool.id,
            PurchaseOrderLine.given_up_at.is_(None),
        )
    )


def purchase_orders_of(
    session: Session, cooperative_id: int, round_: SupplyRound
) -> Sequence[PurchaseOrder]:
    """List the orders that one round led to, oldest first."""
    found = session.scalars(
        select(PurchaseOrder)
        .where(PurchaseOrder.cooperative_id == cooperative_id, PurchaseOrder.round_id == round_.id)
        .order_by(PurchaseOrder.number)
        .options(joinedload(PurchaseOrder.lines))
    )
    return found.unique().all()


def came_of(
    session: Session, cooperative_id: int, orders: Sequence[PurchaseOrder]
) -> Mapping[UUID, int]:
    """Say how many base units of each good of these orders have come so far, by pool."""
    rows = session.execute(
        select(GoodsReceipt.pool_id, func.sum(GoodsReceipt.quantity))
        .where(
            GoodsReceipt.cooperative_id == cooperative_id,
            GoodsReceipt.pool_id.in_([line.pool_id for order in orders for line in order.lines]),
            GoodsReceipt.reversed_at.is_(None),
        )
        .group_by(GoodsReceipt.pool_id)
    )
    return {pool_id: int(quantity) for pool_id, quantity in rows}


def round_numbers(
    session: Session, cooperative_id: int, orders: Sequence[PurchaseOrder]
) -> Mapping[UUID, int]:
    """Give the numbers of the rounds that orders buy for, by the rounds' ids."""
    rows = session.execute(
        select(SupplyRound.id, SupplyRound.number).where(
            SupplyRound.cooperative_id == cooperative_id,
            SupplyRound.id.in_([order.round_id for order in orders]),
        )
    )
    return {round_id: number for round_id, number in rows}  # noqa: C416 - rows, not pairs
