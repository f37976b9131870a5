"""Rounds close by themselves; what is too little for a pack waits for its officers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine, SupplyPool
from marketplace.supply.rules import PoolState, RequestState
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.supply.service.buying import BadTerms
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
MONDAY = SATURDAY + timedelta(days=2)


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def oil(session, velodrome):
    return make_oil(session, velodrome, SATURDAY)


def make_oil(session, cooperative, at):
    return service.add_item(
        session, cooperative.id, name="Minyak", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=at,
    )  # fmt: skip


def open_round(session, oil, officer, at, closes_at):
    terms = Terms(
        supplier="Grosir Gadang", pack_name="karton", pack_size=4, pack_price=Rupiah(400_000),
    )  # fmt: skip
    plan = RoundPlan(closes_at, "Velodrome")
    return service.open_round(session, oil, terms, plan, opened_by=officer.id, at=at)


@pytest.fixture
def pool(session, oil, officer):
    return open_round(session, oil, officer, SATURDAY, SUNDAY)


@pytest.fixture
def wanted(session, velodrome, pool, officer):
    def want(*amounts: int) -> list[RequestLine]:
        return [
            service.join(
                session, pool, make_member(session, velodrome, f"Bu {amount}-{place}"),
                Wanted(amount), entered_by=officer.id, at=SATURDAY,
            )
            for place, amount in enumerate(amounts)
        ]  # fmt: skip

    return want


def test_a_round_with_enough_is_locked_at_its_time_and_not_before(session, pool, wanted):
    wanted(2, 2)

    service.close_due(session, at=SUNDAY - timedelta(seconds=1))
    assert pool.state is PoolState.OPEN
    service.close_due(session, at=SUNDAY)

    assert (pool.state, pool.ordered_packs) == (PoolState.LOCKED, 1)


def test_too_little_waits_for_a_decision_and_is_told_of_once(session, pool, wanted):
    (line,) = wanted(3)

    assert service.close_due(session, at=SUNDAY) == 1
    assert service.close_due(session, at=MONDAY) == 0

    assert (pool.state, pool.short_since) == (PoolState.OPEN, SUNDAY)
    assert line.state is RequestState.OPEN


def test_a_longer_round_takes_wishes_again_and_closes_at_its_new_time(
    session, velodrome, pool, wanted, officer
):
    wanted(3)
    service.close_due(session, at=SUNDAY)

    service.extend(session, pool.round, MONDAY, at=SUNDAY)
    member = make_member(session, velodrome, "Mbak Rara")
    service.join(session, pool, member, Wanted(1), entered_by=officer.id, at=SUNDAY)
    service.close_due(session, at=MONDAY)

    assert (pool.state, pool.short_since) == (PoolState.LOCKED, None)


def test_what_the_cooperative_takes_fills_it_up_and_the_clock_locks_it(session, pool, wanted):
    wanted(3)
    service.close_due(session, at=SUNDAY)

    service.widen(session, pool, stock_cap=4, at=SUNDAY)
    service.close_due(session, at=MONDAY)

    assert (pool.state, pool.ordered_packs) == (PoolState.LOCKED, 1)


@pytest.mark.parametrize(
    ("carry_over", "state", "waiting"),
    [(True, RequestState.OPEN, 1), (False, RequestState.CANCELLED, 0)],
)
def test_wishes_wait_for_the_next_round_or_end_with_this_one(
    session, oil, pool, wanted, carry_over, state, waiting
):
    (line,) = wanted(3)
    service.close_due(session, at=SUNDAY)

    service.cancel(session, pool, reason=None, carry_over=carry_over, at=SUNDAY)

    assert line.state is state
    assert len(queries.waiting_for(session, oil.cooperative_id, oil.id)) == waiting


@pytest.mark.parametrize("closes_at", [SATURDAY, SUNDAY])
def test_a_round_is_not_kept_open_into_the_past(session, pool, closes_at):
    with pytest.raises(BadTerms):
        service.extend(session, pool.round, closes_at, at=SUNDAY)


def test_a_locked_round_is_not_opened_again(session, pool, wanted):
    wanted(4)
    service.close_due(session, at=SUNDAY)

    with pytest.raises(BadTerms):
        service.extend(session, pool.round, MONDAY + timedelta(days=1), at=MONDAY)


def test_the_clock_and_the_officer_may_lock_one_after_the_other(session, pool, wanted):
    wanted(4)

    service.lock(session, pool, at=SUNDAY)
    service.close_due(session, at=SUNDAY)

    assert pool.state is PoolState.LOCKED


def test_the_worker_closes_rounds_and_officers_hear_of_it(own_app):
    with own_app.app_context(), transaction() as session:
        at = now()
        cooperative = make_cooperative(session)
        officer = make_officer(session, cooperative)
        oil = make_oil(session, cooperative, at - timedelta(days=2))
        over = open_round(session, oil, officer, at - timedelta(days=2), at - timedelta(hours=1))
        officer_id, key = officer.id, (cooperative.id, over.id)

    for _ in range(2):
        own_app.extensions["jobs"].drain()

    with own_app.app_context():
        session = db.session()
        told = session.scalars(select(Notice.text).where(Notice.account_id == officer_id)).all()
        assert len([text for text in told if "belum cukup" in text]) == 1
        assert session.get_one(SupplyPool, key).short_since is not None


def test_the_page_of_a_round_with_too_little_offers_every_way_on(
    session, velodrome, oil, officer, sign_in
):
    at = now()
    over = open_round(session, oil, officer, at - timedelta(days=2), at - timedelta(hours=1))
    service.close_due(session, at=at)
    session.commit()
    browser, path = sign_in(officer), f"/k/{velodrome.slug}/kelola/kulakan/{over.number}"

    page = browser.get(path).text
    assert all(word in page for word in ("Belum cukup", "Perpanjang", "Genapkan", "Batalkan"))
    refused = browser.post(f"{path}/perpanjang", data={"closes_at": "2020-01-01T20:00"})
    assert refused.status_code == 422
    assert "Waktu tutup harus di depan." in refused.text
    taken = browser.post(f"{path}/perpanjang", data={"closes_at": "2036-01-01T20:00"})
    assert taken.status_code == 303
    session.refresh(over)
    assert over.short_since is None
    assert browser.post(f"{path}/1/batal", data={"lepas": "1"}).status_code == 303
    session.refresh(over)
    assert over.state is PoolState.CANCELLED
