"""Work that waits behind a transaction: outbox deliveries and regular chores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from flask import Flask
from huey import Huey, crontab
from sqlalchemy.orm import Session

from marketplace.outbox import service as outbox
from marketplace.outbox.queue import enqueue
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction

Chore = Callable[[Session, datetime], object]
OutsideChore = Callable[[datetime], object]
Sender = Callable[[Mapping[str, Any]], None]
log = structlog.get_logger()


class Jobs:
    """Who listens to what, and what is to be done every minute. One per application."""

    def __init__(self, app: Flask, queue: Huey) -> None:
        self.app = app
        self.queue = queue
        self.handlers: dict[str, list[outbox.Handler]] = {}
        self.outside: dict[str, Sender] = {}
        self.chores: list[Chore] = []
        self.outside_chores: list[OutsideChore] = []
        self._deliver = queue.task(name="deliver")(self.deliver)
        queue.periodic_task(crontab(minute="*"), name="sweep")(self.sweep)

    def listen(self, topic: str, handler: outbox.Handler) -> None:
        """Call this handler for every message of this topic."""
        self.handlers.setdefault(topic, []).append(handler)

    def listen_outside(self, topic: str, sender: Sender) -> None:
        """Call this for messages of this topic without a transaction: it talks to slow others.

        A crash between sending and noting it sends once more; nothing is lost.
        """
        self.outside[topic] = sender

    def every_minute(self, chore: Chore) -> None:
        """Do this regularly, in a transaction of its own."""
        self.chores.append(chore)

    def every_night(self, chore: Callable[[], object]) -> None:
        """Do this at two in the morning in Malang; it opens its own transactions."""

        def tonight() -> None:
            with self.app.app_context():
                try:
                    chore()
                except Exception:
                    log.exception("chore failed", chore=chore.__name__)

        nights = crontab(hour="19", minute="0")  # UTC
        self.queue.periodic_task(nights, name=chore.__name__)(tonight)

    def every_minute_outside(self, chore: OutsideChore) -> None:
        """Do this regularly without a transaction: it talks to slow others."""
        self.outside_chores.append(chore)

    def wake(self, session: Session, message_id: UUID) -> None:
        """Queue the delivery of a message in the transaction that tells it."""
        enqueue(session, self.queue, self._deliver.s(str(message_id)))

    def deliver(self, message_id: str) -> None:
        """Deliver one message; a failure is counted and tried again by the sweep."""
        with self.app.app_context():
            try:
                self._deliver_or_send(UUID(message_id))
            except Exception as error:
                log.exception("delivery failed", message_id=message_id)
                with transaction() as session:
                    outbox.failed(session, UUID(message_id), repr(error))

    def _deliver_or_send(self, message_id: UUID) -> None:
        message = outbox.waiting_message(db.session(), message_id)
        sender = self.outside.get(message.topic) if message else None
        facts = dict(message.facts) if message else {}
        db.session.rollback()
        if sender is not None:
            sender(facts)
        with transaction() as session:
            if sender is not None:
                outbox.sent(session, message_id, at=now())
            else:
                outbox.deliver(session, message_id, self.handlers, at=now())

    def sweep(self) -> None:
        """Do the chores, then deliver what was left lying.

        Others are asked first: what they know may keep a chore from ending an order.
        """
        for outside in self.outside_chores:
            with self.app.app_context():
                try:
                    outside(now())
                except Exception:
                    log.exception("chore failed", chore=outside.__name__)
        for chore in self.chores:
            with self.app.app_context():
                try:
                    with transaction() as session:
                        chore(session, now())
                except Exception:
                    log.exception("chore failed", chore=chore.__name__)
        self.deliver_waiting()

    def deliver_waiting(self) -> int:
        """Deliver what waits until nothing is left that can be delivered."""
        done = 0
        tried: set[UUID] = set()
        while True:
            with self.app.app_context():
                ids = [id_ for id_ in outbox.waiting(db.session()) if id_ not in tried]
            if not ids:
                return done
            for id_ in ids:
                tried.add(id_)
                self.deliver(str(id_))
                done += 1

    def drain(self) -> int:
        """Run all that is due, then stop; returns how many jobs and messages that was.

        It looks whether anything is there first: on PostgreSQL taking waits for work to come.
        """
        done = 0
        while self.queue.pending_count() and (task := self.queue.dequeue()) is not None:
            self.queue.execute(task)
            done += 1
        self.sweep()
        return done

    def work(self) -> None:
        """Run jobs until told to stop by a signal."""
        self.queue.create_consumer(
            workers=1, periodic=True, initial_delay=0.1, backoff=1.2, max_delay=0.5
        ).run()


def install(app: Flask, queue: Huey) -> Jobs:
    """Bind the queue to the application; transactions wake it."""
    jobs = Jobs(app, queue)
    app.extensions["jobs"] = jobs
    app.extensions["outbox_waker"] = jobs.wake
    return jobs
