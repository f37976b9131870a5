"""Rounds that open, are filled up and are locked by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine, SupplyItem, SupplyPool
from marketplace.supply.rules import Demand, Pack, PoolState, shortage
from marketplace.supply.service import RoundPlan, Terms, TooLate, Wanted
from marketplace.supply.service.terms import BadTerms
from marketplace.supply.service.topping_up import OnlyFilling
from marketplace.web.extensions import db
from tests.makers import make_cooperative, make_member, make_officer

FRIDAY = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
SATURDAY, SUNDAY, MONDAY = (FRIDAY + timedelta(days=days) for days in (1, 2, 3))
BOX = Terms("Grosir Gadang", "dus", 40, Rupiah(110_000))
PLAN = RoundPlan(SATURDAY, "Balai RW 3", top_up_until=SUNDAY)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def shop(session: Session) -> Cooperative:
    return make_cooperative(session)


@pytest.fixture
def chair(session: Session, shop: Cooperative) -> UUID:
    return make_officer(session, shop, name="Pak Budi").id


@pytest.fixture
def sri(session: Session, shop: Cooperative) -> Member:
    return make_member(session, shop, "Bu Sri")


@pytest.fixture
def noodles(session: Session, shop: Cooperative) -> SupplyItem:
    return service.add_item(
        session, shop.id, name="Mi goreng", base_unit=BaseUnit.PIECE, unit="bungkus", factor=1,
        at=FRIDAY,
    )  # fmt: skip


@pytest.fixture
def filling(
    session: Session, shop: Cooperative, noodles: SupplyItem, chair: UUID, sri: Member
) -> SupplyPool:
    """33 packets wanted, up to 38, in boxes of 40, and the time to order is over."""
    pool = service.open_round(session, noodles, BOX, PLAN, opened_by=chair, at=FRIDAY)
    ask(session, pool, sri, 33, 38, chair, at=FRIDAY)
    service.close_due(session, at=SATURDAY)
    return pool


def ask(
    session: Session, pool: SupplyPool, member: Member, want: int, most: int, by: UUID, *,
    at: datetime = SATURDAY, by_officer: bool = False,
) -> RequestLine:  # fmt: skip
    return service.join(
        session, pool, member, Wanted(want, flex_max=most), entered_by=by, by_officer=by_officer,
        at=at,
    )  # fmt: skip


def test_a_round_waits_as_a_draft_and_opens_by_itself(session, noodles, chair, sri):
    plan = RoundPlan(SUNDAY, "Balai", opens_at=SATURDAY)
    waiting = service.ask(session, sri, Wanted(4), item=noodles, entered_by=chair, at=FRIDAY)
    pool = service.open_round(session, noodles, BOX, plan, opened_by=chair, at=FRIDAY)
    draft = (pool.state, waiting.pool_id)
    with pytest.raises(TooLate):
        ask(session, pool, sri, 4, 4, chair, at=FRIDAY)

    service.close_due(session, at=SATURDAY - timedelta(seconds=1))
    still = pool.state
    service.close_due(session, at=SATURDAY)

    assert draft == (PoolState.DRAFT, None)
    assert still is PoolState.DRAFT
    assert (pool.state, waiting.pool_id) == (PoolState.OPEN, pool.id)
    assert ask(session, pool, sri, 6, 6, chair, at=SATURDAY).id == waiting.id


def test_a_further_good_of_a_draft_is_a_draft_too(session, shop, noodles, chair):
    plan = RoundPlan(SUNDAY, "Balai", opens_at=SATURDAY)
    pool = service.open_round(session, noodles, BOX, plan, opened_by=chair, at=FRIDAY)
    sugar = service.add_item(
        session, shop.id, name="Gula", base_unit=BaseUnit.GRAM, unit="kg", factor=1000, at=FRIDAY
    )

    added = service.add_good(session, pool.round, sugar, BOX, at=FRIDAY)
    with pytest.raises(BadTerms):
        service.add_good(session, pool.round, sugar, BOX, at=FRIDAY)
    service.close_due(session, at=SATURDAY)

    assert (pool.state, added.state) == (PoolState.OPEN, PoolState.OPEN)


def test_a_box_that_is_not_full_at_closing_time_may_be_filled_up(session, filling):
    look = queries.view(session, filling).outlook

    assert filling.state is PoolState.TOP_UP
    assert (look.packs, look.missing, look.short) == (0, 7, 2)
    assert filling.takes_wishes(SATURDAY)
    assert not filling.takes_wishes(SUNDAY)


def test_a_wish_grows_or_comes_in_as_long_as_less_is_lacking(session, shop, filling, sri, chair):
    more = ask(session, filling, sri, 34, 39, chair)
    rara = ask(session, filling, make_member(session, shop, "Mbak Rara"), 1, 1, chair)

    service.close_due(session, at=SUNDAY)

    assert (more.want, rara.want) == (34, 1)
    assert (filling.state, filling.bought) == (PoolState.LOCKED, "1 dus")


@pytest.mark.parametrize(("want", "most"), [(32, 38), (33, 37), (41, 41), (70, 70)])
def test_nothing_shrinks_and_nothing_opens_a_further_box(session, filling, sri, chair, want, most):
    with pytest.raises(OnlyFilling):
        ask(session, filling, sri, want, most, chair, by_officer=True)


def test_nobody_takes_a_wish_back_while_boxes_are_filled_up(session, filling, chair):
    (row,) = queries.view(session, filling).lines

    with pytest.raises(OnlyFilling):
        service.withdraw(session, row.line, actor_id=chair, by_officer=True, at=SATURDAY)


def test_the_cooperative_may_take_what_is_lacking_and_the_box_is_bought(session, filling):
    service.widen(session, filling, stock_cap=7, at=SATURDAY)
    look = queries.view(session, filling).outlook

    service.close_due(session, at=SUNDAY)

    assert (look.packs, look.short) == (1, 0)
    assert filling.bought == "1 dus"


def test_what_is_still_not_full_is_for_officers_to_decide(session, filling, chair, sri):
    service.close_due(session, at=SUNDAY)
    short_since = filling.short_since
    with pytest.raises(TooLate):
        ask(session, filling, sri, 40, 40, chair, at=SUNDAY)
    service.extend(session, filling.round, MONDAY, at=SUNDAY)

    assert short_since == SUNDAY
    assert (filling.state, filling.short_since) == (PoolState.OPEN, None)
    assert filling.round.top_up_until == MONDAY + timedelta(days=1)


def test_full_boxes_are_locked_at_closing_time_without_waiting(session, noodles, chair, sri):
    pool = service.open_round(session, noodles, BOX, PLAN, opened_by=chair, at=FRIDAY)
    ask(session, pool, sri, 40, 40, chair, at=FRIDAY)

    service.close_due(session, at=SATURDAY)

    assert pool.state is PoolState.LOCKED


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"opens_at": SATURDAY}, "opens_at"),
        ({"top_up_until": SATURDAY}, "top_up_until"),
        ({"pickup_from": FRIDAY}, "pickup_from"),
        ({"pickup_from": MONDAY, "pickup_until": SUNDAY}, "pickup_until"),
        ({"pickup_until": SATURDAY}, "pickup_until"),
    ],
)
def test_times_that_do_not_follow_one_another_open_no_round(session, noodles, chair, times, field):
    with pytest.raises(BadTerms) as refused:
        service.open_round(
            session, noodles, BOX, RoundPlan(SATURDAY, "Balai", **times), opened_by=chair,
            at=FRIDAY,
        )  # fmt: skip

    assert list(refused.value.fields) == [field]


def test_a_round_is_opened_with_its_times_and_members_see_them(
    session, shop, noodles, sign_in, chair
):
    session.commit()
    browser = sign_in(session.get_one(Account, chair))
    said = {
        "item": to_text(noodles.id), "supplier": "Grosir", "pack_name": "dus", "pack_size": "40",
        "pack_price": "110.000", "closes_at": "2030-01-05T20:00", "opens_at": "2030-01-02T07:00",
        "top_up_until": "2030-01-06T12:00", "pickup_from": "2030-01-09T08:00",
        "pickup_until": "2030-01-09T17:00", "pickup_place": "Balai RW 3",
    }  # fmt: skip
    path = f"/k/{shop.slug}/kelola/kulakan"

    wrong = browser.post(f"{path}/buka", data={**said, "opens_at": "2030-01-06T07:00"})
    opened = browser.post(f"{path}/buka", data=said)
    page = browser.get(f"{path}/1/1").text

    assert (wrong.status_code, opened.status_code) == (422, 303)
    assert 'value="2030-01-06T12:00"' in wrong.text
    assert "Dibuka sendiri" in page
    assert "Paling lambat" in page


def test_a_member_who_fills_up_sees_that_and_no_way_back(session, shop, filling, sign_in, chair):
    filling.round.top_up_until = datetime(2030, 1, 1, tzinfo=UTC)
    session.commit()
    page = sign_in(session.get_one(Account, chair)).get(f"/k/{shop.slug}/kelola/kulakan/1/1").text

    assert "Sekarang hanya bisa menambah" in page
    assert "Kurang 2\xa0bungkus untuk genap" in page


WISHES = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10)), min_size=1, max_size=6)
PACKS = st.lists(st.integers(2, 12), min_size=1, max_size=2, unique=True)


@given(wishes=WISHES, sizes=PACKS, cap=st.integers(0, 5))
def test_what_is_short_is_exactly_what_the_next_pack_lacks(wishes, sizes, cap):
    packs = [Pack(size, 100) for size in sizes]
    want, most = sum(want for want, _ in wishes), sum(want + flex for want, flex in wishes)
    lacking = shortage(packs, Demand(want, most), stock_cap=cap)

    assert shortage(packs, Demand(want + lacking, most + lacking), stock_cap=cap) == 0
    if lacking:
        almost = Demand(want + lacking - 1, most + lacking - 1)
        assert shortage(packs, almost, stock_cap=cap) > 0
