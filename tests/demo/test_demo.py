from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Session

from marketplace import audit, demo
from marketplace.cooperatives.models import Cooperative
from marketplace.database import Base
from marketplace.demo.load import MARKER, NotEmpty
from marketplace.demo.world import SANAN, VELODROME
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.supply import queries as supply
from marketplace.web.clock import now
from tests.demo.conftest import marked_app

shared_app = marked_app


@pytest.fixture
def loaded(session: Session) -> Session:
    return session


def test_the_audit_is_clean_over_the_demo(app, loaded):
    app.extensions["jobs"].deliver_waiting()

    assert [str(finding) for finding in audit.run(loaded, at=now())] == []


def test_the_demo_has_an_order_in_every_state_that_a_buyer_can_see(loaded):
    states = set(loaded.scalars(select(Order.state)))

    assert states >= {
        OrderState.AWAITING_PAYMENT,
        OrderState.NEW,
        OrderState.IN_PREPARATION,
        OrderState.READY_FOR_PICKUP,
        OrderState.FINISHED,
        OrderState.CANCELLED,
        OrderState.EXPIRED,
    }


def test_a_round_stands_three_cartons_short_of_the_lower_price(loaded):
    shop = loaded.scalars(select(Cooperative).where(Cooperative.slug == VELODROME.slug)).one()

    oil = next(v for v in supply.running(loaded, shop.id) if v.pack.tiers)

    assert (oil.outlook.filled, oil.next_tier, len(oil.lines)) == (47, (50, 380_000), 12)


def test_two_jerrycans_that_did_not_come_are_claimed_from_their_supplier(loaded):
    shop = loaded.scalars(select(Cooperative).where(Cooperative.slug == VELODROME.slug)).one()

    ((row,), _) = supply.claims_on_suppliers(loaded, shop.id, page=1)

    assert (row.claim.supplier, row.claim.amount) == ("Grosir Gadang", Rupiah(206_000))
    assert (row.receipt.good, row.receipt.charged) == (10, Rupiah(1_030_000))


def test_every_text_of_cooperative_b_carries_the_marker(loaded):
    """Names, stories, goods and members; numbers, codes and addresses of pages do not."""
    shop = loaded.scalars(select(Cooperative).where(Cooperative.slug == SANAN.slug)).one()
    columns = {
        "members": ["name", "called", "trade"],
        "listings": ["title"],
        "pickup_points": ["name", "address"],
        "supply_items": ["name"],
    }
    for table_name, names in columns.items():
        table = Base.metadata.tables[table_name]
        for name in names:
            assert isinstance(table.c[name].type, (String, Text))
            texts = loaded.scalars(
                select(table.c[name]).where(table.c.cooperative_id == shop.id)
            ).all()
            assert texts
            assert all(MARKER in text for text in texts), (table_name, name)
    assert MARKER in shop.name
    assert MARKER in (shop.story or "")


def test_no_other_cooperative_carries_the_marker(loaded):
    marked = loaded.scalars(select(Cooperative.slug).where(Cooperative.name.contains(MARKER)))

    assert marked.all() == [SANAN.slug]


def test_the_demo_goes_only_into_an_empty_database(loaded):
    with pytest.raises(NotEmpty):
        demo.load(loaded, at=now())


def test_everybody_listed_can_sign_in(loaded, client):
    for row in demo.listed(loaded):
        answer = client.post("/masuk", data={"login": row["login"], "password": row["password"]})

        assert answer.status_code == 303, row
        client.post("/keluar")


def test_the_commands_load_once_and_list_every_role(own_app: Flask):
    runner = own_app.test_cli_runner()

    first = runner.invoke(args=["demo", "load"])
    again = runner.invoke(args=["demo", "load", "--if-empty"])
    refused = runner.invoke(args=["demo", "load"])
    rows = json.loads(runner.invoke(args=["demo", "accounts", "--json"]).output)

    assert (first.exit_code, again.exit_code, refused.exit_code) == (0, 0, 1)
    assert "not loaded" in again.output
    assert {row["role"] for row in rows} == {
        "buyer",
        "member",
        "seller",
        "manager",
        "treasurer",
        "supervisor",
        "office",
        "operator",
    }
    assert {row["cooperative"] for row in rows} == {None, VELODROME.slug, SANAN.slug}
