"""How orders hang together with what is asked for them; for queries that go over both."""

from __future__ import annotations

from sqlalchemy import and_

from marketplace.orders.models import Order
from marketplace.payments.models import PaymentShare

SHARE_OF_ORDER = and_(
    PaymentShare.cooperative_id == Order.cooperative_id, PaymentShare.order_id == Order.id
)
