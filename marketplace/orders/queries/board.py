"""Orders as the officers of one cooperative see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.kernel.calendar import day_start, local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.rules import BOARD, BoardColumn, OrderState
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import intents_of

OPEN_STATES = [
    OrderState.AWAITING_PAYMENT,
    *(state for column in (BoardColumn.NEW, BoardColumn.IN_PREPARATION, BoardColumn.READY)
      for state in BOARD[column]),
]  # fmt: skip
WORK_STATES = [OrderState.NEW, OrderState.IN_PREPARATION]


@dataclass(frozen=True, slots=True)
class BoardOrder:
    """An order on the board together with its payment."""

    order: Order
    intent: PaymentIntent | None


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """How many of one thing one maker still has to make."""

    maker_name: str
    title: str
    quantity: int


def board(session: Session, cooperative_id: int, *, at: datetime) -> list[BoardOrder]:
    """Fetch all open orders, and those that ended today, soonest pickup first."""
    today = day_start(local_day(at))
    orders = session.scalars(
        select(Order)
        .where(
            Order.cooperative_id == cooperative_id,
            or_(
                Order.state.in_(OPEN_STATES),
                and_(Order.state == OrderState.FINISHED, Order.changed_at >= today),
            ),
            or_(
                Order.state != OrderState.AWAITING_PAYMENT,
                Order.pay_by.is_(None),
                Order.pay_by > at,
            ),
        )
        .options(selectinload(Order.lines), selectinload(Order.purchase))
        .order_by(Order.pickup_from, Order.id)
        .limit(300)
    ).all()
    intents = intents_of(session, [order.id for order in orders])
    return [BoardOrder(order, intents.get(order.id)) for order in orders]


def of_cooperative(session: Session, cooperative_id: int, number: str) -> Order:
    """Fetch one order of this cooperative with its lines, steps and buyer."""
    found = session.scalar(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.number == number)
        .options(
            selectinload(Order.lines), selectinload(Order.events), selectinload(Order.purchase)
        )
    )
    if found is None:
        raise NotFound(say("Pesanan tidak ditemukan."))
    return found


def to_prepare(session: Session, cooperative_id: int) -> Sequence[ToPrepare]:
    """Add up what each maker has to prepare over all accepted and new orders."""
    rows = session.execute(
        select(OrderLine.maker_name, OrderLine.title, func.sum(OrderLine.quantity))
        .join(
            Order,
            and_(Order.cooperative_id == OrderLine.cooperative_id, Order.id == OrderLine.order_id),
        )
        .where(
            Order.cooperative_id == cooperative_id,
            Order.state.in_(WORK_STATES),
            OrderLine.quantity > 0,
        )
        .group_by(OrderLine.maker_name, OrderLine.title)
        .order_by(OrderLine.maker_name, OrderLine.title)
    )
    return [ToPrepare(maker, title, int(quantity)) for maker, title, quantity in rows]


def history(
    session: Session, cooperative_id: int, *, page: int, size: int
) -> tuple[Sequence[Order], int]:
    """List all orders of a cooperative, newest first; also says how many pages there are."""
    mine = Order.cooperative_id == cooperative_id
    total = session.scalar(select(func.count()).select_from(Order).where(mine)) or 0
    orders = session.scalars(
        select(Order)
        .where(mine)
        .options(selectinload(Order.lines), selectinload(Order.purchase))
        .order_by(Order.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return orders, max(1, -(-total // size))
