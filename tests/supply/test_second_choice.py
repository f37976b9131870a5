from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, RequestLine, RequestLineEvent
from marketplace.supply.notices import tell_second_choice
from marketplace.supply.rules import MixedUnits, PoolState, RequestState
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.supply.service.requests import BadSecond
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
TERMS = Terms("Grosir Gadang", "sak", 25_000, Rupiah(225_000))


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def sri(session, velodrome, officer):
    return make_member(session, velodrome, "Bu Sri", account=officer)


def good(session, shop, name, base_unit=BaseUnit.GRAM):
    unit, factor = ("kg", 1000) if base_unit is BaseUnit.GRAM else ("buah", 1)
    return service.add_item(
        session, shop.id, name=name, base_unit=base_unit, unit=unit, factor=factor, at=SATURDAY
    )


@pytest.fixture
def tapioca(session, velodrome):
    return good(session, velodrome, "Tepung tapioka")


@pytest.fixture
def wheat(session, velodrome):
    return good(session, velodrome, "Tepung terigu")


@pytest.fixture
def pools(session, tapioca, wheat, officer):
    """One round of both, that closes on Sunday."""
    plan = RoundPlan(SUNDAY, "Velodrome")
    first = service.open_round(session, tapioca, TERMS, plan, opened_by=officer.id, at=SATURDAY)
    return first, service.add_good(session, first.round, wheat, TERMS, at=SATURDAY)


@pytest.fixture
def wish(session, pools, sri, wheat, officer):
    wanted = Wanted(25_000, flex_max=30_000, second=wheat)
    return service.join(session, pools[0], sri, wanted, entered_by=officer.id, at=SATURDAY)


def give_up(session, pool, *, carry_over=False):
    service.cancel(session, pool, reason=None, carry_over=carry_over, at=SUNDAY)


def events(session, line):
    found = select(RequestLineEvent).where(RequestLineEvent.line_id == line.id)
    return session.scalars(found.order_by(RequestLineEvent.id)).all()


def test_a_wish_turns_to_its_second_choice_when_the_first_is_given_up(session, pools, wish, wheat):
    give_up(session, pools[0])

    assert (wish.pool_id, wish.item_id) == (pools[1].id, wheat.id)
    assert (wish.want, wish.flex_max, wish.state) == (25_000, 30_000, RequestState.OPEN)
    moved = events(session, wish)[-1]
    assert (moved.before["item"], moved.after["item"]) == (
        str(pools[0].item_id),
        str(wheat.id),
    )


def test_a_wish_that_waits_for_the_next_round_does_not_turn(session, pools, wish, tapioca):
    give_up(session, pools[0], carry_over=True)

    assert (wish.pool_id, wish.item_id, wish.state) == (None, tapioca.id, RequestState.OPEN)
    assert wish.second_item_id is not None


def test_a_locked_good_that_is_given_up_lets_its_wishes_turn_too(session, pools, wish):
    service.lock(session, pools[0], at=SATURDAY)

    give_up(session, pools[0])

    assert (wish.pool_id, wish.state) == (pools[1].id, RequestState.OPEN)


def test_nothing_turns_to_a_good_that_takes_no_more_wishes(session, pools, wish, velodrome):
    other = make_member(session, velodrome, "Cak Arif")
    service.join(
        session, pools[1], other, Wanted(25_000), entered_by=other.account_id or wish.entered_by,
        at=SATURDAY,
    )  # fmt: skip
    service.lock(session, pools[1], at=SATURDAY)

    give_up(session, pools[0])

    assert wish.state is RequestState.CANCELLED


def test_a_wish_never_turns_twice(session, pools, wish):
    give_up(session, pools[0])

    give_up(session, pools[1])

    assert (wish.state, wish.second_item_id) == (RequestState.CANCELLED, None)


def test_a_member_who_takes_part_there_already_keeps_that_wish_as_it_is(
    session, pools, wish, sri, officer
):
    own = service.join(session, pools[1], sri, Wanted(10_000), entered_by=officer.id, at=SATURDAY)

    give_up(session, pools[0])

    assert (own.want, wish.state) == (10_000, RequestState.CANCELLED)


def test_who_wants_nothing_instead_is_not_moved(session, pools, sri, officer):
    line = service.join(session, pools[0], sri, Wanted(25_000), entered_by=officer.id, at=SATURDAY)

    give_up(session, pools[0])

    assert line.state is RequestState.CANCELLED


def test_the_member_is_told(session, pools, wish, officer):
    give_up(session, pools[0])
    facts = {
        "cooperative": wish.cooperative_id,
        "pool": str(pools[1].id),
        "line": str(wish.id),
        "instead_of": pools[0].item_name,
    }

    tell_second_choice(session, facts, SUNDAY)
    tell_second_choice(session, facts, SUNDAY)

    (notice,) = session.scalars(select(Notice).where(Notice.account_id == officer.id)).all()
    assert notice.url.endswith(f"/{pools[1].number}/{pools[1].place}")


def test_the_second_choice_is_another_good_that_is_counted_alike(
    session, velodrome, pools, sri, tapioca, officer
):
    pan = good(session, velodrome, "Wajan", BaseUnit.PIECE)

    with pytest.raises(BadSecond):
        service.join(
            session, pools[0], sri, Wanted(1_000, second=tapioca), entered_by=officer.id,
            at=SATURDAY,
        )  # fmt: skip
    with pytest.raises(MixedUnits):
        service.ask(
            session, sri, Wanted(1_000, second=pan), item=tapioca, entered_by=officer.id,
            at=SATURDAY,
        )  # fmt: skip
    with pytest.raises(BadSecond):
        service.ask(
            session, sri, Wanted(1, second=pan), item=None, words="Panci", entered_by=officer.id,
            at=SATURDAY,
        )  # fmt: skip


def test_a_member_names_a_second_choice_on_the_pages(
    session, velodrome, officer, sri, tapioca, wheat, sign_in
):
    session.commit()
    browser, path = sign_in(officer), f"/k/{velodrome.slug}/kelola/kulakan"
    first, second = to_text(tapioca.id), to_text(wheat.id)

    asked = browser.post(f"{path}/minta", data={"item": first, "want": "5", "second": second})
    same = browser.post(f"{path}/minta", data={"item": first, "want": "5", "second": first})

    line = session.scalars(select(RequestLine)).one()
    assert (asked.status_code, same.status_code) == (303, 422)
    assert line.second_item_id == wheat.id
    assert "kalau tidak ada: Tepung terigu" in browser.get(path).text
    plan = RoundPlan(SUNDAY + timedelta(days=9999), "Velodrome")
    terms = replace(TERMS, arrives_on=None)
    pool = service.open_round(session, tapioca, terms, plan, opened_by=officer.id, at=SATURDAY)
    service.add_good(session, pool.round, wheat, terms, at=SATURDAY)
    session.commit()
    page = f"{path}/{pool.number}/{pool.place}"
    shown = browser.get(page).text

    kept = browser.post(f"{page}/ikut", data={"want": "6", "second": second})
    session.expire_all()
    let_go = browser.post(f"{page}/ikut", data={"want": "6", "second": ""})

    assert f'<option selected value="{second}">' in shown
    assert (kept.status_code, let_go.status_code) == (303, 303)
    session.expire_all()
    assert (line.want, line.second_item_id, pool.state) == (6_000, None, PoolState.OPEN)
