from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.models import (
    Allocation,
    BaseUnit,
    GoodsReceipt,
    RequestLineEvent,
    SupplyHandOver,
    SupplyItem,
    SupplyPool,
)
from marketplace.supply.rules import (
    Pack,
    PoolState,
    RequestState,
    Wish,
    WishBroken,
    WrongStep,
    bill,
    demand_of,
    gap,
    next_tier,
    outlook,
)
from marketplace.supply.service import (
    Binding,
    NotAMember,
    NotEnough,
    RoundPlan,
    Terms,
    TooLate,
    Wanted,
    WrongMoney,
)
from marketplace.supply.service.buying import BadTerms
from marketplace.supply.service.handing_over import NotReady
from marketplace.supply.service.items import ItemTaken
from marketplace.supply.service.receiving import NothingArrived
from marketplace.supply.service.requests import WishTooLarge
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
# Oil in cartons of 4 jerrycans; one jerrycan is the base unit.
TERMS = Terms(
    supplier="Grosir Gadang",
    pack_name="karton",
    pack_size=4,
    pack_price=Rupiah(400_000),
)
PLAN = RoundPlan(SUNDAY, "Velodrome")


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session: Session, velodrome: Cooperative) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def oil(session: Session, velodrome: Cooperative) -> SupplyItem:
    return service.add_item(
        session,
        velodrome.id,
        name="Minyak goreng 5 L",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=SATURDAY,
    )


@pytest.fixture
def members(session: Session, velodrome: Cooperative) -> list[Member]:
    return [make_member(session, velodrome, name) for name in ("Bu Sri", "Cak Arif", "Mbak Rara")]


@pytest.fixture
def asked(session, members, oil, officer) -> Callable[..., list]:
    def ask(*wants: int, **more: int) -> list:
        return [
            service.ask(
                session, m, Wanted(want, **more), item=oil, entered_by=officer.id, at=SATURDAY
            )
            for m, want in zip(members, wants, strict=False)
        ]

    return ask


@pytest.fixture
def opened(session, oil, officer) -> Callable[..., SupplyPool]:
    def open_(*, closes_at: datetime = SUNDAY, **changes: object) -> SupplyPool:
        terms, plan = replace(TERMS, **changes), replace(PLAN, closes_at=closes_at)
        return service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)

    return open_


def arrive(session, pool, officer, quantity, cost, *, key="1"):
    return service.receive(
        session,
        pool,
        key=key,
        packs=quantity // 4,
        quantity=quantity,
        cost=Rupiah(cost),
        actor_id=officer.id,
        at=SUNDAY,
    )


def shares(session, run) -> dict:
    rows = session.scalars(select(Allocation).where(Allocation.run_id == run.id)).all()
    return {row.line_id: (row.given, row.charge.amount) for row in rows}


def test_three_requests_bought_in_one_round_that_comes_two_short_are_shared_exactly(
    session, asked, opened, officer
):
    lines = asked(4, 3, 5)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)
    service.order(session, pool, at=SUNDAY)

    run = arrive(session, pool, officer, 10, 999_999)

    given = shares(session, run)
    assert pool.ordered_packs == 3
    assert [given[line.id][0] for line in lines] == [3, 3, 4]
    assert sum(charge for _, charge in given.values()) == 999_999
    assert run.to_stock == 0
    for line in lines:
        service.hand_over(
            session, line, paid=Rupiah(given[line.id][1]), actor_id=officer.id, at=SUNDAY
        )
    assert pool.state is PoolState.SETTLED


def test_waiting_wishes_join_the_round_of_their_good(session, asked, opened, velodrome):
    asked(4, 3, 5)
    assert [(a.item.name, a.want) for a in queries.waiting(session, velodrome.id)] == [
        ("Minyak goreng 5 L", 12)
    ]

    pool = opened()

    assert queries.waiting(session, velodrome.id) == []
    assert len(queries.view(session, pool).lines) == 3


def test_asking_for_the_same_again_leaves_no_second_mark(session, asked):
    asked(4)
    asked(4)

    assert session.scalar(select(func.count()).select_from(RequestLineEvent)) == 1


def test_asking_again_changes_the_wish_that_waits(session, asked, velodrome):
    asked(4)
    asked(6)

    (only,) = queries.waiting(session, velodrome.id)
    assert [line.want for line, _ in only.lines] == [6]
    events = session.scalars(select(RequestLineEvent).order_by(RequestLineEvent.id)).all()
    assert [(e.before.get("want"), e.after["want"]) for e in events] == [(None, 4), (4, 6)]


def test_words_can_be_asked_for_and_named_later(session, members, oil, officer, velodrome):
    line = service.ask(
        session,
        members[0],
        Wanted(5),
        item=None,
        words=" minyak tawon ",
        entered_by=officer.id,
        at=SATURDAY,
    )
    (words,) = queries.waiting(session, velodrome.id)

    service.name_item(session, line, oil, actor_id=officer.id, at=SATURDAY)

    assert words.words == "minyak tawon"
    assert queries.waiting(session, velodrome.id)[0].item is oil


def test_a_member_joins_changes_and_leaves_an_open_round(session, members, opened, officer):
    pool = opened()
    rara = members[2]

    line = service.join(session, pool, rara, Wanted(2), entered_by=officer.id, at=SATURDAY)
    service.join(session, pool, rara, Wanted(3), entered_by=officer.id, at=SATURDAY)
    three = queries.view(session, pool).of_member(rara.id)
    service.withdraw(session, line, actor_id=officer.id, at=SATURDAY)
    service.withdraw(session, line, actor_id=officer.id, at=SATURDAY)
    again = service.join(session, pool, rara, Wanted(1), entered_by=officer.id, at=SATURDAY)

    assert three is not None
    assert three.line.want == 3
    assert (line.state, again.want) == (RequestState.CANCELLED, 1)
    assert len(queries.view(session, pool).lines) == 1


def test_nobody_joins_or_leaves_after_closing(session, members, asked, opened, officer):
    (line,) = asked(4)
    pool = opened()
    late = SUNDAY + timedelta(minutes=1)

    with pytest.raises(TooLate):
        service.join(session, pool, members[1], Wanted(2), entered_by=officer.id, at=late)
    with pytest.raises(TooLate):
        service.withdraw(session, line, actor_id=officer.id, at=late)


def test_who_has_left_the_cooperative_cannot_ask(session, members, oil, officer):
    members[0].left_on = SATURDAY.date()

    with pytest.raises(NotAMember):
        service.ask(session, members[0], Wanted(1), item=oil, entered_by=officer.id, at=SATURDAY)


@pytest.mark.parametrize("wanted", [Wanted(0), Wanted(-1), Wanted(5, flex_max=4), Wanted(10**12)])
def test_an_absurd_quantity_is_refused(session, members, oil, officer, wanted):
    with pytest.raises(WishTooLarge):
        service.ask(session, members[0], wanted, item=oil, entered_by=officer.id, at=SATURDAY)


def test_a_minimum_above_the_wish_is_refused(session, members, oil, officer):
    with pytest.raises(WishBroken):
        service.ask(
            session,
            members[0],
            Wanted(2, accept_min=3),
            item=oil,
            entered_by=officer.id,
            at=SATURDAY,
        )


def test_a_good_stands_on_the_list_once_and_can_be_retired(session, velodrome, oil):
    with pytest.raises(ItemTaken):
        service.add_item(
            session,
            velodrome.id,
            name=oil.name,
            base_unit=BaseUnit.GRAM,
            unit="kg",
            factor=1000,
            at=SATURDAY,
        )

    service.retire_item(session, oil, at=SATURDAY)

    assert queries.items(session, velodrome.id) == []


def test_too_little_for_one_pack_cannot_be_locked(session, asked, opened):
    asked(1, 1)
    pool = opened()

    with pytest.raises(NotEnough) as refused:
        service.lock(session, pool, at=SUNDAY)

    assert refused.value.missing == 2
    assert pool.state is PoolState.OPEN


def test_the_cooperative_may_take_the_rest_of_a_pack_for_its_stock(session, asked, opened, officer):
    (line,) = asked(3)
    pool = opened()

    service.widen(session, pool, stock_cap=4, at=SATURDAY)
    service.lock(session, pool, at=SUNDAY)
    run = arrive(session, pool, officer, 4, 400_000)

    assert shares(session, run)[line.id] == (3, 300_000)
    assert (run.to_stock, run.stock_cost) == (1, Rupiah(100_000))


def test_an_empty_round_cannot_be_locked(session, opened):
    with pytest.raises(NotEnough):
        service.lock(session, opened(), at=SUNDAY)


def test_locking_and_ordering_twice_changes_nothing(session, asked, opened):
    asked(4)
    pool = opened()

    for _ in range(2):
        service.lock(session, pool, at=SUNDAY)
    for _ in range(2):
        service.order(session, pool, at=SUNDAY)

    assert (pool.state, pool.ordered_packs) == (PoolState.ORDERED, 1)


def test_the_tier_reached_by_all_prices_every_pack(session, asked, opened):
    asked(4, 4, 4)
    pool = opened(tiers=((3, 380_000), (9, 350_000)))

    service.lock(session, pool, at=SUNDAY)

    assert pool.ordered_cost == Rupiah(1_140_000)


def test_sending_a_receipt_twice_records_it_once(session, asked, opened, officer):
    asked(4, 4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    first = arrive(session, pool, officer, 8, 800_000)
    second = arrive(session, pool, officer, 8, 800_000)

    assert first.id == second.id
    assert session.scalar(select(func.count()).select_from(GoodsReceipt)) == 1


def test_a_second_delivery_is_shared_over_all_that_has_come(session, asked, opened, officer):
    lines = asked(4, 4, 4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    arrive(session, pool, officer, 6, 600_000)
    run = arrive(session, pool, officer, 6, 630_000, key="2")

    given = shares(session, run)
    assert [given[line.id] for line in lines] == [(4, 410_000)] * 3
    assert run.number == 2


def test_what_was_fetched_stays_fetched_when_more_arrives(session, asked, opened, officer):
    lines = asked(4, 4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)
    arrive(session, pool, officer, 6, 600_000)
    service.hand_over(session, lines[0], paid=Rupiah(300_000), actor_id=officer.id, at=SUNDAY)

    run = arrive(session, pool, officer, 2, 200_000, key="2")

    given = shares(session, run)
    assert given[lines[0].id] == (3, 300_000)
    assert given[lines[1].id][0] == 4
    assert sum(charge for _, charge in given.values()) + run.stock_cost.amount == 800_000
    assert sum(got for got, _ in given.values()) + run.to_stock == 8


def test_who_was_cut_more_goes_first_at_the_next_tie(session, members, asked, opened, officer):
    asked(4, 4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    arrive(session, pool, officer, 7, 700_000)

    assert sorted(m.shortage_score for m in members[:2]) == [0, 1]
    arrive(session, pool, officer, 1, 100_000, key="2")
    assert [m.shortage_score for m in members[:2]] == [0, 0]


def test_goods_are_handed_over_against_the_exact_price_once(session, asked, opened, officer):
    (line,) = asked(4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)
    arrive(session, pool, officer, 4, 400_000)

    with pytest.raises(WrongMoney):
        service.hand_over(session, line, paid=Rupiah(399_999), actor_id=officer.id, at=SUNDAY)
    for _ in range(2):
        service.hand_over(session, line, paid=Rupiah(400_000), actor_id=officer.id, at=SUNDAY)

    assert session.scalar(select(func.count()).select_from(SupplyHandOver)) == 1


def test_a_handing_over_can_be_undone_at_once_but_not_later(session, asked, opened, officer):
    (line,) = asked(4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)
    arrive(session, pool, officer, 4, 400_000)
    service.hand_over(session, line, paid=Rupiah(400_000), actor_id=officer.id, at=SUNDAY)

    service.undo_hand_over(session, line, at=SUNDAY + timedelta(minutes=10))
    undone = (line.state, pool.state)
    service.undo_hand_over(session, line, at=SUNDAY + timedelta(minutes=10))
    service.hand_over(session, line, paid=Rupiah(400_000), actor_id=officer.id, at=SUNDAY)

    assert undone == (RequestState.ALLOCATED, PoolState.READY)
    with pytest.raises(NotReady):
        service.undo_hand_over(session, line, at=SUNDAY + timedelta(minutes=16))


def test_undoing_one_of_two_hand_overs_leaves_the_round_as_it_is(session, asked, opened, officer):
    first, second = asked(2, 2)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)
    arrive(session, pool, officer, 4, 400_000)
    service.hand_over(session, first, paid=Rupiah(200_000), actor_id=officer.id, at=SUNDAY)

    service.undo_hand_over(session, first, at=SUNDAY)

    assert (first.state, second.state) == (RequestState.ALLOCATED, RequestState.ALLOCATED)
    assert pool.state is PoolState.READY


def test_nothing_is_handed_over_before_goods_came(session, asked, opened, officer):
    (line,) = asked(4)
    opened()

    with pytest.raises(NotReady):
        service.hand_over(session, line, paid=Rupiah(0), actor_id=officer.id, at=SUNDAY)


@pytest.mark.parametrize(("quantity", "cost"), [(0, 1), (-1, 1), (4, -1), (4, 10**13)])
def test_an_impossible_delivery_is_refused(session, asked, opened, officer, quantity, cost):
    asked(4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    with pytest.raises(NothingArrived):
        arrive(session, pool, officer, quantity, cost)


def test_an_open_round_receives_nothing(session, asked, opened, officer):
    asked(4)

    with pytest.raises(WrongStep):
        arrive(session, opened(), officer, 4, 400_000)


def test_wishes_of_a_cancelled_open_round_wait_for_the_next_one(session, asked, opened, velodrome):
    asked(4, 3)
    pool = opened()

    for _ in range(2):
        service.cancel(session, pool, reason="Kurang", at=SUNDAY)

    assert queries.waiting(session, velodrome.id)[0].want == 7
    assert opened().number == 2


def test_a_wish_that_waits_for_a_round_cannot_be_handed_over_or_taken_back(session, asked, opened):
    """An officer's page may still show the round that somebody else has given up."""
    (line,) = asked(4)
    service.cancel(session, opened(), reason=None, at=SUNDAY)

    with pytest.raises(NotReady):
        service.hand_over(session, line, paid=Rupiah(1), actor_id=line.entered_by, at=SUNDAY)
    with pytest.raises(NotReady):
        service.undo_hand_over(session, line, at=SUNDAY)


def test_wishes_of_a_cancelled_locked_round_end_with_it(session, asked, opened, velodrome):
    (line,) = asked(4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    service.cancel(session, pool, reason=None, at=SUNDAY)

    assert line.state is RequestState.CANCELLED
    assert queries.waiting(session, velodrome.id) == []


@pytest.mark.parametrize(
    "changes", [{"pack_price": Rupiah(0)}, {"closes_at": SATURDAY}, {"pack_size": 0}]
)
def test_terms_that_make_no_sense_are_refused(session, opened, changes):
    from marketplace.kernel.errors import Invalid

    with pytest.raises(Invalid):
        opened(**changes)


def test_a_round_is_kept_open_for_longer(session, opened):
    pool = opened()

    service.extend(session, pool.round, SUNDAY + timedelta(days=1), at=SATURDAY)

    assert pool.closes_at == SUNDAY + timedelta(days=1)
    with pytest.raises(BadTerms):
        service.extend(session, pool.round, SATURDAY, at=SATURDAY)


def test_a_closed_round_is_not_widened(session, asked, opened):
    asked(4)
    pool = opened()
    service.lock(session, pool, at=SUNDAY)

    with pytest.raises(BadTerms):
        service.widen(session, pool, stock_cap=4, at=SUNDAY)


def test_another_cooperatives_round_is_not_found(session, opened):
    other = make_cooperative(session, "Sanan Tempe Muda")
    opened()

    with pytest.raises(NotFound):
        queries.of_cooperative(session, other.id, 1)
    assert queries.running(session, other.id) == []


@pytest.fixture
def reached(session, members, opened, officer):
    """Three cartons are wanted, from which on each is cheaper: 8 jerrycans and 4."""
    pool = opened(tiers=((3, 380_000),))
    lines = [
        service.join(session, pool, member, Wanted(want), entered_by=officer.id, at=SATURDAY)
        for member, want in zip(members, (8, 4), strict=False)
    ]
    return pool, lines


def test_who_helped_to_a_lower_price_may_ask_for_more_and_not_for_less(
    session, members, reached, officer
):
    pool, lines = reached
    asks = {"entered_by": officer.id, "at": SATURDAY}

    with pytest.raises(Binding, match="pengurus"):
        service.join(session, pool, members[0], Wanted(7), **asks)
    with pytest.raises(Binding):
        service.withdraw(session, lines[0], actor_id=officer.id, at=SATURDAY)
    more = service.join(session, pool, members[0], Wanted(9), **asks)
    less = service.join(session, pool, members[0], Wanted(1), by_officer=True, **asks)

    assert more is less
    assert less.want == 1


def test_before_a_lower_price_is_reached_a_wish_is_free(session, members, reached, officer):
    pool, lines = reached
    service.join(session, pool, members[0], Wanted(4), entered_by=officer.id,
                 by_officer=True, at=SATURDAY)  # fmt: skip

    service.withdraw(session, lines[1], actor_id=officer.id, at=SATURDAY)

    assert lines[1].state is RequestState.CANCELLED


def test_past_rounds_are_listed_with_their_pages(session, opened, velodrome):
    service.cancel(session, opened(), reason=None, at=SUNDAY)

    pools, pages = queries.past_pools(session, velodrome.id, page=1)

    assert ([pool.number for pool in pools], pages) == ([1], 1)


def test_my_wishes_show_their_round(session, members, asked, opened, velodrome):
    asked(4)
    pool = opened()

    ((line, item, in_round),) = queries.my_lines(session, velodrome.id, members[0].id)

    assert (line.want, item.name, in_round.id) == (4, "Minyak goreng 5 L", pool.id)


@pytest.mark.race
def test_members_racing_into_a_round_all_get_their_place_once(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session)
        officer = make_officer(session, cooperative)
        item = service.add_item(
            session,
            cooperative.id,
            name="Gula",
            base_unit=BaseUnit.GRAM,
            unit="kg",
            factor=1000,
            at=SATURDAY,
        )
        service.open_round(session, item, TERMS, PLAN, opened_by=officer.id, at=SATURDAY)
        members = [make_member(session, cooperative, f"A{n}") for n in range(6)]
        keys = [(m.cooperative_id, m.id) for m in members]
        cooperative_id, officer_id = cooperative.id, officer.id

    def join(number: int) -> None:
        with own_app.app_context(), transaction() as session:
            pool = queries.pool(session, cooperative_id, 1, 1)
            member = session.get_one(Member, keys[number % 6])
            service.join(session, pool, member, Wanted(2), entered_by=officer_id, at=SATURDAY)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(join, range(24)))

    with own_app.app_context(), transaction() as session:
        view = queries.view(session, queries.pool(session, cooperative_id, 1, 1))
        assert [row.line.want for row in view.lines] == [2] * 6


WISHES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 30), st.integers(0, 10)), max_size=12
).map(
    lambda rows: [
        Wish(number, min(least, want), want, want + flex)
        for number, (least, want, flex) in enumerate(rows)
    ]
)


@given(cost=st.integers(0, 10**9), available=st.integers(0, 400), wishes=WISHES)
def test_a_bill_loses_neither_goods_nor_rupiah(cost, available, wishes):
    shared = bill(cost, available, wishes)

    assert sum(shared.given.values()) + shared.to_stock == available
    assert sum(shared.charges.values()) + shared.stock_cost == cost


def test_an_outlook_counts_packs_and_says_what_is_missing():
    pack = Pack(size=4, price=400_000, tiers=((3, 380_000),))

    look = outlook([pack], demand_of([Wish("a", 0, 4, 4), Wish("b", 0, 5, 6)]))

    assert (look.packs, look.filled, look.missing) == (2, 2, 3)
    assert look.price == 400_000
    assert outlook([pack], demand_of([])).packs == 0


def test_the_gap_to_the_next_price_often_costs_less_than_it_is_worth():
    pack = Pack(size=4, price=412_000, tiers=((20, 396_000), (50, 380_000), (80, 368_000)))

    found = gap(pack, 47)

    assert found is not None
    assert (found.packs, found.extra_cost, found.value) == (3, 388_000, 1_140_000)
    assert (found.cost_now, found.cost_then) == (18_612_000, 19_000_000)
    assert next_tier(pack, 47) == (50, 380_000)
    assert (next_tier(pack, 80), gap(pack, 80), gap(pack, 0)) == (None, None, None)
