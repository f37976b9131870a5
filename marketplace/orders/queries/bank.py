"""Orders that money on a bank statement may be for."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.orders.models import Order
from marketplace.payments import queries as payments
from marketplace.payments.queries import Fit


def orders_that_fit(
    session: Session, cooperative_id: int, fits: Mapping[UUID, Fit]
) -> dict[UUID, Order]:
    """Fetch by line the order that its money fits, with its buyer."""
    by_intent = orders_of_intents(session, cooperative_id, {fit.intent.id for fit in fits.values()})
    return {line_id: by_intent[fit.intent.id] for line_id, fit in fits.items()}


def orders_of_intents(
    session: Session, cooperative_id: int, intent_ids: set[UUID]
) -> dict[UUID, Order]:
    """Fetch by intent the order that it pays for, with its buyer."""
    if not intent_ids:
        return {}
    paid = payments.orders_paid_by(session, cooperative_id, intent_ids)
    found = session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.id.in_(set(paid.values())))
        .options(selectinload(Order.purchase))
    )
    orders = {order.id: order for order in found}
    return {intent_id: orders[order_id] for intent_id, order_id in paid.items()}
