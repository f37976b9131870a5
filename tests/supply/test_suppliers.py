"""Suppliers and their prices: noted, compared, never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.files.tables import read_table
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, PackOffer
from marketplace.supply.rules import BadOffer, PackTerms
from marketplace.supply.service import Outcome, SupplierFacts
from tests.architecture.test_queries import heard
from tests.makers import make_cooperative

CARTON = PackTerms("karton", 4, Rupiah(400_000), tiers=((10, 380_000),))


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def gadang(session, velodrome, at):
    facts = SupplierFacts("Grosir Gadang", phone="+6281234567890", lead_days=2)
    return service.add_supplier(session, velodrome.id, facts, at=at)


@pytest.fixture
def oil(session, velodrome, at):
    return make_item(session, velodrome, "Minyak goreng 5 L", at)


@pytest.fixture
def sugar(session, velodrome, at):
    return make_item(session, velodrome, "Gula", at, BaseUnit.GRAM, "kg", 1_000)


def make_item(session, cooperative, name, at, base=BaseUnit.PIECE, unit="jeriken", factor=1):
    return service.add_item(
        session, cooperative.id, name=name, base_unit=base, unit=unit, factor=factor, at=at
    )


def rows_of(session):
    return session.scalar(select(func.count()).select_from(PackOffer))


def test_a_name_belongs_to_one_supplier(session, velodrome, gadang, at):
    with pytest.raises(Invalid) as refused:
        service.add_supplier(session, velodrome.id, SupplierFacts("Grosir Gadang"), at=at)

    assert set(refused.value.fields) == {"name"}
    service.change_supplier(session, gadang, SupplierFacts("Grosir Gadang", lead_days=3))
    assert gadang.lead_days == 3


@pytest.mark.parametrize("days", [-1, 91])
def test_goods_do_not_take_for_ever_to_come(session, gadang, days):
    with pytest.raises(Invalid):
        service.change_supplier(session, gadang, SupplierFacts("Grosir Gadang", lead_days=days))


def test_the_same_price_is_noted_once(session, gadang, oil, at):
    first = service.note_offer(session, gadang, oil, CARTON, by=None, at=at)
    again = service.note_offer(session, gadang, oil, CARTON, by=None, at=at + timedelta(days=1))

    assert again is first
    assert rows_of(session) == 1


def test_a_new_price_ends_the_old_one_and_both_are_remembered(session, gadang, oil, at):
    later = at + timedelta(days=7)
    service.note_offer(session, gadang, oil, CARTON, by=None, at=at)
    dearer = PackTerms("karton", 4, Rupiah(412_000))

    service.note_offer(session, gadang, oil, dearer, by=None, at=later)

    assert [queries.terms_of(one) for one in queries.offers_of(session, gadang)] == [dearer]
    history = queries.price_history(session, gadang.cooperative_id, oil.id)
    assert [(one.pack_price, one.ended_at) for one in history] == [
        (Rupiah(412_000), None), (Rupiah(400_000), later),
    ]  # fmt: skip


def test_packs_of_two_sizes_stand_side_by_side(session, gadang, sugar, at):
    for name, size, price in (("sak", 25_000, 400_000), ("kantong", 5_000, 82_000)):
        terms = PackTerms(name, size, Rupiah(price))
        service.note_offer(session, gadang, sugar, terms, by=None, at=at)

    assert [one.pack_name for one in queries.offers_of(session, gadang)] == ["kantong", "sak"]


def test_what_is_no_longer_promised_or_sold_is_not_offered(session, velodrome, gadang, oil, at):
    today = local_day(at)
    until = PackTerms("karton", 4, Rupiah(400_000), valid_until=today + timedelta(days=3))
    offer = service.note_offer(session, gadang, oil, until, by=None, at=at)

    def offered(day):
        return list(queries.offers_for(session, velodrome.id, [oil.id], on=day))

    assert offered(today + timedelta(days=3)) == [offer]
    assert offered(today + timedelta(days=4)) == []
    service.retire_supplier(gadang, active=False, at=at)
    session.flush()
    assert offered(today) == []
    service.retire_supplier(gadang, active=True, at=at)
    service.end_offer(session, offer, at=at)
    assert offered(today) == []


def test_an_offer_that_makes_no_sense_is_not_kept(session, gadang, oil, at):
    with pytest.raises(BadOffer):
        service.note_offer(session, gadang, oil, PackTerms("", 4, Rupiah(1)), by=None, at=at)

    assert rows_of(session) == 0


SHEET = """barang;kemasan;isi;harga;harga bertingkat
minyak  GORENG 5 l;karton;4;412.000;
Gula;sak;25;400.000;10: 390.000
Gula;sak;25;399.000;
Minyak gorengan;karton;4;400.000;
Gula;kantong;5;delapan;
"""


def test_a_price_list_says_of_every_row_what_becomes_of_it(session, gadang, oil, sugar, at):
    service.note_offer(session, gadang, oil, CARTON, by=None, at=at)

    plan = service.plan_prices(session, gadang, read_table(SHEET.encode()), at=at)

    assert [row.outcome for row in plan.rows] == [
        Outcome.DEARER, Outcome.NEW, Outcome.WRONG, Outcome.WRONG, Outcome.WRONG,
    ]  # fmt: skip
    assert plan.rows[0].before == Rupiah(400_000)
    assert "Minyak goreng 5 L" in str(plan.rows[3].problem)
    assert rows_of(session) == 1


def test_wrong_rows_stop_everything_unless_the_good_ones_are_asked_for(
    session, gadang, oil, sugar, at
):
    plan = service.plan_prices(session, gadang, read_table(SHEET.encode()), at=at)

    with pytest.raises(service.RowsWrong):
        service.note_prices(session, gadang, plan, only_good=False, by=None, at=at)
    assert rows_of(session) == 0
    noted = service.note_prices(session, gadang, plan, only_good=True, by=None, at=at)

    assert len(noted) == rows_of(session) == 2
    again = service.plan_prices(session, gadang, read_table(SHEET.encode()), at=at)
    assert again.count(Outcome.SAME) == 2
    assert again.writes == []


def test_a_price_list_without_its_columns_is_refused(session, gadang, at):
    with pytest.raises(BadOffer):
        service.plan_prices(session, gadang, read_table(b"barang;isi\nGula;25\n"), at=at)


def test_a_long_price_list_asks_no_more_often_than_a_short_one(session, gadang, oil, sugar, at):
    def notes(prices):
        rows = "".join(f"Gula;sak;{size};{price}\n" for size, price in prices)
        table = read_table(f"barang;kemasan;isi;harga\n{rows}".encode())
        plan = service.plan_prices(session, gadang, table, at=at)
        with heard() as statements:
            service.note_prices(session, gadang, plan, only_good=False, by=None, at=at)
        return len(statements)

    notes([(1, 17_000), (2, 33_000)])
    few = notes([(1, 17_100), (2, 33_100)])
    many = notes([(size, 16_000 * size) for size in range(1, 301)])

    assert many == few
    assert len(queries.offers_of(session, gadang)) == 300
