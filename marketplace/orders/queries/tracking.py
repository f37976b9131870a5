"""Orders as their buyers see them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.orders.rules import OrderState

_OVERDUE_LINES = (
    select(OrderLine.id)
    .join(
        Order,
        (OrderLine.cooperative_id == Order.cooperative_id) & (OrderLine.order_id == Order.id),
    )
    .where(
        Order.state == OrderState.AWAITING_PAYMENT,
        Order.pay_by <= bindparam("at"),
        OrderLine.variant_id.in_(bindparam("variants", expanding=True)),
    )
)


def by_checkout_key(session: Session, checkout_key: str) -> Purchase | None:
    """Find what a checkout form has placed already."""
    return session.scalar(_by_checkout_key(), {"key": checkout_key})


@cache
def _by_checkout_key() -> Select[Purchase]:
    """Write the statement once; not while modules are read, when tables may still be missing."""
    return (
        select(Purchase)
        .where(Purchase.checkout_key == bindparam("key"))
        .options(selectinload(Purchase.orders))
    )


def purchase(session: Session, number: str, key: str) -> Purchase:
    """Fetch a purchase with its orders, lines and steps by its secret link."""
    wanted = (
        select(Purchase)
        .where(Purchase.number == number)
        .options(
            joinedload(Purchase.orders).selectinload(Order.lines),
            joinedload(Purchase.orders).selectinload(Order.events),
        )
    )
    found = session.scalars(wanted).unique().one_or_none()
    if found is None or not hmac.compare_digest(found.key.encode(), key.encode()):
        raise NotFound(say("Pesanan tidak ditemukan. Periksa lagi tautannya."))
    return found


def placed_by(
    session: Session, account_id: UUID, *, before: UUID | None = None, limit: int = 20
) -> Sequence[Purchase]:
    """List a person's own purchases, newest first, older than ``before``."""
    query = select(Purchase).where(Purchase.account_id == account_id)
    if before is not None:
        query = query.where(Purchase.id < before)
    return session.scalars(
        query.options(selectinload(Purchase.orders).selectinload(Order.lines))
        .order_by(Purchase.id.desc())
        .limit(limit)
    ).all()


def standing_of(order: Order, *, at: datetime) -> OrderState:
    """Say where an order stands: an unpaid one past its deadline is over, worker or not."""
    overdue_now = (
        order.state is OrderState.AWAITING_PAYMENT
        and order.pay_by is not None
        and order.pay_by <= at
    )
    return OrderState.EXPIRED if overdue_now else order.state


def overdue(
    session: Session, *, at: datetime, line_ids: Sequence[UUID] | None = None, limit: int = 200
) -> list[tuple[int, UUID]]:
    """List unpaid orders past their deadline as (cooperative, order), in one lock order."""
    query = select(Order.cooperative_id, Order.id).where(
        Order.state == OrderState.AWAITING_PAYMENT, Order.pay_by <= at
    )
    if line_ids is not None:
        query = query.join(
            OrderLine,
            (OrderLine.cooperative_id == Order.cooperative_id) & (OrderLine.order_id == Order.id),
        ).where(OrderLine.id.in_(line_ids))
    rows = session.execute(query.distinct().order_by(Order.cooperative_id, Order.id).limit(limit))
    return [(cooperative_id, order_id) for cooperative_id, order_id in rows]


def overdue_lines(session: Session, variant_ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """List the lines of overdue orders that still hold goods of these variants."""
    return list(session.scalars(_OVERDUE_LINES, {"variants": list(variant_ids), "at": at}))
