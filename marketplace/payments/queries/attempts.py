"""Reading the attempts to pay through a gateway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.payments.models import PaymentAttempt, PaymentIntent
from marketplace.payments.rules import PaymentMethod

Key = tuple[int, UUID]


def attempts_of(session: Session, intents: Iterable[PaymentIntent]) -> dict[UUID, PaymentAttempt]:
    """Fetch the newest attempt of each of these intents, by intent."""
    ids = [intent.id for intent in intents if intent.method is PaymentMethod.GATEWAY]
    if not ids:
        return {}
    rows = session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.intent_id.in_(ids))
        .order_by(PaymentAttempt.number)
    )
    return {attempt.intent_id: attempt for attempt in rows}


def attempt_of(session: Session, intent: PaymentIntent | None) -> PaymentAttempt | None:
    """Fetch the newest attempt of one intent, if it has one."""
    return attempts_of(session, [intent]).get(intent.id) if intent else None


def by_reference(session: Session, provider: str, reference: str) -> Key | None:
    """Find whose attempt a gateway speaks of, in all the market."""
    row = session.execute(
        select(PaymentAttempt.cooperative_id, PaymentAttempt.id).where(
            PaymentAttempt.reference == reference, PaymentAttempt.provider == provider
        )
    ).first()
    return (row.cooperative_id, row.id) if row else None


def to_ask(session: Session, *, at: datetime, limit: int) -> Sequence[Key]:
    """List the attempts whose gateway is to be asked now, longest overdue first."""
    rows = session.execute(
        select(PaymentAttempt.cooperative_id, PaymentAttempt.id)
        .where(PaymentAttempt.ask_at <= at)
        .order_by(PaymentAttempt.ask_at, PaymentAttempt.id)
        .limit(limit)
    )
    return [(cooperative_id, attempt_id) for cooperative_id, attempt_id in rows]
