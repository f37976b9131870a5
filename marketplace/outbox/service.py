"""Say that something happened; it is delivered after the transaction is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.outbox.models import OutboxMessage

Handler = Callable[[Session, Mapping[str, Any], datetime], None]
Waker = Callable[[Session, UUID], None]
MOST_ATTEMPTS = 8
_WAKER, _HISTORY = "outbox_waker", "outbox_history"


def wake_with(session: Session, waker: Waker) -> None:
    """Name what queues a delivery job for a message of this session."""
    session.info[_WAKER] = waker


@contextmanager
def as_history(session: Session) -> Generator[None]:
    """Count what is told inside as delivered: history brought in later is no news."""
    session.info[_HISTORY] = True
    try:
        yield
    finally:
        del session.info[_HISTORY]


def tell(session: Session, topic: str, *, at: datetime, **facts: object) -> OutboxMessage:
    """Leave a message in the same transaction as the thing it tells of.

    Facts are JSON values: ids as text (``kernel.ids.to_text``), money as integers.
    """
    past = _HISTORY in session.info
    message = OutboxMessage(topic=topic, facts=facts, told_at=at, delivered_at=at if past else None)
    session.add(message)
    session.flush()
    waker: Waker | None = session.info.get(_WAKER)
    if waker is not None and not past:
        waker(session, message.id)
    return message


def waiting(session: Session, *, limit: int = 200) -> list[UUID]:
    """List undelivered messages that may still be tried, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage.id)
            .where(
                OutboxMessage.delivered_at.is_(None),
                OutboxMessage.attempts < MOST_ATTEMPTS,
            )
            .order_by(OutboxMessage.id)
            .limit(limit)
        )
    )


def newest(session: Session, *, limit: int = 16) -> tuple[tuple[UUID, bool], ...]:
    """Name the newest messages, so that somebody who asks again sees whether more happened.

    Several are named because one that was told earlier may be kept later; each with whether
    it was delivered, because only then the search knows of it too.
    """
    return tuple(
        (id_, delivered)
        for id_, delivered in session.execute(
            select(OutboxMessage.id, OutboxMessage.delivered_at.is_not(None))
            .order_by(OutboxMessage.id.desc())
            .limit(limit)
        )
    )


def oldest_waiting(session: Session, *, at: datetime) -> timedelta:
    """Measure how long the oldest undelivered message has been waiting."""
    told_at = session.scalar(
        select(func.min(OutboxMessage.told_at)).where(OutboxMessage.delivered_at.is_(None))
    )
    return at - told_at if told_at else timedelta(0)


def deliver(
    session: Session,
    message_id: UUID,
    handlers: Mapping[str, list[Handler]],
    *,
    at: datetime,
) -> bool:
    """Hand one message to everyone who listens; say whether there was anything to do.

    The row is locked, so two workers never deliver the same message at once.
    """
    message = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.delivered_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return False
    for handler in handlers.get(message.topic, []):
        handler(session, message.facts, at)
    message.delivered_at = at
    message.attempts += 1
    session.flush()
    return True


def waiting_message(session: Session, message_id: UUID) -> OutboxMessage | None:
    """Fetch a message that is not delivered yet."""
    message = session.get(OutboxMessage, message_id)
    return message if message is not None and message.delivered_at is None else None


def sent(session: Session, message_id: UUID, *, at: datetime) -> None:
    """Note that a message went out, and forget what it said: mails hold links and addresses."""
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is not None:
        message.delivered_at = at
        message.attempts += 1
        message.facts = {}
        session.flush()


def failed(session: Session, message_id: UUID, error: str) -> None:
    """Count a failed delivery, so that a broken message does not hold up the rest."""
    message = session.get(OutboxMessage, message_id)
    if message is not None:
        message.attempts += 1
        message.last_error = error[:500]
        session.flush()
