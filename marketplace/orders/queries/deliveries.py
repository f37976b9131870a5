"""Reading who brings an order, and who took its money at the door."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.delivery.models import Courier, Shipment
from marketplace.delivery.queries import last_shipment
from marketplace.delivery.rules import Fulfilment, ShipmentState
from marketplace.kernel.ids import new_id
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.models import PaymentEvent


def event_name(shipment: Shipment) -> str:
    """Name one sign of money that a courier took on a trip, so that the trip is found again."""
    return f"{shipment.id}:{new_id()}"


def courier_of_event(session: Session, event: PaymentEvent) -> Courier:
    """Find who took the money of a sign that came from a door."""
    shipment_id = UUID(event.external_id.partition(":")[0])
    return session.scalars(
        select(Courier)
        .join(
            Shipment,
            (Shipment.cooperative_id == Courier.cooperative_id)
            & (Shipment.courier_id == Courier.id),
        )
        .where(Shipment.cooperative_id == event.cooperative_id, Shipment.id == shipment_id)
    ).one()


def order_of_trip(session: Session, shipment: Shipment) -> Order:
    """Fetch the order that a courier carries, with its goods and its buyer."""
    return session.scalars(
        select(Order)
        .where(Order.cooperative_id == shipment.cooperative_id, Order.id == shipment.order_id)
        .options(selectinload(Order.lines), selectinload(Order.purchase))
    ).one()


def last_trip(session: Session, order: Order) -> Shipment | None:
    """Find the latest trip with an order that is brought."""
    if order.fulfilment is Fulfilment.PICKUP:
        return None
    return last_shipment(session, order.cooperative_id, order.id)


def on_the_road(session: Session, orders: Sequence[Order]) -> dict[UUID, Shipment]:
    """Find the trips that go on now, with their couriers, by order."""
    sent = [order for order in orders if order.state is OrderState.SHIPPED]
    if not sent:
        return {}
    rows = session.scalars(
        select(Shipment)
        .where(
            Shipment.cooperative_id.in_({order.cooperative_id for order in sent}),
            Shipment.order_id.in_([order.id for order in sent]),
            Shipment.state == ShipmentState.ON_ITS_WAY,
        )
        .options(selectinload(Shipment.courier))
    )
    return {shipment.order_id: shipment for shipment in rows}
