"""The shop's shelf is watched, and what it lacks is proposed in packs and bought in a round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Notice
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.outbox.models import OutboxMessage
from marketplace.stock import service as stock
from marketplace.stock.rules import Claim
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, ShelfLink, SupplyItem, SupplyRound
from marketplace.supply.notices import tell_shelf
from marketplace.supply.rules import Pack, PackTerms, PoolState, Running, lacking, packs_for
from marketplace.supply.service.reordering import BadShelfLink
from marketplace.supply.service.terms import BadTerms
from marketplace.web.clock import now
from tests.makers import SATURDAY, make_cooperative, make_listing, make_officer

amounts = st.integers(0, 10**6)
shelves = st.lists(st.builds(Running, amounts, st.integers(-50, 10**6), st.integers(1, 90)))
packs = st.builds(
    Pack, st.integers(1, 500), st.integers(1, 10**6), st.integers(1, 9), st.integers(0, 50)
)


@given(shelves, amounts)
def test_what_is_bought_lasts_for_the_days_and_nothing_is_bought_for_a_full_shelf(
    running: list[Running], on_order: int
) -> None:
    missing = lacking(running, on_order)

    there = sum(max(0, one.on_hand) for one in running) + on_order
    needed = sum(one.needed for one in running)
    assert missing == max(0, needed - there)
    assert all(
        (one.needed - 1) * 28 < one.used * one.cover_days <= one.needed * 28 for one in running
    )


@given(packs, amounts)
def test_packs_hold_what_is_lacking_as_the_supplier_sells_them_and_not_one_step_more(
    pack: Pack, quantity: int
) -> None:
    count = packs_for(pack, quantity)

    assert count % pack.step == 0
    if not quantity:
        assert count == 0
        return
    assert count * pack.size >= quantity
    assert count >= pack.min_packs
    fewer = count - pack.step
    assert fewer <= 0 or fewer * pack.size < quantity or fewer < pack.min_packs


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def sugar(session: Session, shop) -> SupplyItem:
    return service.add_item(
        session, shop.id, name="Gula", base_unit=BaseUnit.GRAM, unit="kg", factor=1_000,
        at=SATURDAY,
    )  # fmt: skip


@pytest.fixture
def bag(session: Session, shop):
    """Sugar in bags of half a kilogram, of which 100 came and 56 were sold in four weeks."""
    thing = make_listing(session, shop, "Gula 500 g", stock_count=100)
    sell(session, shop, thing, 56, SATURDAY - timedelta(days=3))
    sell(session, shop, thing, 20, SATURDAY - timedelta(days=29))
    return thing


def sell(session, shop, thing, quantity, at) -> None:
    line = new_id()
    stock.hold(session, [Claim(shop.id, thing.id, line, quantity)], at=at)
    stock.consume(session, shop.id, [line], cause="diserahkan", at=at)


@pytest.fixture
def offers(session: Session, shop, sugar, officer):
    """A sack of 25 kg for 400,000, or bags of 5 kg for 70,000 each."""
    found = []
    for name, pack, size, price in (
        ("Grosir Gadang", "sak", 25_000, 400_000),
        ("Toko Manis", "kantong", 5_000, 70_000),
    ):
        seller = service.add_supplier(session, shop.id, service.SupplierFacts(name), at=SATURDAY)
        terms = PackTerms(pack, size, Rupiah(price))
        found.append(service.note_offer(session, seller, sugar, terms, by=None, at=SATURDAY))
    return found


@pytest.fixture
def link(session: Session, sugar, bag, officer) -> ShelfLink:
    return service.link_shelf(
        session, sugar, bag.id, factor=500, cover_days=30, by=officer.id, at=SATURDAY
    )


PLAN = service.RoundPlan(SATURDAY + timedelta(days=3), "Velodrome")


def test_what_was_sold_in_four_weeks_says_how_much_to_buy_and_from_whom(
    session, shop, sugar, link, offers
):
    """56 bags are 28 kg; 30 days need 30 kg, 12 kg are there: 18 kg, four bags of 5 kg."""
    (row,) = queries.reorders(session, shop.id, at=SATURDAY)

    assert (row.item, row.used, row.needed, row.on_hand) == (sugar, 28_000, 30_000, 12_000)
    assert (row.lacking, row.packs, row.cost) == (18_000, 4, Rupiah(280_000))
    assert row.offer == offers[1]


def test_what_is_being_bought_for_the_shelf_is_not_proposed_again(
    session, shop, link, offers, officer
):
    pool = service.open_reorder(
        session, shop.id, {offers[1].id: 4, offers[0].id: 0}, PLAN, by=officer.id, at=SATURDAY
    )

    again = service.open_reorder(
        session, shop.id, {offers[1].id: 4}, PLAN, by=officer.id, at=SATURDAY
    )
    (row,) = queries.reorders(session, shop.id, at=SATURDAY)
    assert again == pool
    assert (pool.stock_want, pool.supplier, pool.state) == (20_000, "Toko Manis", PoolState.OPEN)
    assert (row.on_order, row.lacking, row.packs) == (20_000, 0, 0)
    service.lock(session, pool, by=officer.id, at=SATURDAY)
    assert pool.ordered_packs == 4


@pytest.mark.parametrize("packs", [{}, {0: 0}, {0: 10_001}, {0: 1, 1: 1}])
def test_a_round_that_would_buy_nothing_or_one_good_twice_is_refused(
    session, shop, offers, officer, packs
):
    chosen = {offers[place].id: count for place, count in packs.items()}

    with pytest.raises(BadTerms):
        service.open_reorder(session, shop.id, chosen, PLAN, by=officer.id, at=SATURDAY)


def test_a_thing_in_the_shop_is_linked_once_and_counted_only(
    session, shop, sugar, link, bag, officer
):
    again = service.link_shelf(
        session, sugar, bag.id, factor=400, cover_days=7, by=officer.id, at=SATURDAY
    )
    daily = make_listing(session, shop, "Bakpao", daily_limit=5)

    assert (again.id, again.factor, again.cover_days) == (link.id, 400, 7)
    for thing, factor, days in (
        (daily.id, 1, 7),
        (new_id(), 1, 7),
        (bag.id, 0, 7),
        (bag.id, 1, 91),
    ):
        with pytest.raises(BadShelfLink):
            service.link_shelf(
                session, sugar, thing, factor=factor, cover_days=days, by=officer.id,
                at=SATURDAY,
            )  # fmt: skip


def test_officers_are_told_of_a_thin_shelf_once_a_week(session, shop, link, officer):
    assert service.watch_shelves(session, at=SATURDAY) == 1

    facts = session.scalars(
        select(OutboxMessage.facts).where(OutboxMessage.topic == "supply.shelf_lacks")
    ).one()
    for days in (0, 1, 7):
        tell_shelf(session, facts, SATURDAY + timedelta(days=days))
    told = session.scalars(select(Notice).where(Notice.account_id == officer.id)).all()
    assert len(told) == 2
    assert told[0].values == {"names": "Gula"}


def test_a_full_shelf_is_not_told_of(session, shop, sugar, officer):
    full = make_listing(session, shop, "Gula 1 kg", stock_count=100)
    service.link_shelf(
        session, sugar, full.id, factor=1_000, cover_days=90, by=officer.id, at=SATURDAY
    )

    assert service.watch_shelves(session, at=SATURDAY) == 0


@pytest.fixture
def chair(session, sign_in, officer, offers):
    session.commit()
    return sign_in(officer)


@pytest.fixture
def path(shop) -> str:
    return f"/k/{shop.slug}/kelola/kulakan"


def test_an_officer_links_a_thing_reads_why_and_opens_the_round(
    session, shop, sugar, bag, chair, path, offers
):
    good = f"{path}/barang/{to_text(sugar.id)}"
    sell(session, shop, bag, 10, now())
    session.commit()
    form = {"variant": to_text(bag.id), "content": "0,5", "cover_days": "90"}

    wrong = chair.post(f"{good}/toko", data={**form, "cover_days": "91"})
    unknown = chair.post(f"{good}/toko", data={**form, "variant": "emas"})
    chair.post(f"{good}/toko", data=form)
    shown, page = chair.get(good).text, chair.get(f"{path}/stok-toko").text
    field = f"count-{to_text(offers[1].id)}"
    send = {"closes_at": "2099-01-05T20:00", "pickup_place": "Balai"}
    bad = chair.post(f"{path}/stok-toko", data={**send, field: "1.50"})
    none = chair.post(f"{path}/stok-toko", data=send)
    done = chair.post(f"{path}/stok-toko", data={**send, field: "4"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "Isi 1 sampai 90 hari" in wrong.text
    assert "Gula 500 g" in shown
    assert f'name="{field}"' in page
    assert "sedang dikulak: kurang" in page
    assert (bad.status_code, none.status_code, done.status_code) == (422, 422, 303)
    assert 'value="1.50"' in bad.text
    assert session.scalars(select(SupplyRound)).one().pickup_place == "Balai"


def test_a_thing_is_let_go_and_members_see_nothing_of_it(
    session, shop, sugar, link, chair, path, sign_in
):
    account = make_officer(session, shop, Role.MEMBER, "Mbak Rara")
    session.commit()
    member, good = sign_in(account), f"{path}/barang/{to_text(sugar.id)}/toko"

    assert member.get(f"{path}/stok-toko").status_code == 403
    assert member.post(f"{good}/{to_text(link.id)}/lepas").status_code == 403
    assert chair.post(f"{good}/{to_text(new_id())}/lepas").status_code == 404
    assert chair.post(f"{good}/{to_text(link.id)}/lepas").status_code == 303
    assert session.scalars(select(ShelfLink)).all() == []
    assert "Belum ada barang yang dihubungkan" in chair.get(f"{path}/stok-toko").text
