"""What must hold of money that came through a gateway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.payments.models import PaymentAttempt, PaymentEvent
from marketplace.payments.rules import CHANNELS
from marketplace.payments.rules.attempts import AttemptState

Rows = Iterator[tuple[str, str]]


def attempts(session: Session, _at: datetime) -> Rows:
    """Compare attempts that are paid with signs of money of their gateway, both ways."""
    paid = {
        (each.cooperative_id, each.intent_id, each.provider): each.id
        for each in session.scalars(
            select(PaymentAttempt).where(PaymentAttempt.state == AttemptState.PAID)
        )
    }
    came = {
        (each.cooperative_id, each.intent_id, each.source): each.id
        for each in session.scalars(
            select(PaymentEvent).where(
                PaymentEvent.source.in_(CHANNELS), PaymentEvent.amount > Rupiah(0)
            )
        )
    }
    for key in sorted(paid.keys() - came.keys()):
        yield f"payment_attempts {key[0]}/{paid[key]}", f"paid, but no money of {key[2]}"
    for key in sorted(came.keys() - paid.keys()):
        yield f"payment_events {key[0]}/{came[key]}", f"money of {key[2]}, but no attempt is paid"
