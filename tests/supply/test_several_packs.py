"""A good that its supplier sells in several sizes: the cheapest mix is bought and explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.credit import queries as credit
from marketplace.credit import service as credits
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem, SupplyPool
from marketplace.supply.rules import (
    BadOffer,
    Demand,
    NoSuchPacks,
    Pack,
    PackTerms,
    PurchaseOrderState,
    least_total,
    outlook,
)
from marketplace.supply.service import RoundPlan, SupplierFacts, Terms, Wanted
from marketplace.supply.service.terms import BadTerms
from marketplace.web.extensions import db
from tests.makers import make_cooperative, make_member, make_officer
from tests.supply.orders import approve

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SUNDAY = SATURDAY + timedelta(days=1)
SACK, BAG = Pack(25_000, 225_000), Pack(5_000, 52_000)
BAGS = PackTerms("kantong", 5_000, Rupiah(52_000))
FLOUR = Terms("Toko Tepung", "sak", 25_000, Rupiah(225_000), others=(BAGS,))


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def shop(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def flour(session: Session, shop: Cooperative) -> SupplyItem:
    return service.add_item(
        session, shop.id, name="Tepung tapioka", base_unit=BaseUnit.GRAM, unit="kg", factor=1000,
        at=SATURDAY,
    )  # fmt: skip


def opened(
    session: Session, shop: Cooperative, flour: SupplyItem, *wishes: tuple[int, int | None]
) -> SupplyPool:
    """Open a round of flour in which each wish is of another member: wanted, at most."""
    chair = make_officer(session, shop, name="Pak Budi").id
    plan = RoundPlan(SUNDAY, "Balai RW 3")
    pool = service.open_round(session, flour, FLOUR, plan, opened_by=chair, at=SATURDAY)
    for place, (want, most) in enumerate(wishes):
        member = make_member(session, shop, f"Anggota {place}")
        wanted = Wanted(want, flex_max=most)
        service.join(session, pool, member, wanted, entered_by=chair, at=SATURDAY)
    return pool


def test_a_sack_and_four_bags_are_the_cheapest_for_41_kg(session, shop, flour):
    pool = opened(session, shop, flour, (30_000, 34_000), (11_000, None))
    look = queries.view(session, pool).outlook

    service.lock(session, pool, at=SATURDAY)
    order = queries.purchase_order_of(session, pool)

    assert (look.plan.counts, look.cost, look.missing) == ([1, 4], 433_000, 4_000)
    assert (pool.bought, pool.ordered_cost) == ("1 sak + 4 kantong", Rupiah(433_000))
    assert (pool.ordered_packs, pool.ordered_quantity) == (5, 45_000)
    assert [(line.pack_name, line.count, line.total) for line in order.lines] == [
        ("sak", 1, Rupiah(225_000)), ("kantong", 4, Rupiah(208_000)),
    ]  # fmt: skip
    assert order.total == Rupiah(433_000)


def test_a_kind_of_pack_that_is_not_bought_is_not_on_the_order(session, shop, flour):
    pool = opened(session, shop, flour, (50_000, None))

    service.lock(session, pool, at=SATURDAY)
    order = queries.purchase_order_of(session, pool)

    assert [pack.ordered for pack in pool.packs] == [2, 0]
    assert [(line.pack_name, line.count) for line in order.lines] == [("sak", 2)]


def test_the_order_is_closed_when_all_its_packs_came_and_not_before(session, shop, flour):
    pool = opened(session, shop, flour, (30_000, None))
    service.lock(session, pool, by=pool.round.opened_by, at=SATURDAY)
    order = queries.purchase_order_of(session, pool)
    other = make_officer(session, shop, name="Bu Tutik").id
    approve(session, order, by=other, at=SATURDAY)
    brought = {"packs": 1, "actor_id": pool.round.opened_by, "at": SUNDAY}

    service.receive(
        session, pool, key="1", quantity=25_000, cost=Rupiah(225_000), contested=Rupiah(0),
        **brought,
    )  # fmt: skip
    after_one = order.state
    service.receive(session, pool, key="2", quantity=5_000, cost=Rupiah(52_000), **brought)

    assert after_one is PurchaseOrderState.PART_RECEIVED
    assert order.state is PurchaseOrderState.CLOSED


def test_room_on_account_is_kept_at_the_dearest_pack(session, shop, flour):
    pool = opened(session, shop, flour)
    member = make_member(session, shop, "Bu Sri")
    officer = pool.round.opened_by
    credits.set_limit(session, member, Rupiah(500_000), due_days=14, by=officer, at=SATURDAY)
    service.join(
        session, pool, member, Wanted(10_000), entered_by=officer, on_account=True, at=SATURDAY
    )

    assert credit.use_of(session, shop.id, member.id).free == Rupiah(500_000 - 104_000)


@pytest.mark.parametrize(
    ("others", "error"),
    [
        ((PackTerms("karung", 25_000, Rupiah(230_000)),), BadTerms),
        ((PackTerms("kantong", 5_000, Rupiah(0)),), BadTerms),
        (tuple(PackTerms("k", n * 1_000, Rupiah(9_000)) for n in (1, 2, 3, 4)), BadTerms),
        (tuple(PackTerms("k", n, Rupiah(9_000)) for n in (9_973, 9_967, 9_949)), NoSuchPacks),
    ],
)
def test_packs_that_make_no_sense_together_open_no_round(session, shop, flour, others, error):
    chair = make_officer(session, shop).id
    terms = Terms("Toko Tepung", "sak", 25_000, Rupiah(225_000), others=others)

    with pytest.raises(error) as refused:
        service.open_round(
            session, flour, terms, RoundPlan(SUNDAY, "Balai"), opened_by=chair, at=SATURDAY
        )

    assert not isinstance(refused.value, BadOffer)


@pytest.mark.parametrize(
    ("packs", "want", "total"),
    [
        ([SACK, BAG], 41_000, 45_000),
        ([SACK], 41_000, 50_000),
        ([SACK, BAG], 1, 5_000),
        ([Pack(12, 1, min_packs=2, step=2), Pack(5, 9, min_packs=3)], 1, 15),
        ([Pack(4, 1)], 8, 8),
    ],
)
def test_the_least_total_that_holds_a_wish(packs, want, total):
    assert least_total(packs, want) == total


def test_progress_and_steps_of_price_go_by_the_first_pack():
    sack = Pack(25, 225, tiers=((3, 200),))

    look = outlook([sack, Pack(5, 52)], Demand(55, 55))

    assert (look.plan.counts, look.filled, look.main, look.price) == ([2, 1], 2, 2, 225)


@pytest.fixture
def chair(session: Session, shop: Cooperative, sign_in) -> FlaskClient:
    officer = make_officer(session, shop, name="Bu Ketua")
    session.commit()
    return sign_in(officer)


@pytest.fixture
def path(shop: Cooperative) -> str:
    return f"/k/{shop.slug}/kelola/kulakan"


def offered(session: Session, shop: Cooperative, flour: SupplyItem) -> str:
    """Note a sack and a bag of one supplier, and a box of another; gives the sack's id."""
    officer = make_officer(session, shop).id
    ids = []
    for name, packs in (
        ("Toko Tepung", (PackTerms("sak", 25_000, Rupiah(225_000)), BAGS)),
        ("Grosir Gadang", (PackTerms("dus", 10_000, Rupiah(99_000)),)),
    ):
        seller = service.add_supplier(session, shop.id, SupplierFacts(name), at=SATURDAY)
        for pack in packs:
            offer = service.note_offer(session, seller, flour, pack, by=officer, at=SATURDAY)
            ids.append(to_text(offer.id))
    session.commit()
    return ids[0]


def test_a_round_opened_from_an_offer_takes_over_all_packs_of_that_supplier(
    chair, session, shop, flour, path
):
    page = chair.get(f"{path}/buka?penawaran={offered(session, shop, flour)}").text

    assert 'name="others-0-pack_name"' in page
    assert 'value="kantong"' in page
    assert 'value="dus"' not in page


def form_of(flour: SupplyItem, **more: str) -> dict[str, str]:
    return {
        "item": to_text(flour.id), "supplier": "Toko Tepung", "pack_name": "sak",
        "pack_size": "25", "pack_price": "225.000", "closes_at": "2030-01-05T20:00",
        "pickup_place": "Balai", "others-0-pack_name": "kantong", "others-0-pack_size": "5",
        "others-0-pack_price": "52.000", **more,
    }  # fmt: skip


def test_an_officer_opens_a_round_with_two_packs_and_sees_why_which_are_bought(
    chair, session, shop, flour, path
):
    member = make_member(session, shop, "Bu Sri")
    officer = make_officer(session, shop).id
    service.ask(
        session, member, Wanted(41_000, flex_max=45_000), item=flour, entered_by=officer,
        at=SATURDAY,
    )  # fmt: skip
    session.commit()

    answer = chair.post(f"{path}/buka", data=form_of(flour))
    page = chair.get(f"{path}/1/1").text
    chair.post(f"{path}/1/1/kunci")
    locked = chair.get(f"{path}/1/1").text

    assert answer.status_code == 303
    for shown in (page, locked):
        assert "1 sak + 4 kantong, Rp\xa0433.000: paling murah untuk 41\xa0kg" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"others-0-pack_size": "25"},
        {"others-0-pack_size": "banyak"},
        {"others-0-pack_size": ""},
        {"others-0-pack_price": ""},
        {"others-0-tiers": "5: 60.000"},
    ],
)
def test_a_further_pack_that_is_wrong_is_sent_back_as_it_was_typed(chair, flour, path, wrong):
    answer = chair.post(f"{path}/buka", data=form_of(flour, **wrong))

    assert answer.status_code == 422
    assert 'value="kantong"' in answer.text
    assert 'class="esum"' in answer.text
