"""What is over is forgotten after a month, as the page on personal data promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import queries, service
from marketplace.accounts.models import OneTimeLink, SignIn
from marketplace.web.extensions import db
from tests.accounts.people import SATURDAY
from tests.makers import make_account

DAY = timedelta(days=1)


@pytest.fixture
def sari(session):
    return make_account(session, "Sari")


def start(session, account) -> str:
    return service.start_sign_in(session, account, browser="", address="10.0.0.1", at=SATURDAY)


@pytest.mark.parametrize(("days", "left"), [(30, 1), (31, 0)])
def test_a_sign_in_that_was_ended_is_kept_for_a_month(session, sari, days, left):
    row = queries.open_sign_in(session, start(session, sari), at=SATURDAY)
    service.end_sign_in(session, sari.id, row.id, at=SATURDAY)

    service.forget_what_is_over(session, at=SATURDAY + days * DAY)

    assert len(session.scalars(select(SignIn)).all()) == left


@pytest.mark.parametrize(("days", "left"), [(29, 1), (60, 1), (61, 0)])
def test_a_sign_in_that_ran_out_is_kept_for_a_month(session, sari, days, left):
    start(session, sari)

    service.forget_what_is_over(session, at=SATURDAY + days * DAY)

    assert len(session.scalars(select(SignIn)).all()) == left


@pytest.mark.parametrize(("days", "left"), [(30, 1), (31, 0)])
def test_links_are_forgotten_a_month_after_they_were_used_or_ran_out(session, sari, days, left):
    service.make_reset_link(session, sari, at=SATURDAY)
    used = session.scalars(select(OneTimeLink)).one()
    used.used_at = SATURDAY

    service.forget_what_is_over(session, at=SATURDAY + days * DAY)

    assert len(session.scalars(select(OneTimeLink)).all()) == left


def test_the_worker_forgets_every_minute(app, session, sari):
    session.add(
        SignIn(
            account_id=sari.id, secret_hash="x", browser="", address="10.0.0.1",
            created_at=SATURDAY - 900 * DAY, seen_at=SATURDAY - 900 * DAY,
            expires_at=SATURDAY - 800 * DAY,
        )
    )  # fmt: skip
    session.commit()

    for chore in app.extensions["jobs"].chores:
        chore(db.session(), SATURDAY)

    assert session.scalars(select(SignIn)).all() == []
