"""Freight and a margin: noted, split, booked, paid; taken back only while nobody has paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem, SupplyPool
from marketplace.supply.rules import BadCost, CostFixed, CostPaidFrom, SplitBy
from marketplace.supply.service.buying import BadTerms
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
FREIGHT = service.NewCost("Angkut", Rupiah(30_001), SplitBy.QUANTITY, CostPaidFrom.CASH)


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


def good(session, shop, name, unit=BaseUnit.PIECE) -> SupplyItem:
    return service.add_item(
        session, shop.id, name=name, base_unit=unit, unit="jeriken", factor=1, at=SATURDAY,
    )  # fmt: skip


@pytest.fixture
def pool(session, shop, officer) -> SupplyPool:
    """Twelve jerrycans that three members asked 4 each of; a margin of 2,5 percent."""
    oil = good(session, shop, "Minyak goreng 5 L")
    terms = service.Terms(
        "Grosir", "karton", 4, Rupiah(400_000), margin=250, pack_costs=Rupiah(10_001)
    )
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    for name in ("Bu Sri", "Cak Arif", "Mbak Rara"):
        member = make_member(session, shop, name)
        service.join(session, pool, member, service.Wanted(4), entered_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)
    shop.member_count = 3
    return pool


def receive(session, pool, officer, quantity=12, cost=1_200_000, *, key="1", discount=0):
    return service.receive(
        session, pool, key=key, packs=3, quantity=quantity, cost=Rupiah(cost),
        discount=Rupiah(discount), actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip


def charges(session, pool) -> list[tuple[int, int, int, int]]:
    rows = sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)
    parts = [row.allocation.parts for row in rows if row.allocation]
    return [(part.goods, part.discount, part.costs, part.margin) for part in parts]


def standing(session, shop) -> dict[str, int]:
    book = books.book_of(session, shop.id, Unit.SHOP)
    assert book is not None
    return {
        row.code: row.balance.amount for row in books.trial_balance(session, book) if row.balance
    }


def fetch(session, pool, place, officer) -> None:
    row = sorted(queries.view(session, pool).lines, key=lambda one: one.line.id)[place]
    assert row.allocation is not None
    service.hand_over(session, row.line, paid=row.allocation.charge, actor_id=officer.id, at=SUNDAY)


def add(session, pool, officer, cost=FREIGHT, key="1"):
    return service.add_cost(session, pool.round, cost, key=key, by=officer.id, at=SUNDAY)


def test_goods_discount_freight_and_margin_are_charged_and_booked_exactly(
    session, shop, officer, pool
) -> None:
    receive(session, pool, officer, discount=12_000)
    for _ in range(2):
        add(session, pool, officer)

    assert charges(session, pool) == [
        (400_000, 4_000, 10_001, 10_150),
        (400_000, 4_000, 10_000, 10_150),
        (400_000, 4_000, 10_000, 10_150),
    ]
    for place in range(3):
        fetch(session, pool, place, officer)
    paid = 1_200_000 - 12_000 + 30_001 + 30_450
    assert standing(session, shop) == {
        "1-1100": paid - 30_001, "2-1400": 1_188_000, "4-2100": 1_218_001, "4-2110": 30_450,
        "5-2100": 1_218_001,
    }  # fmt: skip
    assert audit.run(session, at=SATURDAY) == []


def test_a_cost_noted_before_the_goods_came_is_charged_when_they_do(session, officer, pool) -> None:
    add(session, pool, officer)

    receive(session, pool, officer)

    assert [part[2] for part in charges(session, pool)] == [10_001, 10_000, 10_000]


def test_who_fetched_pays_nothing_of_a_later_cost_and_the_rest_bears_it(
    session, officer, pool
) -> None:
    receive(session, pool, officer)
    fetch(session, pool, 0, officer)

    add(session, pool, officer)

    assert [part[2] for part in charges(session, pool)] == [0, 15_001, 15_000]
    assert audit.run(session, at=SATURDAY) == []


def test_a_cost_after_all_was_fetched_is_the_cooperatives(session, officer, pool) -> None:
    receive(session, pool, officer)
    for place in range(3):
        fetch(session, pool, place, officer)

    cost = service.NewCost("Parkir", Rupiah(2_000), SplitBy.MEMBER, CostPaidFrom.CASH, pool.place)
    add(session, pool, officer, cost)

    run = queries.last_run(session, pool)
    assert run is not None
    assert run.stock_cost == Rupiah(2_000)
    assert audit.run(session, at=SATURDAY) == []


def test_taking_a_cost_back_mirrors_it_once_until_somebody_fetched(
    session, shop, officer, pool
) -> None:
    receive(session, pool, officer)
    line = add(session, pool, officer)
    for _ in range(2):
        service.undo_cost(session, pool.round, line, by=officer.id, at=SUNDAY)

    assert [part[2] for part in charges(session, pool)] == [0, 0, 0]
    assert standing(session, shop) == {"1-1500": 1_200_000, "2-1400": 1_200_000}
    again = add(session, pool, officer, key="2")
    fetch(session, pool, 1, officer)
    with pytest.raises(CostFixed):
        service.undo_cost(session, pool.round, again, by=officer.id, at=SUNDAY)


def test_a_cost_of_the_round_is_split_over_its_goods_first(session, shop, officer, pool) -> None:
    soap = good(session, shop, "Sabun")
    terms = service.Terms("Grosir", "dus", 4, Rupiah(200_000), margin=0)
    other = service.add_good(session, pool.round, soap, terms, at=SATURDAY)
    member = make_member(session, shop, "Pak Budi")
    service.join(session, other, member, service.Wanted(4), entered_by=officer.id, at=SATURDAY)
    service.lock(session, other, at=SATURDAY)

    cost = service.NewCost("Angkut", Rupiah(14_001), SplitBy.VALUE, CostPaidFrom.SUPPLIER)
    add(session, pool, officer, cost)

    # Ordered for 1.200.000 and 200.000.
    assert [c.amount for c in queries.costs_of(session, pool)] == [12_001]
    assert [c.amount for c in queries.costs_of(session, other)] == [2_000]


def test_pieces_and_grams_are_never_added_up(session, shop, officer, pool) -> None:
    sugar = good(session, shop, "Gula", BaseUnit.GRAM)
    terms = service.Terms("Grosir", "sak", 4, Rupiah(200_000))
    other = service.add_good(session, pool.round, sugar, terms, at=SATURDAY)
    member = make_member(session, shop, "Pak Budi")
    service.join(session, other, member, service.Wanted(4), entered_by=officer.id, at=SATURDAY)
    service.lock(session, other, at=SATURDAY)

    with pytest.raises(BadCost, match="satuan berbeda"):
        add(session, pool, officer)


def test_a_good_with_costs_is_not_given_up(session, officer, pool) -> None:
    add(session, pool, officer)

    with pytest.raises(BadTerms, match="ongkos"):
        service.cancel(session, pool, reason=None, at=SUNDAY)


def test_the_announced_ceiling_has_the_expected_costs_and_the_margin(
    session, shop, officer
) -> None:
    from marketplace.supply.service.promises import announced

    shop.supply_margin = 100
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000), pack_costs=Rupiah(8_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    oil = good(session, shop, "Minyak")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)

    assert pool.margin == 100
    assert announced(pool, 2) == Rupiah(204_000 + 2_040)
