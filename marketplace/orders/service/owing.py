"""What an order owes its buyer, told from the facts each time one of them changes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order
from marketplace.orders.queries.refunds import returned_of, share_of
from marketplace.orders.rules import OrderState, owed_back
from marketplace.payments.models import PaymentIntent


def settle_owed(
    session: Session, order: Order, intent: PaymentIntent, *, state: OrderState | None = None
) -> Rupiah:
    """Write down how much is owed back, and give it; ``state`` is where the order goes now."""
    order.refund_due = owed_back(
        state or order.state,
        due=intent.amount_due,
        received=intent.received,
        returned=returned_of(session, order),
        refunded=share_of(session, order).refunded,
    )
    session.flush()
    return order.refund_due
