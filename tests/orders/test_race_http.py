"""Races as they happen: many browsers, and a web server of two processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.buyers import race, submit_at_once
from benchmarks.served import Served, environment, served
from marketplace.app import create_app
from marketplace.kernel.ids import to_text
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.stock.models import Hold, StockItem
from marketplace.web.extensions import db
from tests.conftest import close, make_settings
from tests.makers import make_cooperative, make_listing, make_point

pytestmark = [pytest.mark.race, pytest.mark.slow]

LAST = 50


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that is open all day and sells one thing, of which few are left."""

    server: Served
    session: Session
    cooperative_id: int
    variant_id: UUID

    def item(self) -> StockItem:
        """Look at the shelf as it is now."""
        return self.session.get_one(StockItem, (self.cooperative_id, self.variant_id))

    def count(self, table: type[object]) -> int:
        """Count the rows of a table."""
        return self.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def shop(database: str, fresh_database: Callable[[str], str], tmp_path: Path) -> Iterator[Shop]:
    settings = make_settings(fresh_database(database), tmp_path, mail_url=f"file:{tmp_path}")
    app = create_app(settings)
    with app.app_context():
        session = db.session()
        sanan = make_cooperative(session, "Sanan Tempe Muda")
        make_point(session, sanan, slots=[[day, 0, 1440] for day in range(7)])
        keripik = make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=LAST)
        key = (keripik.cooperative_id, keripik.id)
        session.commit()
        with served("wsgi:app", environment(settings)) as server:
            yield Shop(server, session, *key)
        session.rollback()
    close(app)


def test_two_hundred_buyers_share_the_last_fifty_and_nobody_meets_a_fault(shop):
    outcome = race(shop.server.port, to_text(shop.variant_id), buyers=200)

    item = shop.item()
    assert outcome.statuses == {303: LAST, 409: 200 - LAST}
    assert len(set(outcome.purchases)) == LAST
    assert (item.on_hand, item.reserved) == (LAST, LAST)
    assert [shop.count(table) for table in (Purchase, Order, OrderLine, Hold)] == [LAST] * 4


def test_forty_submits_of_one_checkout_all_lead_to_one_purchase(shop):
    outcome = submit_at_once(shop.server.port, to_text(shop.variant_id), times=40)

    item = shop.item()
    assert outcome.statuses == {303: 40}
    assert len(set(outcome.purchases)) == 1
    assert item.reserved == 1
    assert shop.count(Purchase) == 1
