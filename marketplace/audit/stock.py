"""What must hold on the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, case, cast, func, select
from sqlalchemy.orm import Session

from marketplace.database import RupiahColumn, total_of
from marketplace.listings.models import Variant
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


def items(session: Session, _at: datetime) -> Rows:
    """Find room on the shelf for something that is not sold anywhere."""
    rows = session.execute(
        select(StockItem.cooperative_id, StockItem.id)
        .outerjoin(
            Variant,
            and_(Variant.cooperative_id == StockItem.cooperative_id, Variant.id == StockItem.id),
        )
        .where(Variant.id.is_(None))
    )
    for cooperative_id, item_id in rows:
        yield f"stock_items {cooperative_id}/{item_id}", "no such good is sold"


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
    nowhere = session.execute(
        select(held.c.cooperative_id, held.c.item_id, held.c.day, held.c.held)
        .outerjoin(
            StockDay,
            and_(
                held.c.cooperative_id == StockDay.cooperative_id,
                held.c.item_id == StockDay.item_id,
                held.c.day == StockDay.day,
            ),
        )
        .where(StockDay.id.is_(None))
    )
    for cooperative_id, item_id, day, holds in nowhere:
        yield f"stock_days {cooperative_id}/{item_id}/{day}", f"taken nothing, holds {holds}"


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
            and_(
                Hold.state == HoldState.RELEASED,
                Order.state.not_in(OVER),
                OrderLine.quantity > 0,  # a line that was taken off whole is promised no more
            ),
            "released, order goes on",
        ),
        (
            and_(Hold.quantity != OrderLine.quantity, OrderLine.quantity > 0),
            "another quantity",
        ),
        (
            and_(Hold.state != HoldState.RELEASED, OrderLine.quantity == 0),
            "taken off the order",
        ),
        (Hold.item_id != OrderLine.variant_id, "another good"),
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
    lines = session.execute(
        select(OrderLine.cooperative_id, OrderLine.id)
        .outerjoin(
            Hold,
            and_(Hold.cooperative_id == OrderLine.cooperative_id, Hold.cause_id == OrderLine.id),
        )
        .where(Hold.id.is_(None))
    )
    for cooperative_id, line_id in lines:
        yield f"order_lines {cooperative_id}/{line_id}", "no goods are promised to it"


def costs(session: Session, _at: datetime) -> Rows:
    """Compare what each order's goods had cost with how they left the shelf."""
    moved = (
        select(
            StockMovement.cooperative_id,
            StockMovement.cause_id,
            total_of(StockMovement.value).label("value"),
            func.sum(StockMovement.quantity).label("quantity"),
        )
        .where(StockMovement.cause_id.is_not(None))
        .group_by(StockMovement.cooperative_id, StockMovement.cause_id)
        .subquery()
    )
    left = case(
        (
            and_(Hold.state == HoldState.CONSUMED, Hold.day.is_(None)),
            Hold.quantity - Hold.returned,
        ),
        else_=0,
    )
    kept = case((Hold.day.is_(None), Hold.value - Hold.returned_value), else_=0)
    cost = cast(kept, RupiahColumn)
    value, quantity = func.coalesce(moved.c.value, 0), func.coalesce(moved.c.quantity, 0)
    rows = session.execute(
        select(Hold.cooperative_id, Hold.id, left, quantity, cost, value)
        .outerjoin(
            moved,
            and_(moved.c.cooperative_id == Hold.cooperative_id, moved.c.cause_id == Hold.cause_id),
        )
        .where((cost != -value) | (left != -quantity))
    )
    for cooperative_id, hold_id, given, gone, worth, out in rows:
        yield (
            f"stock_holds {cooperative_id}/{hold_id}",
            f"{given} left for {worth}, the shelf moved {gone} for {out}",
        )
