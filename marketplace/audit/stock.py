"""What must hold on the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.rules import OrderState
from marketplace.stock.models import Hold, HoldState, StockDay, StockItem, StockMovement

Rows = Iterator[tuple[str, str]]
OVER = (OrderState.EXPIRED, OrderState.CANCELLED)


def on_hand(session: Session, _at: datetime) -> Rows:
    """Compare what is on hand with all that came and went."""
    moved = (
        select(
            StockMovement.cooperative_id,
            StockMovement.item_id,
            func.sum(StockMovement.quantity).label("moved"),
        )
        .group_by(StockMovement.cooperative_id, StockMovement.item_id)
        .subquery()
    )
    total = func.coalesce(moved.c.moved, 0)
    rows = session.execute(
        select(StockItem.cooperative_id, StockItem.id, StockItem.on_hand, total)
        .outerjoin(
            moved,
            and_(
                moved.c.cooperative_id == StockItem.cooperative_id,
                moved.c.item_id == StockItem.id,
            ),
        )
        .where(StockItem.on_hand != total)
    )
    for cooperative_id, item_id, there, movements in rows:
        yield f"stock_items {cooperative_id}/{item_id}", f"on hand {there}, moved {movements}"


def values(session: Session, _at: datetime) -> Rows:
    """Compare what the goods on hand are said to have cost with all that came and went."""
    moved = (
        select(
            StockMovement.cooperative_id,
            StockMovement.item_id,
            total_of(StockMovement.value).label("moved"),
        )
        .group_by(StockMovement.cooperative_id, StockMovement.item_id)
        .subquery()
    )
    total = func.coalesce(moved.c.moved, 0)
    rows = session.execute(
        select(StockItem.cooperative_id, StockItem.id, StockItem.value, total)
        .outerjoin(
            moved,
            and_(
                moved.c.cooperative_id == StockItem.cooperative_id,
                moved.c.item_id == StockItem.id,
            ),
        )
        .where(StockItem.value != total)
    )
    for cooperative_id, item_id, there, movements in rows:
        yield f"stock_items {cooperative_id}/{item_id}", f"worth {there}, moved {movements}"


def reserved(session: Session, _at: datetime) -> Rows:
    """Compare what is promised with the open holds, and both with what is there."""
    held = (
        select(Hold.cooperative_id, Hold.item_id, func.sum(Hold.quantity).label("held"))
        .where(Hold.state == HoldState.HELD, Hold.day.is_(None))
        .group_by(Hold.cooperative_id, Hold.item_id)
        .subquery()
    )
    total = func.coalesce(held.c.held, 0)
    rows = session.execute(
        select(
            StockItem.cooperative_id,
            StockItem.id,
            StockItem.reserved,
            total,
            StockItem.on_hand + StockItem.backorder_limit,
        )
        .outerjoin(
            held,
            and_(held.c.cooperative_id == StockItem.cooperative_id, held.c.item_id == StockItem.id),
        )
        .where(
            (StockItem.reserved != total)
            | (StockItem.reserved > StockItem.on_hand + StockItem.backorder_limit)
        )
    )
    for cooperative_id, item_id, promised, holds, there in rows:
        yield (
            f"stock_items {cooperative_id}/{item_id}",
            f"reserved {promised}, open holds {holds}, there {there}",
        )


def days(session: Session, _at: datetime) -> Rows:
    """Compare each day's promises with the holds for that day."""
    held = (
        select(Hold.cooperative_id, Hold.item_id, Hold.day, func.sum(Hold.quantity).label("held"))
        .where(Hold.state != HoldState.RELEASED, Hold.day.is_not(None))
        .group_by(Hold.cooperative_id, Hold.item_id, Hold.day)
        .subquery()
    )
    total = func.coalesce(held.c.held, 0)
    rows = session.execute(
        select(StockDay.cooperative_id, StockDay.item_id, StockDay.day, StockDay.taken, total)
        .outerjoin(
            held,
            and_(
                held.c.cooperative_id == StockDay.cooperative_id,
                held.c.item_id == StockDay.item_id,
                held.c.day == StockDay.day,
            ),
        )
        .where(StockDay.taken != total)
    )
    for cooperative_id, item_id, day, taken, holds in rows:
        yield f"stock_days {cooperative_id}/{item_id}/{day}", f"taken {taken}, holds {holds}"


def causes(session: Session, _at: datetime) -> Rows:
    """Find open holds whose order is over or missing, and sold ones whose order is not done."""
    wrong = case(
        (Order.id.is_(None), "no order"),
        (and_(Hold.state == HoldState.HELD, Order.state.in_(OVER)), "order is over"),
        (
            and_(Hold.state == HoldState.HELD, Order.state == OrderState.FINISHED),
            "handed over, still held",
        ),
        (
            and_(Hold.state == HoldState.CONSUMED, Order.state != OrderState.FINISHED),
            "consumed, not handed over",
        ),
        (
            and_(Hold.state == HoldState.RELEASED, Order.state.not_in(OVER)),
            "released, order goes on",
        ),
        (Hold.quantity != OrderLine.quantity, "another quantity"),
        else_=None,
    )
    rows = session.execute(
        select(Hold.cooperative_id, Hold.id, wrong)
        .outerjoin(
            OrderLine,
            and_(OrderLine.cooperative_id == Hold.cooperative_id, OrderLine.id == Hold.cause_id),
        )
        .outerjoin(
            Order,
            and_(Order.cooperative_id == Hold.cooperative_id, Order.id == OrderLine.order_id),
        )
        .where(wrong.is_not(None))
    )
    for cooperative_id, hold_id, what in rows:
        yield f"stock_holds {cooperative_id}/{hold_id}", what
