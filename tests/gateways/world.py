"""A site that really commits, with its jobs, its gateway and a clock of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.payments.models import PaymentAttempt
from marketplace.payments.rules import PaymentMethod
from marketplace.web.extensions import db
from marketplace.web.jobs import Jobs
from marketplace.web.transactions import transaction
from tests.gateways.stub import Stub
from tests.makers import (
    SATURDAY,
    make_cooperative,
    make_listing,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request


class World:
    """A site that really commits, with its jobs, its gateway and a clock of its own."""

    def __init__(self, app: Flask, stub: Stub, clock: Path) -> None:
        self.app, self.stub, self.clock = app, stub, clock
        self.jobs: Jobs = app.extensions["jobs"]
        with app.app_context(), transaction() as session:
            shop = make_cooperative(session, "Sanan Tempe Muda", takes_gateway=True)
            make_point(session, shop)
            self.officer = make_officer(session, shop).id
            self.variant = make_listing(session, shop, "Keripik tempe", stock_count=20)
            session.flush()
            session.expunge_all()

    def at(self, moment: datetime) -> None:
        self.clock.write_text(moment.isoformat())

    def buy(self, gateway: str = "midtrans") -> tuple[int, object]:
        with self.app.app_context(), transaction() as session:
            wanted = make_request((self.variant, 2), method=PaymentMethod.GATEWAY, gateway=gateway)
            purchase = service.place(session, wanted, at=SATURDAY)
            order = first(session, purchase.id)
            return order.cooperative_id, order.id

    def order(self, key: tuple[int, object]) -> Order:
        with self.app.app_context():
            found = db.session().get_one(Order, key)
            db.session().expunge_all()
            return found

    def attempts(self) -> list[PaymentAttempt]:
        with self.app.app_context():
            found = db.session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id)).all()
            db.session().expunge_all()
            return list(found)

    def notices(self) -> list[str]:
        with self.app.app_context():
            told = db.session.scalars(select(Notice).where(Notice.account_id == self.officer))
            return [notice.text for notice in told]
