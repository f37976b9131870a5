"""What the cooperative takes for its own shelf, so that a step of price is reached."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyPool
from marketplace.supply.service.terms import BadTerms
from marketplace.web.clock import now
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer


@pytest.fixture
def velodrome(session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def pool(session, velodrome, officer) -> SupplyPool:
    """Forty-seven cartons of four are wanted; from fifty on a carton costs 372.000."""
    return wanted_by_one(session, velodrome, officer, SATURDAY)


def wanted_by_one(session, velodrome, officer, at) -> SupplyPool:
    oil = service.add_item(
        session, velodrome.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=at,
    )  # fmt: skip
    terms = service.Terms("Grosir Gadang", "karton", 4, Rupiah(380_000), tiers=((50, 372_000),))
    plan = service.RoundPlan(at + timedelta(days=1), "Velodrome")
    found = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=at)
    rara = make_member(session, velodrome, "Mbak Rara")
    service.join(session, found, rara, service.Wanted(188), entered_by=officer.id, at=at)
    return found


def test_packs_for_stock_are_bought_although_the_bill_grows(session, officer, pool) -> None:
    gap = queries.view(session, pool).gap

    service.take_for_stock(session, pool, packs=gap.packs, at=SATURDAY)
    locked = service.lock(session, pool, at=SATURDAY)

    assert (gap.packs, gap.extra_cost) == (3, 740_000)
    assert locked.main.ordered == 50
    assert locked.ordered_cost == Rupiah(50 * 372_000)


def test_members_pay_the_lower_price_and_the_rest_is_stock(session, officer, pool) -> None:
    service.take_for_stock(session, pool, packs=3, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)

    run = service.receive(
        session, pool, key="1", packs=50, quantity=200, cost=Rupiah(18_600_000),
        actor_id=officer.id, at=SATURDAY,
    )  # fmt: skip

    (row,) = queries.view(session, pool).lines
    assert (row.allocation.given, row.allocation.charge) == (188, Rupiah(47 * 372_000))
    assert (run.to_stock, run.stock_cost) == (12, Rupiah(3 * 372_000))


def test_without_stock_the_cheaper_bill_is_bought(session, pool) -> None:
    locked = service.lock(session, pool, at=SATURDAY)

    assert locked.main.ordered == 47


def test_the_page_shows_the_price_as_reached_and_takes_it_back(
    session, velodrome, officer, sign_in
) -> None:
    pool = wanted_by_one(session, velodrome, officer, now())
    session.commit()
    path = f"/k/{velodrome.slug}/kelola/kulakan/{pool.number}/1"
    chair = sign_in(officer)

    offered = chair.get(path).text
    chair.post(f"{path}/stok", data={"packs": "3", "pasti": "1"})
    taken = chair.get(path).text
    chair.post(f"{path}/stok", data={"packs": "0", "pasti": "1"})
    given_back = chair.get(path).text

    assert "Tutup selisih pakai stok koperasi?" in offered
    assert "Koperasi mengambil 12\u00a0jeriken untuk stok." in taken
    assert "Tutup selisih pakai stok koperasi?" not in taken
    assert "Tutup selisih pakai stok koperasi?" in given_back


def test_a_locked_good_takes_nothing_more_for_stock(session, pool) -> None:
    service.lock(session, pool, at=SATURDAY)

    with pytest.raises(BadTerms):
        service.take_for_stock(session, pool, packs=3, at=SATURDAY)
