from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.outbox import service as outbox
from marketplace.outbox.models import OutboxMessage
from marketplace.web.extensions import db
from marketplace.web.jobs import Jobs
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY


@pytest.fixture
def jobs(own_app: Flask) -> Jobs:
    return own_app.extensions["jobs"]


@pytest.fixture
def heard(jobs: Jobs) -> list[Mapping[str, Any]]:
    facts: list[Mapping[str, Any]] = []
    jobs.listen("something.happened", lambda _session, message, _at: facts.append(message))
    return facts


def test_a_message_is_delivered_once_after_its_transaction(own_app, jobs, heard):
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "something.happened", at=SATURDAY, number="KM-2611-0001")
        assert heard == []

    jobs.drain()
    jobs.drain()

    assert heard == [{"number": "KM-2611-0001"}]


def test_nothing_is_queued_when_the_transaction_is_rolled_back(own_app, jobs, heard):
    def tell_and_fail() -> None:
        with own_app.app_context(), transaction() as session:
            outbox.tell(session, "something.happened", at=SATURDAY, number="KM-2611-0001")
            raise NotFound("gone")

    with pytest.raises(NotFound):
        tell_and_fail()

    assert jobs.queue.storage.queue_size() == 0
    assert jobs.drain() == 0
    assert heard == []


def test_a_message_that_is_gone_or_delivered_is_nothing_to_do(session):
    gone = new_id()

    outbox.sent(session, gone, at=SATURDAY)
    outbox.failed(session, gone, "no answer")

    assert not outbox.deliver(session, gone, {}, at=SATURDAY)
    assert session.scalars(select(OutboxMessage)).all() == []


def test_a_kept_transaction_queues_exactly_one_job(own_app, jobs):
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "something.happened", at=SATURDAY)

    assert jobs.queue.storage.queue_size() == 1


def test_a_message_whose_job_got_lost_is_delivered_by_the_sweep(own_app, jobs, heard):
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "something.happened", at=SATURDAY, number="KM-2611-0001")
    jobs.queue.storage.flush_queue()

    jobs.sweep()

    assert heard == [{"number": "KM-2611-0001"}]


def test_a_broken_listener_is_counted_and_does_not_hold_up_others(own_app, jobs, heard):
    def fail(_session: Session, _facts: Mapping[str, Any], _at: datetime) -> None:
        message = "mail server is down"
        raise ConnectionError(message)

    jobs.listen("something.broken", fail)
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "something.broken", at=SATURDAY)
        outbox.tell(session, "something.happened", at=SATURDAY, number="KM-2611-0001")

    jobs.drain()

    assert len(heard) == 1
    with own_app.app_context():
        broken = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == "something.broken")
        ).one()
        assert broken.delivered_at is None
        assert 1 <= broken.attempts <= outbox.MOST_ATTEMPTS
        assert "mail server is down" in (broken.last_error or "")


def test_the_age_of_the_oldest_waiting_message_is_known(session):
    outbox.tell(session, "something.happened", at=SATURDAY)

    waited = outbox.oldest_waiting(session, at=SATURDAY + timedelta(minutes=3))

    assert waited == timedelta(minutes=3)


def test_chores_run_with_every_sweep(own_app, jobs):
    done: list[datetime] = []
    jobs.every_minute(lambda _session, at: done.append(at))

    jobs.sweep()

    assert len(done) == 1


def test_what_goes_outside_is_sent_without_a_transaction_and_then_forgotten(own_app, jobs):
    posted: list[Mapping[str, Any]] = []
    jobs.listen_outside("letter", posted.append)
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "letter", at=SATURDAY, to="sari@contoh.id")

    jobs.drain()
    jobs.drain()

    assert posted == [{"to": "sari@contoh.id"}]
    with own_app.app_context():
        kept = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == "letter")
        ).one()
        assert (kept.facts, kept.delivered_at is not None) == ({}, True)


def test_a_letter_that_cannot_be_sent_is_kept_and_tried_again(own_app, jobs):
    tried: list[Mapping[str, Any]] = []

    def post(facts: Mapping[str, Any]) -> None:
        tried.append(facts)
        if len(tried) == 1:
            message = "mail server is down"
            raise ConnectionError(message)

    jobs.listen_outside("letter", post)
    with own_app.app_context(), transaction() as session:
        outbox.tell(session, "letter", at=SATURDAY, to="sari@contoh.id")

    jobs.drain()
    jobs.sweep()

    assert tried == [{"to": "sari@contoh.id"}] * 2


def test_history_is_kept_but_told_to_nobody(own_app, jobs, heard):
    with own_app.app_context(), transaction() as session:
        with outbox.as_history(session):
            outbox.tell(session, "something.happened", at=SATURDAY, number="2025")
        outbox.tell(session, "something.happened", at=SATURDAY, number="2026")

    jobs.drain()

    assert heard == [{"number": "2026"}]
    with own_app.app_context():
        assert len(list(db.session.scalars(select(OutboxMessage.id)))) == 2
