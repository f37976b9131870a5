"""Trips of couriers by their secret link, and the cash that couriers hand in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.deliveries import (
    ArrivalRequest,
    CourierCashListSchema,
    FailureRequest,
    HandInRequest,
    HandInSchema,
    TripSchema,
)
from marketplace.cooperatives.current import here
from marketplace.delivery import queries, service
from marketplace.delivery.models import Shipment
from marketplace.delivery.rules import ShipmentState
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import service as orders
from marketplace.orders.queries.deliveries import order_of_trip
from marketplace.web.clock import now
from marketplace.web.guards import public, requires
from marketplace.web.transactions import reader

CASH = "/cooperatives/<slug>/courier-cash"
TRIP = "/cooperatives/<slug>/deliveries/<key>"


@operation(
    method="GET",
    path=CASH,
    summary=say("Uang antar yang dipegang kurir"),
    guard=requires(Permission.SEE_BOARD),
    scope="orders",
    gives=CourierCashListSchema,
)
def list_courier_cash(slug: str) -> dict[str, Any]:
    """Say of each courier what they collected at doors and still hold."""
    return {
        "items": [
            {
                "courier": one.courier.id,
                "name": one.courier.name,
                "member": one.courier.member_id,
                "collected": one.collected,
                "handed_in": one.handed_in,
                "open": one.open,
            }
            for one in queries.cash(reader(), here().id)
        ]
    }


@operation(
    method="POST",
    path=f"{CASH}/<id:courier_id>/hand-in",
    summary=say("Terima setoran kurir"),
    guard=requires(Permission.CONFIRM_PAYMENTS),
    scope="orders",
    takes=HandInRequest,
    gives=HandInSchema,
    status=201,
    once=True,
    codes=("too_much",),
)
def hand_in_courier_cash(
    session: Session, body: dict[str, Any], slug: str, courier_id: UUID
) -> dict[str, Any]:
    """Take cash from a courier into the drawer, all of it or a part."""
    handed = service.hand_in(
        session,
        here().id,
        courier_id,
        Rupiah(body["amount"]),
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        by=me().account_id,
        at=now(),
    )
    courier = queries.courier(session, here().id, courier_id)
    return {
        "id": handed.id,
        "courier": courier.id,
        "amount": handed.amount,
        "at": handed.at,
        "open": queries.open_cash(session, courier),
    }


@operation(
    method="GET",
    path=TRIP,
    summary=say("Satu pengantaran, lewat tautan rahasianya"),
    guard=public,
    gives=TripSchema,
    limit="120/minute",
)
def get_delivery(slug: str, key: str) -> dict[str, Any]:
    """Say where to go and what to collect; after the trip nothing of the buyer."""
    return _said(reader(), queries.shipment_by_key(reader(), here().id, key))


@operation(
    method="POST",
    path=f"{TRIP}/arrive",
    summary=say("Pesanan sudah diterima pembeli"),
    guard=public,
    takes=ArrivalRequest,
    gives=TripSchema,
    once=True,
    limit="20/minute",
    codes=("wrong_step", "wrong_cash"),
)
def arrive_delivery(session: Session, body: dict[str, Any], slug: str, key: str) -> dict[str, Any]:
    """Say that the goods were taken, with their money if they were not paid before."""
    trip = queries.shipment_by_key(session, here().id, key)
    orders.arrive(session, trip, Rupiah(body["cash"]), at=now())
    return _said(session, trip)


@operation(
    method="POST",
    path=f"{TRIP}/fail",
    summary=say("Pesanan tidak terantar"),
    guard=public,
    takes=FailureRequest,
    gives=TripSchema,
    once=True,
    limit="20/minute",
    codes=("wrong_step",),
)
def fail_delivery(session: Session, body: dict[str, Any], slug: str, key: str) -> dict[str, Any]:
    """Say why nobody took the goods; the order is ready again."""
    trip = queries.shipment_by_key(session, here().id, key)
    orders.bring_back(session, trip, body["reason"], at=now())
    return _said(session, trip)


def _said(session: Session, trip: Shipment) -> dict[str, Any]:
    order = order_of_trip(session, trip)
    going = trip.state is ShipmentState.ON_ITS_WAY
    buyer = order.purchase
    return {
        "order": order.number,
        "code": order.pickup_code,
        "state": trip.state.value,
        "cash": trip.cash,
        "courier": trip.courier.name,
        "sent_at": trip.sent_at,
        "ended_at": trip.ended_at,
        "reason": trip.reason,
        "recipient": {
            "name": buyer.buyer_name,
            "phone": buyer.buyer_phone,
            "address": order.pickup_address,
        }
        if going
        else None,
        "lines": [
            {"title": line.title, "quantity": line.quantity}
            for line in order.lines
            if going and line.quantity
        ],
    }
