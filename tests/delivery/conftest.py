"""A cooperative that delivers to Klojen and Lowokwaru, and an order that goes there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.delivery import service as delivery
from marketplace.delivery.models import DeliveryZone, Shipment
from marketplace.delivery.rules import Doorstep, Terms
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Variant
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.rules import PaymentMethod
from tests.makers import SATURDAY, make_cooperative, make_listing, make_officer, make_point
from tests.orders.conftest import first, make_request

KLOJEN, LOWOKWARU = "35.73.02", "35.73.05"
CASH = PaymentMethod.COD
SANAN_TO = CourierChoice(name="Mas Yudi", phone="+6281234500001")


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda", word="SANAN")
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def officer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan)


@pytest.fixture
def keripik(session: Session, sanan: Cooperative) -> Variant:
    return make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=10)


@pytest.fixture
def zone(session: Session, sanan: Cooperative) -> DeliveryZone:
    """Rp 8.000, from Rp 20.000, free from Rp 100.000, cash at the door up to Rp 90.000."""
    terms = Terms(Rupiah(8_000), Rupiah(20_000), Rupiah(100_000), Rupiah(90_000))
    made = delivery.add_zone(session, sanan, "Klojen dan Lowokwaru", terms, at=SATURDAY)
    for code in (KLOJEN, LOWOKWARU):
        delivery.add_area(session, sanan, made.id, code, at=SATURDAY)
    return made


@pytest.fixture
def delivered(session: Session, keripik: Variant, zone: DeliveryZone) -> Callable[..., Order]:
    """Place an order for a door in Klojen, pay it unless it is cash, and make it ready."""

    def make(
        state: OrderState = OrderState.READY, *, quantity: int = 2, method: PaymentMethod = CASH
    ) -> Order:
        door = Doorstep(zone.id, "Jl. Ijen 25", "sebelah gereja", KLOJEN)
        total = 15_000 * quantity + 8_000
        request = make_request((keripik, quantity), method=method, total=total, door=door)
        order = first(session, service.place(session, request, at=SATURDAY).id)
        if method is not CASH:
            service.confirm_payment(
                session, order, order.total, key="1", actor_id=None, at=SATURDAY
            )
        for step in (OrderState.IN_PREPARATION, OrderState.READY):
            if order.state is not state:
                service.advance(session, order, step, actor_id=None, at=SATURDAY)
        return order

    return make


@pytest.fixture
def sent(session: Session, delivered: Callable[..., Order]) -> Callable[..., Shipment]:
    """Let a courier go with an order."""

    def make(courier: CourierChoice = SANAN_TO, **facts: object) -> Shipment:
        order = delivered(**facts)
        return service.send_out(session, order, courier, actor_id=None, at=SATURDAY)

    return make
