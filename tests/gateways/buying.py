"""An order to be paid through a gateway, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace import audit
from marketplace.listings.models import Variant
from marketplace.orders import gateways, service
from marketplace.orders.models import Order, Purchase
from marketplace.payments.models import PaymentAttempt, PaymentEvent, PaymentIntent
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from tests.gateways.stub import Stub
from tests.orders.conftest import first, make_request


@dataclass
class Bought:
    """An order as it is in the database whenever it is looked at."""

    session: Session
    cooperative_id: int
    order_id: UUID
    stub: Stub

    @property
    def order(self) -> Order:
        self.session.expire_all()
        return self.session.get_one(Order, (self.cooperative_id, self.order_id))

    @property
    def intent(self) -> PaymentIntent:
        self.session.expire_all()
        found = intent_of(self.session, self.cooperative_id, self.order_id)
        assert found is not None
        return found

    @property
    def purchase(self) -> Purchase:
        return self.session.get_one(Purchase, self.order.purchase_id)

    @property
    def attempts(self) -> list[PaymentAttempt]:
        mine = select(PaymentAttempt).where(PaymentAttempt.intent_id == self.intent.id)
        return list(self.session.scalars(mine.order_by(PaymentAttempt.number)))

    @property
    def events(self) -> list[PaymentEvent]:
        mine = select(PaymentEvent).where(PaymentEvent.intent_id == self.intent.id)
        return list(self.session.scalars(mine.order_by(PaymentEvent.id)))

    @property
    def money(self) -> list[tuple[str, int]]:
        return [(each.source, each.amount.amount) for each in self.events if each.amount]

    @property
    def reference(self) -> str:
        return self.attempts[-1].reference

    @property
    def key(self) -> tuple[int, UUID]:
        return self.cooperative_id, self.attempts[-1].id

    @property
    def state(self) -> tuple[str, str]:
        return self.order.state.value, self.intent.state.value

    def make_page(self) -> Bought:
        self._alone(gateways.make_page)
        return self

    def ask(self) -> None:
        self._alone(gateways.ask)

    def _alone(self, call: Callable[[int, UUID], None]) -> None:
        """Call with nothing of this session left open, as it is outside of tests."""
        key = self.key
        self.session.commit()
        call(*key)

    def is_sound(self, at: datetime | None = None) -> bool:
        return audit.run(self.session, at=at or now()) == []


def buy(session: Session, stub: Stub, gateway: str, variant: Variant, quantity: int = 2) -> Bought:
    """Place an order that waits for money through the gateway; its page is not made yet."""
    request = make_request((variant, quantity), method=PaymentMethod.GATEWAY, gateway=gateway)
    order = first(session, service.place(session, request, at=now()).id)
    assert order is not None
    session.commit()
    return Bought(session, order.cooperative_id, order.id, stub)


def send(client: FlaskClient, news: tuple[str, bytes, dict[str, str]]) -> TestResponse:
    path, body, headers = news
    return client.post(path, data=body, headers=headers, content_type="application/json")
