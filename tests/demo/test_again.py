"""The demo is the same each time it is loaded."""

from __future__ import annotations

from sqlalchemy import func, inspect, select

from marketplace import demo
from marketplace.orders.models import Order
from marketplace.web.clock import now


def test_the_demo_is_the_same_each_time(session):
    demo.load(session, at=now())

    tables = inspect(session.get_bind()).get_table_names()
    assert "orders" in tables
    assert session.scalar(select(func.count()).select_from(Order)) == 43
