"""What must hold of purchases and orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.orm import Session

from marketplace.orders.models import Order, OrderEvent, OrderLine, Purchase
from marketplace.orders.rules import BACK_FROM_THE_DOOR, NEXT_STATES, PREVIOUS_STATES, OrderState
from marketplace.stock.models import Hold, HoldState

Rows = Iterator[tuple[str, str]]
OVER = (OrderState.EXPIRED, OrderState.CANCELLED)
REVIVED = (OrderState.EXPIRED, OrderState.NEW)  # late money whose goods were still there
TAKEN_BACK = (OrderState.FINISHED, BACK_FROM_THE_DOOR)
# An order as a finding names it: whose it is, and its number.
PLACE = cast(Order.cooperative_id, String) + "/" + Order.number
FIRST = (OrderState.AWAITING_PAYMENT, OrderState.NEW)


def totals(session: Session, _at: datetime) -> Rows:
    """Compare each order with its lines and what its delivery costs."""
    summed = (
        select(
            OrderLine.cooperative_id,
            OrderLine.order_id,
            func.sum(OrderLine.price * OrderLine.quantity).label("total"),
        )
        .group_by(OrderLine.cooperative_id, OrderLine.order_id)
        .subquery()
    )
    total = func.coalesce(summed.c.total, 0)
    rows = session.execute(
        select(PLACE, Order.total, Order.items_total, Order.delivery_fee, total)
        .outerjoin(
            summed,
            and_(summed.c.cooperative_id == Order.cooperative_id, summed.c.order_id == Order.id),
        )
        .where(
            (Order.items_total != total) | (Order.total != Order.items_total + Order.delivery_fee)
        )
    )
    for number, said, items, fee, lines in rows:
        yield (
            f"orders {number}",
            f"total {said}, items {items}, delivery {fee}, lines {int(lines)}",
        )


def purchases(session: Session, _at: datetime) -> Rows:
    """Compare each purchase with its orders."""
    rows = session.execute(
        select(Purchase.number, Purchase.total, func.coalesce(func.sum(Order.total), 0))
        .outerjoin(Order, Order.purchase_id == Purchase.id)
        .group_by(Purchase.id, Purchase.number, Purchase.total)
        .having(func.coalesce(func.sum(Order.total), 0) != Purchase.total)
    )
    for number, said, orders in rows:
        yield f"purchases {number}", f"total {said}, orders {orders}"


def splits(session: Session, _at: datetime) -> Rows:
    """Find lines whose parts do not make what was paid."""
    rows = session.execute(
        select(OrderLine.cooperative_id, OrderLine.id).where(
            (OrderLine.maker_share + OrderLine.cooperative_share != OrderLine.total)
            | (OrderLine.total != OrderLine.price * OrderLine.quantity)
        )
    )
    for cooperative_id, line_id in rows:
        yield f"order_lines {cooperative_id}/{line_id}", "shares do not make the total"


def histories(session: Session, _at: datetime) -> Rows:
    """Walk each order's steps: every one legal, the last one where the order stands."""
    rows = session.execute(
        select(PLACE, Order.state, OrderEvent.before, OrderEvent.after)
        .outerjoin(
            OrderEvent,
            and_(
                OrderEvent.cooperative_id == Order.cooperative_id,
                OrderEvent.order_id == Order.id,
            ),
        )
        .order_by(Order.number, OrderEvent.id)
    )
    for (number, state), steps in groupby(rows, key=lambda row: (row[0], row[1])):
        here: OrderState | None = None
        for _, _, before, after in steps:
            if before is not here or not _legal(before, after):
                yield f"orders {number}", f"step {_name(before)} -> {_name(after)}"
            here = after
        if here is not state:
            yield f"orders {number}", f"stands at {_name(state)}, steps end at {_name(here)}"


def _legal(before: OrderState | None, after: OrderState | None) -> bool:
    if after is None:
        return False
    if before is None:
        return after in FIRST
    return (
        after in NEXT_STATES[before]
        or PREVIOUS_STATES.get(before) is after
        or (before, after) in (REVIVED, TAKEN_BACK)
    )


def _name(state: OrderState | None) -> str:
    return state.value if state else "nothing"


def ended(session: Session, _at: datetime) -> Rows:
    """Find orders that are over and still hold goods."""
    rows = session.execute(
        select(PLACE, func.count())
        .join(
            OrderLine,
            and_(OrderLine.cooperative_id == Order.cooperative_id, OrderLine.order_id == Order.id),
        )
        .join(
            Hold,
            and_(Hold.cooperative_id == Order.cooperative_id, Hold.cause_id == OrderLine.id),
        )
        .where(Order.state.in_(OVER), Hold.state == HoldState.HELD)
        .group_by(Order.cooperative_id, Order.number)
    )
    for number, count in rows:
        yield f"orders {number}", f"{count} open holds"
