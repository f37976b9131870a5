"""A price above what a member allowed is asked about before it is charged."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given as example_of
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.models import Notice
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, PriceAnswer, SupplyPool
from marketplace.supply.notices import tell_price_asked, tell_shares
from marketplace.supply.rules import (
    BadPriceCap,
    CostPaidFrom,
    PoolState,
    PriceFor,
    RequestState,
    Rhythm,
    SplitBy,
    must_ask,
)
from marketplace.supply.service.asking_first import NotAsked, ShareChanged
from marketplace.supply.service.handing_over import NotReady
from marketplace.supply.service.requests import TooLate
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
MONDAY = SATURDAY + timedelta(days=2)
amounts, sizes = st.integers(1, 10**9), st.integers(1, 10**6)
prices = st.builds(PriceFor, amounts, sizes)


@example_of(prices, st.lists(prices, max_size=3), st.lists(prices, max_size=3))
def test_a_price_is_asked_about_when_a_unit_costs_more_than_a_limit_and_than_any_yes(
    price: PriceFor, limits: list[PriceFor], accepted: list[PriceFor]
) -> None:
    def unit(one: PriceFor) -> Fraction:
        return Fraction(one.amount, one.quantity)

    above = any(unit(price) > unit(limit) for limit in limits)
    agreed = any(unit(price) <= unit(one) for one in accepted)

    assert must_ask(price, limits, accepted) is (above and not agreed)


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def members(session: Session, shop):
    account = make_officer(session, shop, Role.MEMBER, "Bu Sri")
    others = [make_member(session, shop, name) for name in ("Cak Arif", "Mbak Rara")]
    return [make_member(session, shop, "Bu Sri", account=account), *others]


@pytest.fixture
def pool(session: Session, shop, officer, members) -> SupplyPool:
    """Three members want 4 kg of rice; Bu Sri pays up to 9,500 a kg, the rest what was said.

    10,000 a kg was announced; the last two take up to 8 kg.
    """
    rice = service.add_item(
        session, shop.id, name="Beras", base_unit=BaseUnit.GRAM, unit="kg", factor=1_000,
        at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "sak", 12_000, Rupiah(120_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome", pickup_from=SUNDAY, pickup_until=MONDAY)
    pool = service.open_round(session, rice, terms, plan, opened_by=officer.id, at=SATURDAY)
    sri, *others = members
    capped = service.Wanted(4_000, price_cap=Rupiah(9_500))
    credit.set_limit(session, sri, Rupiah(90_000), due_days=14, by=officer.id, at=SATURDAY)
    service.join(session, pool, sri, capped, entered_by=officer.id, on_account=True, at=SATURDAY)
    for member in others:
        wanted = service.Wanted(4_000, flex_max=8_000)
        service.join(session, pool, member, wanted, entered_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)
    return pool


def arrive(session, pool, officer, cost=120_000, *, quantity=12_000, key="1") -> None:
    service.receive(
        session, pool, key=key, packs=1, quantity=quantity, cost=Rupiah(cost),
        contested=Rupiah(0), actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip


def shares(session, pool) -> list[tuple[RequestState, int, int]]:
    rows = sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)
    return [
        (row.line.state, row.allocation.given, row.allocation.charge.amount)
        for row in rows
        if row.allocation
    ]


def answer(session, pool, officer, *, accept, seen=40_000, place=0, **more):
    row = sorted(queries.view(session, pool).lines, key=lambda one: one.line.id)[place]
    more = {"for_member": True, "note": "Lewat telepon", "at": SUNDAY, "by": officer.id, **more}
    return service.answer_price(session, row.line, accept=accept, seen=Rupiah(seen), **more)


ASKED, SHARED, NO = RequestState.PRICE_ASKED, RequestState.ALLOCATED, RequestState.DECLINED


def test_who_named_a_lower_price_is_asked_and_the_others_are_charged(session, pool, officer):
    arrive(session, pool, officer)

    assert shares(session, pool) == [
        (ASKED, 4_000, 40_000), (SHARED, 4_000, 40_000), (SHARED, 4_000, 40_000)
    ]  # fmt: skip
    asked = next(row for row in queries.view(session, pool).lines if row.line.state is ASKED).line
    with pytest.raises(NotReady):
        service.hand_over(session, asked, paid=Rupiah(40_000), actor_id=officer.id, at=SUNDAY)
    assert pool.state is PoolState.READY
    assert audit.run(session, at=SATURDAY) == []


def test_a_price_above_the_announced_one_is_asked_of_everybody(session, pool, officer):
    arrive(session, pool, officer, 120_003)

    assert [state for state, *_ in shares(session, pool)] == [ASKED, ASKED, ASKED]


def test_a_yes_makes_a_share_like_any_other_and_is_said_once(session, pool, officer):
    arrive(session, pool, officer)
    for _ in range(2):
        line = answer(session, pool, officer, accept=True)

    service.hand_over(session, line, paid=Rupiah(40_000), actor_id=officer.id, at=SUNDAY)

    (said,) = session.scalars(select(PriceAnswer))
    assert (said.accepted, said.given, said.charge, said.note) == (
        True, 4_000, Rupiah(40_000), "Lewat telepon",
    )  # fmt: skip
    assert audit.run(session, at=SATURDAY) == []


def test_a_no_sets_the_share_free_for_who_would_take_more(session, shop, pool, officer, members):
    arrive(session, pool, officer)
    held = credit_queries.use_of(session, shop.id, members[0].id).held
    for _ in range(2):
        answer(session, pool, officer, accept=False)

    assert held == Rupiah(40_000)
    assert credit_queries.use_of(session, shop.id, members[0].id).held == Rupiah(0)
    assert shares(session, pool) == [(NO, 0, 0), (SHARED, 6_000, 60_000), (SHARED, 6_000, 60_000)]
    assert members[0].shortage_score == 0
    assert audit.run(session, at=SATURDAY) == []
    arrive(session, pool, officer, 60_000, quantity=6_000, key="2")
    assert shares(session, pool)[0] == (NO, 0, 0)
    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.to_stock, run.stock_cost) == (2_000, Rupiah(20_000))


def test_the_last_answer_settles_a_good_that_all_others_fetched(session, pool, officer):
    arrive(session, pool, officer)
    for row in queries.view(session, pool).lines:
        if row.line.state is SHARED:
            service.hand_over(
                session, row.line, paid=Rupiah(40_000), actor_id=officer.id, at=SUNDAY
            )
    before = pool.state

    answer(session, pool, officer, accept=False)

    run = queries.last_run(session, pool)
    assert run is not None
    assert (before, pool.state, run.to_stock) == (PoolState.READY, PoolState.SETTLED, 4_000)
    assert audit.run(session, at=SATURDAY) == []


def test_shares_that_officers_made_by_hand_stay_when_somebody_says_no(session, pool, officer):
    arrive(session, pool, officer)
    rows = sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)
    given = {row.line.id: part for row, part in zip(rows, (4_000, 4_000, 3_000), strict=True)}
    service.share_manually(
        session, pool, given, reason="Cak Arif mengalah", seen=1, by=officer.id, at=SUNDAY
    )

    answer(session, pool, officer, accept=False)

    assert [part for _, part, _ in shares(session, pool)] == [0, 4_000, 3_000]
    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.to_stock, run.manual_reason) == (5_000, "Cak Arif mengalah")


def test_who_said_yes_is_asked_again_only_when_it_gets_dearer(session, pool, officer):
    arrive(session, pool, officer)
    answer(session, pool, officer, accept=True)
    freight = service.NewCost("Angkut", Rupiah(3), SplitBy.QUANTITY, CostPaidFrom.CASH, pool.place)

    service.add_cost(session, pool.round, freight, key="1", by=officer.id, at=SUNDAY)

    assert shares(session, pool)[0] == (ASKED, 4_000, 40_001)
    with pytest.raises(ShareChanged, match=r"40\.001"):
        answer(session, pool, officer, accept=True)
    answer(session, pool, officer, accept=True, seen=40_001)
    assert shares(session, pool)[0] == (SHARED, 4_000, 40_001)
    assert shares(session, pool)[1][0] is ASKED


def test_a_member_answers_until_goods_are_fetched_and_officers_decide_after_that(
    session, pool, officer, members
):
    arrive(session, pool, officer)
    late = {"for_member": False, "note": None, "at": MONDAY + timedelta(minutes=1)}

    with pytest.raises(TooLate, match="pengurus"):
        answer(session, pool, officer, accept=True, **late)
    with pytest.raises(Invalid, match="Tulis apa kata"):
        answer(session, pool, officer, accept=True, note=" ")
    answer(session, pool, officer, accept=True, at=late["at"])

    assert shares(session, pool)[0][0] is SHARED


def test_nothing_is_answered_that_was_not_asked(session, pool, officer):
    with pytest.raises(NotAsked):
        answer(session, pool, officer, accept=True)
    arrive(session, pool, officer)
    with pytest.raises(NotAsked):
        answer(session, pool, officer, accept=False, place=1)
    answer(session, pool, officer, accept=False)
    with pytest.raises(NotAsked):
        answer(session, pool, officer, accept=True)


@pytest.mark.parametrize("cap", [0, -1, 10**12 + 1])
def test_a_highest_price_that_is_none_is_refused(session, shop, officer, pool, members, cap):
    item = queries.item(session, shop.id, pool.item_id)

    with pytest.raises(BadPriceCap):
        service.ask(
            session, members[0], service.Wanted(1, price_cap=Rupiah(cap)), item=item,
            entered_by=officer.id, at=SATURDAY,
        )  # fmt: skip


def test_a_price_is_allowed_for_the_unit_in_which_it_was_said(session, shop, officer, members):
    soap = service.add_item(
        session, shop.id, name="Sabun", base_unit=BaseUnit.PIECE, unit="buah", factor=1,
        at=SATURDAY,
    )  # fmt: skip
    box = service.add_unit(session, soap, service.NewUnit("dus", 12), at=SATURDAY)
    terms = service.Terms("Grosir", "dus", 12, Rupiah(60_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, soap, terms, plan, opened_by=officer.id, at=SATURDAY)
    for member, cap in zip(members, (55_000, 54_999, None), strict=True):
        wanted = service.Wanted(12, rung=box, price_cap=Rupiah(cap) if cap else None)
        service.join(session, pool, member, wanted, entered_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)

    arrive(session, pool, officer, 165_000, quantity=36)

    assert [state for state, *_ in shares(session, pool)] == [SHARED, ASKED, SHARED]


def test_a_standing_request_asks_with_its_highest_price(session, shop, officer, members, pool):
    item = queries.item(session, shop.id, pool.item_id)
    wanted = service.Wanted(2_000, price_cap=Rupiah(9_000))
    service.keep_asking(
        session, members[1], wanted, Rhythm.WEEK, item=item, entered_by=officer.id,
        at=SATURDAY,
    )  # fmt: skip

    service.ask_again(session, at=SATURDAY + timedelta(days=7))

    (line,) = queries.waiting_for(session, shop.id, item.id)
    assert line.price_cap == Rupiah(9_000)


def test_who_is_asked_is_told_once_for_each_price_and_not_that_goods_are_ready(
    session, shop, officer, pool
):
    arrive(session, pool, officer)
    facts = {"cooperative": shop.id, "pool": str(pool.id)}
    for tell in (tell_shares, tell_price_asked, tell_price_asked):
        tell(session, facts, SUNDAY)

    told = [(one.text, one.values) for one in session.scalars(select(Notice).order_by(Notice.id))]
    assert len(told) == 2
    assert any("Jadi diambil?" in text for text, _ in told)
    assert any("ditanya dulu" in text for text, _ in told)
    answer(session, pool, officer, accept=False)
    tell_shares(session, facts, SUNDAY)
    assert len(session.scalars(select(Notice)).all()) == 2
