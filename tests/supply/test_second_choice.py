from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace import audit
from marketplace.accounts.models import Notice
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, RequestLine, RequestLineEvent
from marketplace.supply.notices import tell_second_choice
from marketplace.supply.rules import Good, MixedUnits, Pack, PoolState, RequestState, Wish, turns
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


def treasurer(session, shop):
    return make_officer(session, shop, Role.TREASURER, "Bu Tutik").id


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


# ----------------------------------------------------------------------------- closing

SACK = Pack(10, 100)
amounts = st.tuples(st.integers(0, 12), st.integers(1, 12), st.integers(0, 6))


def wishes_of(place: int, said: list[tuple[int, int, int]]) -> dict[tuple[int, int], Wish]:
    return {
        (place, number): Wish((place, number), min(least, want), want, want + more)
        for number, (least, want, more) in enumerate(said)
    }


def goods_of(said: list[list[tuple[int, int, int]]]) -> dict[int, Good]:
    """Give goods of which every wish would turn to the next one."""
    return {
        place: Good(
            [SACK],
            wishes_of(place, wishes),
            {(place, number): number for number in range(len(wishes))},
            {(place, number): (place + 1) % len(said) for number in range(len(wishes))},
        )
        for place, wishes in enumerate(said)
    }


@given(
    st.lists(st.lists(amounts, max_size=5), min_size=2, max_size=4),
    st.sets(st.integers(0, 3)),
    st.randoms(use_true_random=False),
)
def test_a_wish_turns_once_to_where_it_gets_some_and_nobody_gets_less(said, closing, shuffled):
    goods = goods_of(said)
    places = sorted(closing & goods.keys())
    moved = turns(goods, places)

    after = {place: dict(good.wishes) for place, good in goods.items()}
    for key, here, there in moved:
        assert here in places
        after[there][key] = after[here].pop(key)
    assert len({key for key, *_ in moved}) == len(moved)
    for place, good in goods.items():
        owners = [key[1] for key in after[place]]
        assert len(set(owners)) == len(owners)
        before, now = good.shares(), replace(good, wishes=after[place]).shares()
        stayed = before.keys() & now.keys()
        if not any(here == place for _, here, _ in moved):
            assert all(now[key] >= before[key] for key in stayed)
    mixed = {place: goods[place] for place in shuffled.sample(sorted(goods), len(goods))}
    turned = {
        place: replace(good, wishes=dict(reversed(good.wishes.items())))
        for place, good in mixed.items()
    }
    assert turns(turned, places) == moved


def test_two_goods_that_lack_each_others_wishes_become_one() -> None:
    assert turns(goods_of([[(0, 5, 0)], [(0, 1, 0), (0, 4, 0)]]), [0, 1]) == []
    both = goods_of([[(0, 1, 0), (0, 5, 0)], [(0, 5, 0)]])
    both[1] = replace(both[1], owners={(1, 0): 7})

    assert turns(both, [0, 1]) == [((0, 0), 0, 1), ((0, 1), 0, 1)]


def test_who_would_get_nothing_turns_when_a_good_closes_and_its_second_one_is_bought(
    session, velodrome, pools, sri, officer, wheat, tapioca
):
    """Tapioca is short by 5 kg; with Bu Sri's 20 kg there is a sack of wheat."""
    credit.set_limit(
        session, sri, Rupiah(400_000), due_days=14, by=treasurer(session, velodrome), at=SATURDAY
    )
    line = service.join(
        session, pools[0], sri, Wanted(20_000, second=wheat), entered_by=officer.id,
        on_account=True, at=SATURDAY,
    )  # fmt: skip
    arif = make_member(session, velodrome, "Cak Arif")
    service.join(session, pools[1], arif, Wanted(5_000), entered_by=officer.id, at=SATURDAY)

    velodrome.member_count = 2
    service.close_due(session, at=SUNDAY)

    assert (line.pool_id, line.state, line.second_item_id) == (
        pools[1].id, RequestState.LOCKED, None,
    )  # fmt: skip
    assert [pool.state for pool in pools] == [PoolState.OPEN, PoolState.LOCKED]
    assert pools[0].short_since == SUNDAY
    assert line.on_account
    assert credit_queries.use_of(session, velodrome.id, sri.id).held == Rupiah(180_000)
    assert audit.run(session, at=SATURDAY) == []


def test_a_dearer_second_choice_without_room_for_it_is_paid_at_once(
    session, velodrome, tapioca, wheat, sri, officer
):
    plan = RoundPlan(SUNDAY, "Velodrome")
    first = service.open_round(session, tapioca, TERMS, plan, opened_by=officer.id, at=SATURDAY)
    dear = replace(TERMS, pack_price=Rupiah(300_000))
    second = service.add_good(session, first.round, wheat, dear, at=SATURDAY)
    credit.set_limit(
        session, sri, Rupiah(230_000), due_days=14, by=treasurer(session, velodrome), at=SATURDAY
    )
    line = service.join(
        session, first, sri, Wanted(25_000, second=wheat), entered_by=officer.id,
        on_account=True, at=SATURDAY,
    )  # fmt: skip

    give_up(session, first)

    assert (line.pool_id, line.on_account) == (second.id, False)
    assert credit_queries.use_of(session, velodrome.id, sri.id).held == Rupiah(0)


def test_a_wish_that_a_bought_good_cannot_meet_turns_when_its_good_is_locked_alone(
    session, velodrome, pools, sri, officer, wheat
):
    """Of 30 kg one sack is bought; Bu Sri would get a sixth of it and wants all of hers."""
    arif, rara = (make_member(session, velodrome, name) for name in ("Cak Arif", "Mbak Rara"))
    service.join(session, pools[0], arif, Wanted(25_000), entered_by=officer.id, at=SATURDAY)
    service.join(session, pools[1], rara, Wanted(20_000), entered_by=officer.id, at=SATURDAY)
    picky = Wanted(5_000, accept_min=5_000, second=wheat)
    line = service.join(session, pools[0], sri, picky, entered_by=officer.id, at=SATURDAY)

    service.lock(session, pools[0], by=officer.id, at=SATURDAY)
    service.lock_round(session, pools[0].round, by=officer.id, at=SATURDAY)

    assert line.pool_id == pools[1].id
    assert [pool.ordered_packs for pool in pools] == [1, 1]


def test_a_wish_stays_when_its_second_choice_would_not_be_bought_either(
    session, pools, sri, officer, wheat, tapioca
):
    line = service.join(
        session, pools[0], sri, Wanted(20_000, second=wheat), entered_by=officer.id, at=SATURDAY
    )

    service.close_due(session, at=SUNDAY)

    assert (line.pool_id, line.second_item_id) == (pools[0].id, wheat.id)
    assert [pool.short_since for pool in pools] == [SUNDAY, SUNDAY]
