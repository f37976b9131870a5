"""Lists read what they show, and not what else there is: pages cost the same in a full market."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, event, text
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.database.statistics import refresh_statistics
from marketplace.kernel.ids import new_id
from marketplace.stock.queries import OF_MANY
from marketplace.storefront.queries.cards import MAKER_BY_MAKER, SIZES
from marketplace.storefront.queries.shops import GOODS
from tests.makers import SATURDAY, make_cooperative, make_listing, make_member

ASKS = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
THINGS = 60


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    """One of several cooperatives that sell much, each of several makers."""
    shops = [make_cooperative(session, name) for name in ("Sanan", "Velodrome", "Kayutangan")]
    for shop in shops:
        makers = [make_member(session, shop, name) for name in ("Bu Lilik", "Pak Slamet")]
        for number in range(THINGS):
            make_listing(session, shop, f"Keripik tempe {number}", maker=makers[number % 2])
    refresh_statistics(session)
    return shops[0]


def plan(session: Session, asked: Select, *without: str, **facts: object) -> list[str]:
    """Tell how the database would answer.

    PostgreSQL would read tables of a few pages as a whole, and is told not to: what is shown
    is that there is a short way, which it takes by itself where it is the shorter one.
    """
    bind = session.connection()
    kind = bind.dialect.name
    for other in ("seqscan", "bitmapscan", "mergejoin", "hashjoin", "sort", *without):
        if kind == "postgresql":
            session.execute(text(f"SET LOCAL enable_{other} = off"))
    heard: list[tuple[str, Any]] = []
    event.listen(
        bind, "before_cursor_execute", lambda *told: heard.append((told[2], told[3])), once=True
    )
    session.execute(asked, facts)
    statement, parameters = heard[0]
    return [str(row[-1]) for row in bind.exec_driver_sql(f"{ASKS[kind]} {statement}", parameters)]


def named(steps: list[str], index: str) -> list[str]:
    return [step for step in steps if index in step]


def looked_up(steps: list[str], *indexes: str) -> bool:
    """Say that no table is read as a whole, and that SQLite goes by these indexes.

    Of several that fit, PostgreSQL takes any where a table is as short as here.
    """
    if named(steps, "cost="):
        return not named(steps, "Seq Scan")
    return not named(steps, "SCAN") and all(named(steps, index) for index in indexes)


def test_sizes_are_looked_up_listing_by_listing(session, sanan):
    steps = plan(session, SIZES, listings=[new_id() for _ in range(24)])

    assert looked_up(steps, "ix_listings_id (id=?)", "position (cooperative_id=? AND listing_id=?)")


def test_shelves_of_many_shops_are_looked_up_one_by_one(session, sanan):
    items = [new_id() for _ in range(24)]

    steps = plan(session, OF_MANY, items=items, day=date(2026, 11, 28), at=SATURDAY)

    assert looked_up(steps, "ix_stock_items_id (id=?)", "ix_stock_holds_open")


def test_a_shop_counts_its_kinds_of_goods_from_the_index_alone(session, sanan, database):
    steps = plan(session, GOODS, "indexscan", shop=sanan.id)

    alone = {"sqlite": "COVERING INDEX", "postgresql": "Index Only Scan"}[database]
    found = named(steps, "ix_listings_cooperative_id_state_category_id")
    assert found
    assert alone in found[0]


def test_a_page_of_a_shop_is_taken_in_order_without_sorting_the_shop(session, sanan):
    steps = plan(session, MAKER_BY_MAKER, shop=sanan.id, offset=0, limit=24)

    assert named(steps, "ix_listings_maker_by_maker")
    assert not named(steps, "Sort")
    assert not named(steps, "TEMP B-TREE")
