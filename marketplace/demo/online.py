"""A buyer paid online. The demo says itself what the gateway would: no network, key or secret."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.payments.ports import IDR, Checkout, Facts, Hint
from marketplace.payments.queries import attempt_of, intent_of
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.service import attempts

GATEWAY = "midtrans"  # its money lies in the books where that of a real one lies
PAGE = "https://bayar.contoh.id/{reference}"
PAID = "settlement"


def pay(session: Session, order: Order, *, at: datetime) -> None:
    """Let the gateway make its page, tell of the money, and answer when it is asked."""
    intent = intent_of(session, order.cooperative_id, order.id)
    attempt = attempt_of(session, intent)
    assert intent is not None and attempt is not None  # noqa: S101, PT018 - placed for a gateway
    shop, reference = order.cooperative_id, attempt.reference
    page = Checkout(PAGE.format(reference=reference))
    attempts.opened(session, shop, attempt.id, page, at=at)
    known_as, paid_at = f"demo-{reference}", at + timedelta(minutes=4)
    news = Hint(reference, known_as, PAID, intent.amount_due, IDR)
    attempts.heard(session, shop, attempt.id, news, at=paid_at)
    facts = Facts(reference, AttemptState.PAID, intent.amount_due, IDR, known_as)
    service.learn(session, shop, attempt.id, facts, at=paid_at)
