"""Deliveries: two zones, an order whose courier has paid in, and one that is on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.delivery import service as delivery
from marketplace.delivery.models import DeliveryZone
from marketplace.delivery.rules import Doorstep, Terms
from marketplace.delivery.service import CourierChoice
from marketplace.demo.trade import variant_of
from marketplace.demo.world import VELODROME
from marketplace.kernel.money import Rupiah
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.orders.service.doors import delivery_fees
from marketplace.payments.rules import PaymentMethod

# name, terms, areas by their official codes
ZONES = (
    (
        "Kedungkandang",
        Terms(Rupiah(5_000), Rupiah(15_000), Rupiah(75_000), Rupiah(150_000)),
        ("35.73.03",),
    ),
    (
        "Klojen dan Lowokwaru",
        Terms(Rupiah(8_000), Rupiah(20_000), None, Rupiah(100_000)),
        ("35.73.02", "35.73.05"),
    ),
)
COURIER = CourierChoice(name="Mas Yudi", phone="+6281233445590")
STEPS = (OrderState.IN_PREPARATION, OrderState.READY)


def load(session: Session, *, at: datetime) -> None:
    """Deliver from Velodrome: an hour ago with cash that is paid in, and once more just now."""
    shop = session.scalars(select(Cooperative).where(Cooperative.slug == VELODROME.slug)).one()
    zones = []
    for name, terms, areas in ZONES:
        zones.append(delivery.add_zone(session, shop, name, terms, at=at))
        for code in areas:
            delivery.add_area(session, shop, zones[-1].id, code, at=at)
    near, far = zones
    first = _order(session, shop, near, "Bu Endang", "Jl. Danau Toba 12", at - timedelta(hours=2))
    trip = service.send_out(session, first, COURIER, actor_id=None, at=at - timedelta(hours=1))
    service.arrive(session, trip, trip.cash, at=at - timedelta(minutes=40))
    delivery.hand_in(
        session,
        shop.id,
        trip.courier_id,
        trip.cash,
        key="demo",
        by=None,
        at=at - timedelta(minutes=30),
    )
    second = _order(session, shop, far, "Pak Surya", "Jl. Ijen 25", at - timedelta(hours=1))
    service.send_out(session, second, COURIER, actor_id=None, at=at - timedelta(minutes=5))


def _order(
    session: Session, shop: Cooperative, zone: DeliveryZone, name: str, street: str, at: datetime
) -> Order:
    """Order two things to a door, to be paid there, and make them ready."""
    basket = {
        variant_of(session, shop, title).id: count
        for title, count in (("Pisang goreng", 2), ("Gorengan campur", 2))
    }
    door = Doorstep(zone.id, street, area=zone.areas[0].code)
    choices = {shop.id: Choice(method=PaymentMethod.COD, door=door)}
    quote = queries.quote(session, basket, at=at)
    total = quote.total + Rupiah.total(delivery_fees(quote, choices).values())
    buyer = Buyer(name, f"+6281233445{591 if zone.name == 'Kedungkandang' else 592}")
    request = OrderRequest(f"demo-antar-{zone.id}", basket, buyer, total, choices)
    purchase = service.place(session, request, at=at)
    order = session.scalars(select(Order).where(Order.purchase_id == purchase.id)).one()
    for minutes, step in enumerate(STEPS, 1):
        moment = at + timedelta(minutes=10 * minutes)
        order = service.advance(session, order, step, actor_id=None, at=moment)
    return order
