"""A share is fetched in parts: what was fetched is paid and stays, the rest may still change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyPool
from marketplace.supply.rules import (
    BadPart,
    BadShare,
    Charge,
    CostPaidFrom,
    PaidWith,
    PoolState,
    RequestState,
    SharingPolicy,
    SplitBy,
    Wish,
    margin_on,
    part_of,
    share_above,
    share_out,
)
from marketplace.supply.service import Taking
from marketplace.supply.service.handing_over import FetchedMeanwhile
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
amounts = st.integers(0, 10**7)


@given(
    goods=amounts, off=st.integers(0, 100), costs=amounts, margin=st.integers(0, 2_000),
    takings=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)  # fmt: skip
def test_parts_of_a_share_make_it_exactly_however_it_is_fetched(
    goods, off, costs, margin, takings
) -> None:
    whole = Charge(goods, goods * off // 100, costs)
    share = Charge(whole.goods, whole.discount, costs, margin_on(whole.landed, margin))
    had, fetched = 0, Charge()
    for taking in takings:
        part = part_of(share, sum(takings), fetched, had, taking=taking, margin=margin)
        assert min(part.goods, part.discount, part.costs, part.margin, part.net) >= 0
        had, fetched = had + taking, fetched + part
        assert fetched.margin == margin_on(fetched.landed, margin)

    assert fetched == share


@settings(max_examples=300)
@given(
    available=st.integers(0, 200), policy=st.sampled_from(list(SharingPolicy)),
    said=st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 20), st.integers(0, 9), st.integers(0, 20)),
        min_size=1, max_size=7,
    ),
)  # fmt: skip
def test_what_was_fetched_is_a_floor_and_the_rest_is_shared_as_ever(available, policy, said):
    wishes = [
        Wish(key, min(least, want), want, want + more, 0, key)
        for key, (least, want, more, _) in enumerate(said)
    ]
    floors = {
        wish.key: min(fetched, wish.flex_max)
        for wish, (*_, fetched) in zip(wishes, said, strict=True)
    }

    shares = share_above(available, wishes, floors, policy)

    assert all(part >= floors[key] for key, part in shares.given.items())
    assert sum(shares.given.values()) + shares.left == max(available, sum(floors.values()))
    assert share_above(available, wishes[::-1], floors, policy) == shares
    if not any(floors.values()):
        assert shares == share_out(available, wishes, policy)
    for wish in wishes:
        assert shares.given[wish.key] <= wish.flex_max
        assert shares.given[wish.key] in (0, floors[wish.key]) or (
            shares.given[wish.key] >= wish.accept_min
        )


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def pool(session: Session, shop, officer) -> SupplyPool:
    """Thirty jerrycans, announced at 250,000 each: three members asked for ten each."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 10, Rupiah(2_500_000), margin=250)
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    for name in ("Bu Sri", "Cak Arif", "Mbak Rara"):
        member = make_member(session, shop, name)
        credit.set_limit(
            session, member, Rupiah(9_000_000), due_days=14, by=officer.id, at=SATURDAY
        )
        service.join(
            session, pool, member, service.Wanted(10), on_account=True, entered_by=officer.id,
            at=SATURDAY,
        )  # fmt: skip
    return service.lock(session, pool, at=SATURDAY)


def receive(session, pool, officer, quantity, cost, key="1"):
    service.receive(
        session, pool, key=key, packs=0, quantity=quantity, cost=Rupiah(cost), contested=Rupiah(0),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip
    return queries.receipts(session, pool)[-1]


def rows_of(session, pool) -> list[queries.PoolLine]:
    return sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)


def price_of(session, pool, row, quantity) -> Rupiah:
    had = queries.fetched_of(session, [row.line]).get(row.line.id, queries.NOTHING_FETCHED)
    return Rupiah(
        part_of(
            row.allocation.parts, row.given, had.parts, row.fetched, taking=quantity,
            margin=pool.margin,
        ).total
    )  # fmt: skip


def fetch(session, pool, place, officer, quantity, *, way=PaidWith.CASH, before=None):
    row = rows_of(session, pool)[place]
    return service.hand_over(
        session, row.line, paid=price_of(session, pool, row, quantity), way=way,
        taking=Taking(quantity, row.fetched if before is None else before),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip


def sound(session) -> bool:
    found = [
        str(one) for one in audit.run(session, at=SUNDAY) if not one.check.startswith("outbox.")
    ]
    assert found == []
    return True


def test_a_part_is_fetched_and_paid_and_the_rest_closes_to_the_rupiah(session, officer, pool):
    receive(session, pool, officer, 30, 3_000_031)
    whole = rows_of(session, pool)[0].allocation.charge

    fetch(session, pool, 0, officer, 3)
    first = rows_of(session, pool)[0]
    assert (first.fetched, first.left, first.line.state) == (3, 7, RequestState.ALLOCATED)
    assert pool.state is PoolState.READY
    assert sound(session)
    fetch(session, pool, 0, officer, 7, way=PaidWith.QRIS)

    last = rows_of(session, pool)[0]
    assert (last.left, last.to_pay, last.line.state) == (0, Rupiah(0), RequestState.HANDED_OVER)
    assert last.paid == whole
    assert sound(session)


def test_the_same_part_sent_twice_is_one_and_another_officers_part_is_not_overwritten(
    session, officer, pool
):
    receive(session, pool, officer, 30, 3_000_031)
    row = rows_of(session, pool)[0]
    paid = price_of(session, pool, row, 3)

    for _ in range(2):
        service.hand_over(
            session, row.line, paid=paid, taking=Taking(3), actor_id=officer.id, at=SUNDAY
        )

    assert rows_of(session, pool)[0].fetched == 3
    with pytest.raises(FetchedMeanwhile):
        fetch(session, pool, 0, officer, 4, before=0)
    with pytest.raises(BadPart):
        service.hand_over(
            session, row.line, paid=paid, taking=Taking(8, 3), actor_id=officer.id, at=SUNDAY
        )


def test_a_later_and_dearer_delivery_changes_only_what_was_not_fetched(session, officer, pool):
    receive(session, pool, officer, 12, 1_200_000)
    fetch(session, pool, 0, officer, 3)
    paid = rows_of(session, pool)[0].paid

    receive(session, pool, officer, 18, 3_600_000, key="2")

    rows = rows_of(session, pool)
    assert [row.given for row in rows] == [10, 10, 10]
    assert (rows[0].fetched, rows[0].paid) == (3, paid)
    run = queries.last_run(session, pool)
    assert sum(row.allocation.charge.amount for row in rows) == 4_800_000 + run.margin.amount
    assert rows[0].allocation.charge < rows[1].allocation.charge  # it had some at the old price
    assert sound(session)


def test_a_delivery_that_is_taken_back_leaves_what_was_fetched_and_the_right_one_gives_the_rest(
    session, officer, pool
):
    wrong = receive(session, pool, officer, 30, 3_000_031)
    fetch(session, pool, 0, officer, 4)

    service.reverse_receipt(
        session, pool, wrong, reason="Salah ketik", shrink=True, by=officer.id, at=SUNDAY
    )
    between = rows_of(session, pool)[0]
    assert sound(session)
    receive(session, pool, officer, 30, 3_100_000, key="2")

    assert (between.given, between.left) == (4, 0)
    assert [row.given for row in rows_of(session, pool)] == [10, 10, 10]
    assert sound(session)


def test_a_part_on_account_owes_its_price_and_keeps_room_for_the_rest(session, officer, pool):
    receive(session, pool, officer, 30, 3_000_031)
    row = rows_of(session, pool)[0]
    total, owed = row.allocation.charge, price_of(session, pool, row, 4)

    fetch(session, pool, 0, officer, 4, way=PaidWith.CREDIT)

    use = credit_queries.use_of(session, pool.cooperative_id, row.member.id)
    assert (use.owed, use.owed + use.held) == (owed, total)
    assert sound(session)
    service.undo_hand_over(session, row.line, at=SUNDAY)
    use = credit_queries.use_of(session, pool.cooperative_id, row.member.id)
    assert (use.owed, use.held) == (Rupiah(0), total)
    assert rows_of(session, pool)[0].left == 10
    assert sound(session)


def test_a_cost_that_comes_up_later_falls_on_what_is_still_to_be_fetched(session, officer, pool):
    receive(session, pool, officer, 30, 3_000_031)
    fetch(session, pool, 0, officer, 5)

    cost = service.NewCost("Angkut", Rupiah(50_000), SplitBy.MEMBER, CostPaidFrom.CASH)
    service.add_cost(session, pool.round, cost, key="1", by=officer.id, at=SUNDAY)

    assert [row.allocation.costs.amount for row in rows_of(session, pool)] == [
        10_000, 20_000, 20_000,
    ]  # fmt: skip
    assert sound(session)


def test_officers_who_share_by_hand_leave_everybody_what_they_fetched(session, officer, pool):
    receive(session, pool, officer, 30, 3_000_031)
    fetch(session, pool, 0, officer, 5)
    lines = [row.line.id for row in rows_of(session, pool)]
    said = {"reason": "Ada yang sakit", "seen": 1, "by": officer.id, "at": SUNDAY}

    with pytest.raises(BadShare):
        service.share_manually(session, pool, dict(zip(lines, (4, 10, 10), strict=True)), **said)
    service.share_manually(session, pool, dict(zip(lines, (5, 10, 0), strict=True)), **said)
    for place in (1,):
        fetch(session, pool, place, officer, 10)

    assert pool.state is PoolState.SETTLED
    assert rows_of(session, pool)[0].line.state is RequestState.HANDED_OVER
    assert sound(session)
