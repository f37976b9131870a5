"""The large demo, tried on two of its cooperatives; all of it is only counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import audit, demo
from marketplace.cooperatives.models import Cooperative
from marketplace.demo import city
from marketplace.demo.neighbourhoods import CRAFTS, KELURAHAN
from marketplace.listings.models import Category, Listing
from marketplace.members.models import Member
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.transactions import transaction
from tests.makers import make_cooperative

SHOP, CRAFT = next(city.shops())


@pytest.fixture
def traded(session: Session) -> Cooperative:
    city.load(session, SHOP, CRAFT, at=now())
    session.commit()
    return session.scalars(select(Cooperative).where(Cooperative.slug == SHOP.slug)).one()


def test_the_city_has_148_cooperatives_that_nobody_confuses():
    all_of_them = [*demo.city.SHOPS, *(shop for shop, _ in city.shops())]

    assert len(all_of_them) == 148
    for name in ("slug", "name", "word"):
        assert len({getattr(shop, name) for shop in all_of_them}) == 148


def test_malang_has_57_kelurahan():
    assert sum(len(names.split()) for names in KELURAHAN.values()) == 57


def test_the_shelves_hold_twelve_thousand_different_goods():
    shelves = [city.goods(shop, craft) for shop, craft in city.shops()]

    assert sum(map(len, shelves)) == 12_000
    for shelf in shelves:
        assert len({line["title"] for line in shelf}) == len(shelf)


def test_everything_is_drawn_from_the_name_and_comes_out_the_same():
    assert list(city.shops()) == list(city.shops())


def test_the_crafts_stand_in_the_category_tree(session):
    known = set(session.scalars(select(Category.path)))

    assert {craft.category for craft in CRAFTS} <= known


def test_a_cooperative_has_members_goods_and_a_year_of_orders(session, traded):
    mine = Listing.cooperative_id == traded.id
    members = session.scalar(
        select(func.count(Member.id)).where(Member.cooperative_id == traded.id)
    )
    orders = session.execute(
        select(Order.state, func.count(), func.min(Order.placed_at), func.max(Order.placed_at))
        .where(Order.cooperative_id == traded.id)
        .group_by(Order.state)
    ).all()
    counts = {row[0]: row[1] for row in orders}

    assert members == len(SHOP.members)
    assert session.scalar(select(func.count(Listing.id)).where(mine)) == len(
        city.goods(SHOP, CRAFT)
    )
    assert session.scalar(select(func.sum(Listing.sold_count)).where(mine)) > 52
    assert sum(counts.values()) >= 50
    assert counts[OrderState.FINISHED] > 35
    assert max(row[3] for row in orders) - min(row[2] for row in orders) > timedelta(days=340)


def test_the_audit_is_clean_and_nobody_is_told_of_last_year(session, traded):
    assert [str(finding) for finding in audit.run(session, at=now())] == []
    assert outbox.waiting(session) == []


def test_a_load_that_was_stopped_goes_on_where_it_stopped(own_app: Flask, monkeypatch):
    two = list(city.shops())[:2]
    monkeypatch.setattr(city, "shops", lambda: iter(two))
    runner = own_app.test_cli_runner()
    runner.invoke(args=["demo", "load"])

    first = runner.invoke(args=["demo", "load", "--size", "city"])
    again = runner.invoke(args=["demo", "load", "--size", "city"])

    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert "2 of 2 cooperatives" in first.output
    assert "cooperatives\n" not in again.output


def test_the_city_goes_only_where_the_demo_is(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        make_cooperative(session, "Koperasi sungguhan")

    result = own_app.test_cli_runner().invoke(args=["demo", "load", "--size", "city"])

    assert result.exit_code == 1
    assert "hanya untuk yang kosong" in result.output
