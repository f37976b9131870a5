"""Attempts to pay through a gateway: wanting a page, keeping it, and what was heard of it.

Nothing here calls a gateway: that is done between two transactions, one floor higher.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.outbox import service as outbox
from marketplace.payments.models import PaymentAttempt, PaymentEvent, PaymentIntent
from marketplace.payments.ports import IDR, Checkout, Facts, Hint
from marketplace.payments.rules import PaymentState, over_at, step
from marketplace.payments.rules.attempts import AttemptState, merge, next_question, reference
from marketplace.payments.rules.proofs import REVIEW_TIME
from marketplace.payments.service.money import locked

WANTED = "payment.page_wanted"
HEARD = "payment.news_heard"
UNWANTED = "payment.page_unwanted"
REFUND = "payment.refund_wanted"
CLAIM = timedelta(seconds=30)


def begin(
    session: Session, intent: PaymentIntent, provider: str, *, bill_number: str, at: datetime
) -> PaymentAttempt:
    """Want a new page of a gateway; it is made after this transaction is kept."""
    mine = locked(session, intent)
    assert mine.expires_at is not None  # noqa: S101 - what is paid through a gateway has one
    last = session.scalar(
        select(func.max(PaymentAttempt.number)).where(
            PaymentAttempt.cooperative_id == mine.cooperative_id,
            PaymentAttempt.intent_id == mine.id,
        )
    )
    number = (last or 0) + 1
    attempt = PaymentAttempt(
        cooperative_id=mine.cooperative_id,
        intent_id=mine.id,
        number=number,
        provider=provider,
        reference=reference(bill_number, number),
        state=AttemptState.WANTED,
        due=mine.expires_at,
        created_at=at,
    )
    session.add(attempt)
    session.flush()
    tell(session, WANTED, attempt, at=at)
    return attempt


def tell(
    session: Session, topic: str, attempt: PaymentAttempt, *, at: datetime, **facts: object
) -> None:
    """Have the gateway spoken to once this transaction is kept."""
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative=attempt.cooperative_id,
        attempt=str(attempt.id),
        **facts,
    )


def claim(session: Session, attempt: PaymentAttempt, *, at: datetime) -> bool:
    """Say whether the caller is the one to make the page; two at once are never."""
    result = session.execute(
        update(PaymentAttempt)
        .where(
            PaymentAttempt.cooperative_id == attempt.cooperative_id,
            PaymentAttempt.id == attempt.id,
            PaymentAttempt.address.is_(None),
            or_(PaymentAttempt.claimed_until.is_(None), PaymentAttempt.claimed_until <= at),
        )
        .values(claimed_until=at + CLAIM)
        .returning(PaymentAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return result.first() is not None


def unclaim(session: Session, cooperative_id: int, attempt_id: UUID) -> None:
    """Let the next one try at once."""
    locked_attempt(session, cooperative_id, attempt_id).claimed_until = None
    session.flush()


def opened(
    session: Session, cooperative_id: int, attempt_id: UUID, page: Checkout | None, *, at: datetime
) -> None:
    """Keep where the buyer pays; news may have come before this answer did.

    Without a page the gateway knows the reference, but its answer was lost: it is only asked
    after, and the buyer gets another.
    """
    mine = locked_attempt(session, cooperative_id, attempt_id)
    if page is not None:
        mine.address, mine.provider_id = page.address, page.provider_id
    mine.state = merge(mine.state, AttemptState.OPEN)
    mine.claimed_until = None
    mine.ask_at = mine.ask_at or next_question(mine.state, due=mine.due, at=at)
    session.flush()


def heard(
    session: Session, cooperative_id: int, attempt_id: UUID, hint: Hint, *, at: datetime
) -> bool:
    """Keep a piece of news once and have the gateway asked; False when it is not new."""
    mine = locked_attempt(session, cooperative_id, attempt_id)
    intent = session.get_one(PaymentIntent, (cooperative_id, mine.intent_id))
    said = {
        "claims": hint.word[:40],
        "fits": hint.amount == intent.amount_due and hint.currency == IDR,
        "amount": hint.amount.amount,
        "currency": hint.currency[:8],
        "merchant": hint.merchant[:40],
    }
    known_as = f"{hint.external_id[:80]}:{hint.word[:40]}"
    if not note(session, mine, known_as, said, at=at):
        return False
    mine.ask_at = at
    session.flush()
    tell(session, HEARD, mine, at=at)
    return True


def note(
    session: Session,
    attempt: PaymentAttempt,
    external_id: str,
    facts: Mapping[str, Any],
    *,
    at: datetime,
) -> bool:
    """Keep a fact that is no money of ours, once; False when it was known."""
    event = PaymentEvent(
        cooperative_id=attempt.cooperative_id,
        intent_id=attempt.intent_id,
        source=attempt.provider,
        external_id=f"{attempt.reference}:{external_id}",
        amount=Rupiah(0),
        facts=dict(facts),
        at=at,
    )
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        return False
    return True


def learned(
    session: Session, attempt: PaymentAttempt, facts: Facts | None, *, at: datetime
) -> AttemptState:
    """Take in what the gateway answered; gives the state before."""
    before = attempt.state
    if facts is not None:
        attempt.state = merge(before, facts.state)
    attempt.asked_at = at
    attempt.ask_at = next_question(attempt.state, due=attempt.due, at=at)
    session.flush()
    return before


def put_off(session: Session, cooperative_id: int, attempt_id: UUID, *, at: datetime) -> None:
    """Ask again later: the gateway did not answer, so nothing is known that was not before."""
    mine = locked_attempt(session, cooperative_id, attempt_id)
    if mine.ask_at is not None:
        mine.ask_at = at + CLAIM * 4
    session.flush()


def review(session: Session, intent: PaymentIntent) -> datetime | None:
    """Wait longer while the gateway looks at a payment; gives until when, if that is new."""
    mine = locked(session, intent)
    if mine.state is not PaymentState.WAITING or mine.expires_at is None:
        return None
    mine.state = step(mine.state, PaymentState.UNDER_REVIEW)
    session.flush()
    return over_at(mine.method, mine.expires_at) + REVIEW_TIME


def end_review(session: Session, intent: PaymentIntent) -> datetime | None:
    """Wait no longer than other buyers; gives until when, if that is new."""
    mine = locked(session, intent)
    if mine.state is not PaymentState.UNDER_REVIEW or mine.expires_at is None:
        return None
    mine.state = step(mine.state, PaymentState.WAITING)
    session.flush()
    return over_at(mine.method, mine.expires_at)


def unwant(session: Session, intent: PaymentIntent, *, at: datetime) -> None:
    """Have the pages closed on which nobody should pay an intent any more."""
    for attempt in session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.cooperative_id == intent.cooperative_id,
            PaymentAttempt.intent_id == intent.id,
            PaymentAttempt.ask_at.is_not(None),
        )
    ):
        tell(session, UNWANTED, attempt, at=at)


def want_refund(
    session: Session,
    intent: PaymentIntent,
    amount: Rupiah,
    *,
    key: str,
    reason: str,
    at: datetime,
) -> None:
    """Have the gateway give money back that came through it; other money it knows nothing of."""
    paid = session.scalar(
        select(PaymentAttempt)
        .where(
            PaymentAttempt.cooperative_id == intent.cooperative_id,
            PaymentAttempt.intent_id == intent.id,
            PaymentAttempt.state == AttemptState.PAID,
        )
        .order_by(PaymentAttempt.number.desc())
        .limit(1)
    )
    if paid is not None:
        tell(session, REFUND, paid, at=at, amount=amount.amount, key=key, reason=reason)


def locked_attempt(session: Session, cooperative_id: int, attempt_id: UUID) -> PaymentAttempt:
    """Fetch an attempt as it is now, and let nobody else change it meanwhile."""
    return session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.cooperative_id == cooperative_id, PaymentAttempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
