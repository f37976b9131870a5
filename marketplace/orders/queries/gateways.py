"""Orders behind the attempts to pay them through a gateway."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.orders.models import Order
from marketplace.orders.queries.joins import SHARE_OF_ORDER
from marketplace.payments.models import PaymentAttempt, PaymentShare


def order_of_attempt(session: Session, cooperative_id: int, attempt_id: UUID) -> Order:
    """Fetch the order that an attempt is to pay, with its buyer."""
    return session.scalars(
        select(Order)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentAttempt,
            (PaymentAttempt.cooperative_id == PaymentShare.cooperative_id)
            & (PaymentAttempt.intent_id == PaymentShare.intent_id),
        )
        .where(PaymentAttempt.cooperative_id == cooperative_id, PaymentAttempt.id == attempt_id)
        .options(joinedload(Order.purchase))
    ).one()
