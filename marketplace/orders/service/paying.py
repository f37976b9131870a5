"""What money does to an order, in time, late, too little or too much."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order
from marketplace.orders.queries import refunds
from marketplace.orders.rules import Actor, OrderState, step
from marketplace.orders.service.booking import book_money
from marketplace.orders.service.moving import facts_of, intent_to_pay, line_ids, locked_order, move
from marketplace.orders.service.owing import settle_owed
from marketplace.outbox import service as outbox
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentIntent
from marketplace.payments.rules import BANK, CHANNELS, OFFICER, PaymentState
from marketplace.stock import service as stock
from marketplace.stock.rules import Claim, OutOfStock

OUTSIDE = CHANNELS | {BANK}
ENDED = (OrderState.EXPIRED, OrderState.CANCELLED)
PAID = (PaymentState.PAID, PaymentState.OVER)


def confirm_payment(
    session: Session,
    order: Order,
    received: Rupiah,
    *,
    key: str,
    actor_id: UUID | None,
    source: str = OFFICER,
    at: datetime,
) -> Order:
    """Record money for an order; enough of it makes the order's hold firm.

    ``key`` names this sign of money, so that repeating it changes nothing: an officer's
    word within the order, a line of a statement or a gateway's transaction in all the
    cooperative. Money that comes after the deadline revives the order if its goods are still
    there; otherwise it is owed back (``refund_due``), as is what is too much.
    """
    locked = locked_order(session, order)
    intent = intent_to_pay(session, locked)
    recorded = payments.record(
        session,
        intent,
        received,
        source=source,
        external_id=key if source in OUTSIDE else f"{locked.number}:{key}",
        actor_id=actor_id,
        at=at,
    )
    if not recorded.is_new:
        return locked
    book_money(session, locked, intent, at=at)
    if recorded.state is PaymentState.PAID_LATE or locked.state in ENDED:
        _late_money(session, locked, intent, at)
    elif recorded.state in PAID and locked.state is OrderState.AWAITING_PAYMENT:
        stock.firm(session, locked.cooperative_id, line_ids(locked))
        move(
            session,
            locked,
            step(locked.state, OrderState.NEW, Actor.PAYMENT),
            Actor.PAYMENT,
            actor_id,
            at,
        )
        outbox.tell(session, "order.paid", at=at, **facts_of(locked))
    elif recorded.state is PaymentState.SHORT and locked.state is OrderState.AWAITING_PAYMENT:
        _wait_for_the_rest(session, locked)
    if recorded.state is PaymentState.OVER and locked.state not in ENDED:
        settle_owed(session, locked, intent)
        outbox.tell(session, "order.refund_due", at=at, **facts_of(locked))
    session.flush()
    return locked


def _wait_for_the_rest(session: Session, order: Order) -> None:
    """Stop the clock: some money is there, so a person decides what becomes of the order."""
    order.pay_by = None
    stock.firm(session, order.cooperative_id, line_ids(order))


def _late_money(session: Session, order: Order, intent: PaymentIntent, at: datetime) -> None:
    settle_owed(session, order, intent)
    enough = refunds.free_to_pay_back(session, order) >= intent.amount_due
    if order.state is OrderState.EXPIRED and enough and _hold_again(session, order, at):
        settle_owed(session, order, intent, state=OrderState.NEW)
        move(session, order, OrderState.NEW, Actor.PAYMENT, None, at, note="uang terlambat")
        outbox.tell(session, "order.paid", at=at, **facts_of(order))
    else:
        outbox.tell(session, "order.refund_due", at=at, **facts_of(order))


def _hold_again(session: Session, order: Order, at: datetime) -> bool:
    claims = [
        Claim(order.cooperative_id, line.variant_id, line.id, line.quantity) for line in order.lines
    ]
    try:
        with session.begin_nested():
            stock.hold_again(session, claims, at=at)
    except OutOfStock:
        return False
    return True
