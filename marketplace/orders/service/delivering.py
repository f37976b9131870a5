"""An order on its way to a door: sent, arrived with its money, or brought back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.delivery import queries as trips
from marketplace.delivery import service as deliveries
from marketplace.delivery.models import Shipment
from marketplace.delivery.rules import ShipmentState, WrongCash, WrongShipment
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders.models import Order
from marketplace.orders.queries.deliveries import event_name
from marketplace.orders.rules import Actor, OrderState, fits, step
from marketplace.orders.service.moving import intent_to_pay, lock, locked_order, move
from marketplace.orders.service.steps import NotPaid, give_goods
from marketplace.payments import service as payments
from marketplace.payments.rules import COURIER, PaymentMethod

NOTHING = Rupiah(0)


def send_out(
    session: Session,
    order: Order,
    courier: CourierChoice,
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Shipment:
    """Let a courier go with an order that is ready; sending what is on its way changes nothing.

    Raises WrongStep, NotPaid, Invalid, NotFound.
    """
    locked = locked_order(session, order)
    fits(OrderState.SHIPPED, locked.fulfilment)
    last = trips.last_shipment(session, locked.cooperative_id, locked.id)
    if locked.state is OrderState.SHIPPED and last is not None:
        return last
    wanted = step(locked.state, OrderState.SHIPPED, Actor.OFFICER)
    intent = intent_to_pay(session, locked)
    missing = max(intent.amount_due - intent.received, NOTHING)
    if missing and locked.method is not PaymentMethod.COD:
        raise NotPaid(say("Pesanan ini belum lunas."))
    shipment = deliveries.send(
        session,
        locked.cooperative_id,
        locked.id,
        courier,
        cash=missing,
        by=actor_id,
        at=at,
    )
    move(session, locked, wanted, Actor.OFFICER, actor_id, at)
    return shipment


def arrive(session: Session, shipment: Shipment, cash: Rupiah, *, at: datetime) -> Order:
    """Say that the goods were taken and their money with them; saying it again changes nothing.

    The cash is the courier's debt until it is handed in. Raises WrongCash, WrongShipment.
    """
    order, mine = _locked(session, shipment)
    if mine.state is ShipmentState.ARRIVED:
        return order
    if cash != mine.cash:
        raise WrongCash(say("Uang yang harus diterima %(cash)s, pas.", cash=mine.cash))
    deliveries.finish(session, mine, ShipmentState.ARRIVED, at=at)
    wanted = step(order.state, OrderState.FINISHED, Actor.COURIER)
    intent = intent_to_pay(session, order)
    if mine.cash:
        payments.record(
            session, intent, mine.cash, source=COURIER, external_id=event_name(mine), at=at
        )
    give_goods(session, order, wanted, intent, Actor.COURIER, None, at=at)
    return order


def bring_back(session: Session, shipment: Shipment, reason: str, *, at: datetime) -> Order:
    """Say that nobody took the goods: the order is ready again and may be sent again.

    Saying it again changes nothing. Raises WrongShipment, Invalid.
    """
    order, mine = _locked(session, shipment)
    if mine.state is ShipmentState.FAILED:
        return order
    deliveries.finish(session, mine, ShipmentState.FAILED, reason=reason, at=at)
    wanted = step(order.state, OrderState.READY, Actor.COURIER)
    move(session, order, wanted, Actor.COURIER, None, at, note=mine.reason)
    return order


def _locked(session: Session, shipment: Shipment) -> tuple[Order, Shipment]:
    """Lock the order of a trip, and read the trip as it is now."""
    order = lock(session, shipment.cooperative_id, shipment.order_id)
    session.refresh(shipment)
    if shipment.state is ShipmentState.RECALLED:
        raise WrongShipment(say("Pengantaran ini ditarik koperasi. Tanyakan dulu."))
    return order, shipment
