"""Everything that moves an order on, back or to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.delivery import service as deliveries
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import queries
from marketplace.orders.models import Order
from marketplace.orders.queries import refunds
from marketplace.orders.queries.deliveries import event_name, last_trip
from marketplace.orders.rules import (
    Actor,
    OrderState,
    WrongStep,
    fits,
    step,
    step_back,
)
from marketplace.orders.service.booking import book_money, book_sale, unbook_sale
from marketplace.orders.service.crediting import give_back
from marketplace.orders.service.moving import (
    UNDONE,
    count_sold,
    intent_to_pay,
    line_ids,
    lock,
    locked_order,
    move,
)
from marketplace.orders.service.owing import settle_owed
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentIntent
from marketplace.payments.rules import (
    CASH,
    COURIER,
    PaymentMethod,
    PaymentState,
)
from marketplace.payments.service import attempts
from marketplace.stock import service as stock


class WrongCode(RuleBroken):
    """The pickup code that was said is not this order's."""

    status = 422
    code = "wrong_code"


class NotPaid(RuleBroken):
    """The goods may not leave before the money is there."""

    code = "not_paid"


def advance(
    session: Session, order: Order, wanted: OrderState, *, actor_id: UUID | None, at: datetime
) -> Order:
    """Take an order one step on in an officer's name: accept it, or say it is ready.

    Asking for the state it is in already changes nothing, so a repeated tap is safe.
    """
    locked = locked_order(session, order)
    if locked.state is wanted:
        return locked
    if wanted is OrderState.FINISHED:
        return hand_over(session, locked, actor_id=actor_id, at=at)
    if wanted is OrderState.CANCELLED:
        return cancel(session, locked, reason=None, actor_id=actor_id, at=at)
    fits(wanted, locked.fulfilment)
    if wanted is OrderState.SHIPPED:
        raise WrongStep(say("Pilih dulu kurir yang mengantar."))
    move(session, locked, step(locked.state, wanted, Actor.OFFICER), Actor.OFFICER, actor_id, at)
    return locked


def hand_over(
    session: Session,
    order: Order,
    *,
    actor_id: UUID | None,
    code: str | None = None,
    at: datetime,
) -> Order:
    """Give the goods to the buyer: they leave the shelf, cash is received with them.

    ``code`` is what the buyer said, if it is to be checked. Handing over twice changes nothing.
    """
    locked = locked_order(session, order)
    if code is not None and code.strip().upper() != locked.pickup_code:
        raise WrongCode(say("Kode itu bukan untuk pesanan ini. Minta pembeli menyebutkan lagi."))
    if locked.state is OrderState.FINISHED:
        return locked
    wanted = step(locked.state, OrderState.FINISHED, Actor.OFFICER)
    intent = _take_cash(session, locked, actor_id, at)
    give_goods(session, locked, wanted, intent, Actor.OFFICER, actor_id, at=at)
    return locked


def give_goods(
    session: Session,
    order: Order,
    wanted: OrderState,
    intent: PaymentIntent,
    actor: Actor,
    actor_id: UUID | None,
    *,
    at: datetime,
) -> None:
    """Let the goods of a locked order leave the shelf, and write its sale into the books."""
    costs = stock.consume(
        session,
        order.cooperative_id,
        line_ids(order),
        cause="diserahkan",
        at=at,
        actor_id=actor_id,
    )
    count_sold(session, {line: line.quantity for line in order.lines})
    done = move(session, order, wanted, actor, actor_id, at)
    book_sale(session, order, intent, costs=costs, step_id=done.id, actor_id=actor_id, at=at)


def _take_cash(
    session: Session, order: Order, actor_id: UUID | None, at: datetime
) -> PaymentIntent:
    intent = intent_to_pay(session, order)
    if intent.received >= intent.amount_due:
        return intent
    if order.method is not PaymentMethod.COD:
        raise NotPaid(say("Pesanan ini belum lunas."))
    payments.record(
        session,
        intent,
        intent.amount_due - intent.received,
        source=CASH,
        external_id=f"{order.number}:{new_id()}",
        actor_id=actor_id,
        at=at,
    )
    return intent


def undo(session: Session, order: Order, *, actor_id: UUID | None, at: datetime) -> Order:
    """Take the last step back, within a quarter of an hour; goods and cash come back with it."""
    locked = locked_order(session, order)
    wanted = step_back(locked.state, fulfilment=locked.fulfilment, since=locked.changed_at, at=at)
    trip = last_trip(session, locked)
    if locked.state is OrderState.SHIPPED and trip:
        deliveries.call_back(session, trip, at=at)
    if locked.state is OrderState.FINISHED:
        if refunds.asked_before(session, locked):
            raise WrongStep(say("Uang pesanan ini sudah dikembalikan, jadi tidak bisa diurungkan."))
        stock.take_back(
            session,
            locked.cooperative_id,
            line_ids(locked),
            cause=UNDONE,
            at=at,
            actor_id=actor_id,
        )
        count_sold(session, {line: -line.quantity for line in locked.lines})
        unbook_sale(session, locked, actor_id=actor_id, at=at)
        if trip:
            deliveries.reopen(session, trip)
        if locked.method is PaymentMethod.COD:
            intent = intent_to_pay(session, locked)
            payments.take_back(
                session,
                intent,
                source=COURIER if trip else CASH,
                external_id=event_name(trip) if trip else f"{locked.number}:undo:{new_id()}",
                actor_id=actor_id,
                at=at,
            )
            locked.refund_due = Rupiah(0)  # what was too much went back with the rest
            book_money(session, locked, intent, at=at)
            settle_owed(session, locked, intent, state=wanted)
    move(session, locked, wanted, Actor.OFFICER, actor_id, at, note=UNDONE)
    return locked


def cancel(
    session: Session, order: Order, *, reason: str | None, actor_id: UUID | None, at: datetime
) -> Order:
    """Cancel in an officer's name: goods go back to the shelf, paid money is owed back."""
    return _cancel(session, order, Actor.OFFICER, reason, actor_id, at)


def cancel_by_buyer(
    session: Session, order: Order, *, actor_id: UUID | None, at: datetime
) -> Order:
    """Cancel in the buyer's name, as long as nothing is being prepared."""
    return _cancel(session, order, Actor.BUYER, None, actor_id, at)


def _cancel(
    session: Session,
    order: Order,
    actor: Actor,
    reason: str | None,
    actor_id: UUID | None,
    at: datetime,
) -> Order:
    locked = locked_order(session, order)
    if locked.state is OrderState.CANCELLED:
        return locked
    wanted = step(locked.state, OrderState.CANCELLED, actor)
    _end(session, locked, wanted, PaymentState.CANCELLED, at)
    locked.cancel_reason = reason
    move(session, locked, wanted, actor, actor_id, at, note=reason)
    give_back(session, locked, by=actor_id, at=at)
    return locked


def expire_overdue(
    session: Session, *, at: datetime, line_ids: Sequence[UUID] | None = None
) -> int:
    """End unpaid orders past their deadline and give their goods back; returns how many.

    With ``line_ids`` only the orders of these lines: what a checkout calls first, so that
    no worker is needed for goods to be free again.
    """
    done = 0
    for cooperative_id, order_id in queries.overdue(session, at=at, line_ids=line_ids):
        locked = lock(session, cooperative_id, order_id)
        if queries.standing_of(locked, at=at) is not OrderState.EXPIRED:
            continue
        if locked.state is OrderState.EXPIRED or intent_to_pay(session, locked).received:
            continue
        wanted = step(locked.state, OrderState.EXPIRED, Actor.CLOCK)
        _end(session, locked, wanted, PaymentState.EXPIRED, at)
        move(session, locked, wanted, Actor.CLOCK, None, at)
        done += 1
    return done


def _end(
    session: Session, order: Order, wanted: OrderState, payment: PaymentState, at: datetime
) -> None:
    intent = intent_to_pay(session, order)
    payments.end(session, intent, payment)
    attempts.unwant(session, intent, at=at)
    settle_owed(session, order, intent, state=wanted)
    stock.release(session, order.cooperative_id, line_ids(order))
