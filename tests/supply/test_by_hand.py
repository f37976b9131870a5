"""Officers share by hand: within what members allowed, with a reason, until more comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given as example_of
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.outbox.models import OutboxMessage
from marketplace.supply import queries, service
from marketplace.supply.models import AllocationRun, BaseUnit, SupplyPool
from marketplace.supply.rules import (
    BadShare,
    CostPaidFrom,
    PoolState,
    RequestState,
    Shares,
    SplitBy,
    Wish,
    share_by_hand,
)
from marketplace.supply.service.by_hand import SharesChanged
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
WHY = "Bu Sri sakit, Cak Arif mengalah"
FROM_TWO_TO_SIX = [Wish(key, 2, 4, 6) for key in range(3)]


def test_officers_give_what_members_allowed_and_the_rest_is_the_cooperatives() -> None:
    assert share_by_hand(12, FROM_TWO_TO_SIX, {0: 6, 1: 2, 2: 0}) == Shares(
        {0: 6, 1: 2, 2: 0}, 4, []
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({0: 1, 1: 4, 2: 4}, id="below the least"),
        pytest.param({0: 7, 1: 2, 2: 2}, id="above the most"),
        pytest.param({0: -1, 1: 4, 2: 4}, id="below nothing"),
        pytest.param({0: 5, 1: 4, 2: 4}, id="more than there is"),
        pytest.param({0: 4, 1: 4}, id="somebody forgotten"),
        pytest.param({0: 4, 1: 4, 2: 4, 3: 0}, id="somebody else"),
    ],
)
def test_shares_that_a_member_did_not_allow_are_refused(given: dict[int, int]) -> None:
    with pytest.raises(BadShare):
        share_by_hand(12, FROM_TWO_TO_SIX, given)


@example_of(st.integers(0, 40), st.lists(st.integers(-2, 12), min_size=3, max_size=3))
def test_whatever_officers_say_nothing_is_lost_and_nobody_gets_what_they_refused(
    available: int, parts: list[int]
) -> None:
    try:
        shares = share_by_hand(available, FROM_TWO_TO_SIX, dict(enumerate(parts)))
    except BadShare:
        assert sum(parts) > available or any(part and not 2 <= part <= 6 for part in parts)
        return

    assert sum(shares.given.values()) + shares.left == available
    assert all(part == 0 or 2 <= part <= 6 for part in shares.given.values())


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def pool(session: Session, shop, officer) -> SupplyPool:
    """Three members want 4 jerrycans each, at least 2, at most 6; nine of twelve came."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    wanted = service.Wanted(4, accept_min=2, flex_max=6)
    for name in ("Bu Sri", "Cak Arif", "Mbak Rara"):
        member = make_member(session, shop, name)
        service.join(session, pool, member, wanted, entered_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)
    receive(session, pool, officer, 9, 900_000)
    return pool


def receive(session, pool, officer, quantity, cost, *, key="1") -> None:
    service.receive(
        session, pool, key=key, packs=3, quantity=quantity, cost=Rupiah(cost),
        contested=Rupiah(0), actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip


def rows(session, pool):
    return sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)


def got(session, pool) -> list[tuple[int, int]]:
    return [
        (row.allocation.given, row.allocation.charge.amount)
        for row in rows(session, pool)
        if row.allocation
    ]


def share(session, pool, officer, *parts, seen=1, reason=WHY) -> AllocationRun:
    lines = [row.line for row in rows(session, pool)]
    still = [line.id for line in lines if line.state is not RequestState.HANDED_OVER]
    given = dict(zip(still, parts, strict=True))
    return service.share_manually(
        session, pool, given, reason=reason, seen=seen, by=officer.id, at=SUNDAY
    )


def fetch(session, pool, place, officer) -> None:
    row = rows(session, pool)[place]
    assert row.allocation is not None
    service.hand_over(session, row.line, paid=row.allocation.charge, actor_id=officer.id, at=SUNDAY)


def runs(session) -> int:
    return session.scalar(select(func.count()).select_from(AllocationRun)) or 0


def sound(session) -> bool:
    found = [
        str(one) for one in audit.run(session, at=SUNDAY) if not one.check.startswith("outbox.")
    ]
    assert found == []
    return True


def test_shares_by_hand_are_a_run_of_their_own_with_reason_and_actor(
    session, officer, pool
) -> None:
    assert got(session, pool) == [(3, 300_000)] * 3

    run = share(session, pool, officer, 5, 0, 2)

    assert (run.number, run.manual_reason, run.manual_by) == (2, WHY, officer.id)
    assert (run.available, run.to_stock, run.stock_cost) == (9, 2, Rupiah(200_000))
    assert got(session, pool) == [(5, 500_000), (0, 0), (2, 200_000)]
    states = [row.line.state for row in rows(session, pool)]
    assert states == [RequestState.ALLOCATED, RequestState.DROPPED, RequestState.ALLOCATED]
    told = session.scalars(select(OutboxMessage.topic)).all()
    assert told.count("supply.shared_by_hand") == 1
    assert sound(session)


@pytest.mark.parametrize("parts", [(1, 4, 4), (7, 2, 0), (6, 4, 0)])
def test_least_most_and_what_came_bind_officers_too(session, officer, pool, parts) -> None:
    with pytest.raises(BadShare):
        share(session, pool, officer, *parts)

    assert runs(session) == 1
    assert got(session, pool) == [(3, 300_000)] * 3


def test_what_was_fetched_is_a_floor(session, officer, pool) -> None:
    fetch(session, pool, 0, officer)

    with pytest.raises(BadShare):
        share(session, pool, officer, 5, 2)
    share(session, pool, officer, 4, 2)

    assert got(session, pool) == [(3, 300_000), (4, 400_000), (2, 200_000)]
    assert sound(session)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_sharing_by_hand_wants_a_reason(session, officer, pool, reason) -> None:
    with pytest.raises(Invalid) as refused:
        share(session, pool, officer, 5, 2, 2, reason=reason)

    assert list(refused.value.fields) == ["reason"]
    assert runs(session) == 1


def test_the_same_shares_sent_twice_count_once(session, officer, pool) -> None:
    first = share(session, pool, officer, 5, 2, 2)
    again = share(session, pool, officer, 5, 2, 2)

    assert (again.id, runs(session)) == (first.id, 2)


def test_other_shares_for_what_has_changed_meanwhile_are_refused(session, officer, pool) -> None:
    share(session, pool, officer, 5, 2, 2)

    with pytest.raises(SharesChanged):
        share(session, pool, officer, 2, 5, 2)
    with pytest.raises(SharesChanged):
        share(session, pool, officer, 5, 2, 2, reason="Alasan lain")

    assert got(session, pool) == [(5, 500_000), (2, 200_000), (2, 200_000)]


def test_a_later_delivery_is_shared_by_the_policy_again(session, officer, pool) -> None:
    share(session, pool, officer, 5, 0, 4)

    receive(session, pool, officer, 3, 300_000, key="2")

    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.number, run.manual_reason, run.manual_by) == (3, None, None)
    assert got(session, pool) == [(4, 400_000)] * 3
    assert sound(session)


def test_a_cost_that_comes_later_keeps_the_shares_and_the_reason(session, officer, pool) -> None:
    share(session, pool, officer, 5, 0, 4)

    cost = service.NewCost("Angkut", Rupiah(9_000), SplitBy.QUANTITY, CostPaidFrom.CASH)
    service.add_cost(session, pool.round, cost, key="1", by=officer.id, at=SUNDAY)

    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.number, run.manual_reason, run.manual_by) == (3, WHY, officer.id)
    assert got(session, pool) == [(5, 505_000), (0, 0), (4, 404_000)]
    assert sound(session)


def test_goods_that_nobody_gets_any_more_are_settled(session, officer, pool) -> None:
    share(session, pool, officer, 0, 0, 0)

    pool = session.get_one(SupplyPool, (pool.cooperative_id, pool.id))
    assert pool.state is PoolState.SETTLED
    assert sound(session)
    with pytest.raises(SharesChanged):
        share(session, pool, officer, 3, 3, 3, seen=2)
