"""Everything that moves an order on, back or to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.listings.models import Listing
from marketplace.orders import queries
from marketplace.orders.models import Order, OrderEvent, OrderLine
from marketplace.orders.queries import refunds
from marketplace.orders.rules import (
    Actor,
    OrderState,
    WrongStep,
    step,
    step_back,
)
from marketplace.orders.service.booking import book_money, book_sale, unbook_sale
from marketplace.orders.service.owing import settle_owed
from marketplace.outbox import service as outbox
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import (
    BANK,
    CASH,
    CHANNELS,
    OFFICER,
    PaymentMethod,
    PaymentState,
)
from marketplace.payments.service import attempts
from marketplace.stock import service as stock
from marketplace.stock.rules import Claim, OutOfStock

OUTSIDE = CHANNELS | {BANK}
ENDED = (OrderState.EXPIRED, OrderState.CANCELLED)
PAID = (PaymentState.PAID, PaymentState.OVER)
UNDONE = "diurungkan"


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
    _move(session, locked, step(locked.state, wanted, Actor.OFFICER), Actor.OFFICER, actor_id, at)
    return locked


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
        _move(
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
        _move(session, order, OrderState.NEW, Actor.PAYMENT, None, at, note="uang terlambat")
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
    costs = stock.consume(
        session,
        locked.cooperative_id,
        line_ids(locked),
        cause="diserahkan",
        at=at,
        actor_id=actor_id,
    )
    _count_sold(session, locked.lines, sign=1)
    done = _move(session, locked, wanted, Actor.OFFICER, actor_id, at)
    book_sale(session, locked, intent, costs=costs, step_id=done.id, actor_id=actor_id, at=at)
    return locked


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


def _count_sold(session: Session, lines: Sequence[OrderLine], *, sign: int) -> None:
    for line in sorted(lines, key=lambda line: line.listing_id):
        session.execute(
            update(Listing)
            .where(Listing.cooperative_id == line.cooperative_id, Listing.id == line.listing_id)
            .values(sold_count=Listing.sold_count + sign * line.quantity)
            .execution_options(synchronize_session=False)
        )


def undo(session: Session, order: Order, *, actor_id: UUID | None, at: datetime) -> Order:
    """Take the last step back, within a quarter of an hour; goods and cash come back with it."""
    locked = locked_order(session, order)
    wanted = step_back(locked.state, since=locked.changed_at, at=at)
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
        _count_sold(session, locked.lines, sign=-1)
        unbook_sale(session, locked, actor_id=actor_id, at=at)
        if locked.method is PaymentMethod.COD:
            intent = intent_to_pay(session, locked)
            payments.take_back(
                session,
                intent,
                source=CASH,
                external_id=f"{locked.number}:undo:{new_id()}",
                actor_id=actor_id,
                at=at,
            )
            locked.refund_due = Rupiah(0)  # what was too much went back with the rest
            book_money(session, locked, intent, at=at)
            settle_owed(session, locked, intent, state=wanted)
    _move(session, locked, wanted, Actor.OFFICER, actor_id, at, note=UNDONE)
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
    _move(session, locked, wanted, actor, actor_id, at, note=reason)
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
        locked = _lock(session, cooperative_id, order_id)
        if queries.standing_of(locked, at=at) is not OrderState.EXPIRED:
            continue
        if locked.state is OrderState.EXPIRED or intent_to_pay(session, locked).received:
            continue
        wanted = step(locked.state, OrderState.EXPIRED, Actor.CLOCK)
        _end(session, locked, wanted, PaymentState.EXPIRED, at)
        _move(session, locked, wanted, Actor.CLOCK, None, at)
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


def _move(
    session: Session,
    order: Order,
    wanted: OrderState,
    actor: Actor,
    actor_id: UUID | None,
    at: datetime,
    *,
    note: str | None = None,
) -> OrderEvent:
    """Write the step down and tell of it. Who, when and why are never lost."""
    taken = OrderEvent(
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        before=order.state,
        after=wanted,
        actor=actor,
        actor_id=actor_id,
        note=note,
        day=local_day(at),
        at=at,
    )
    session.add(taken)
    order.state = wanted
    order.changed_at = at
    session.flush()
    outbox.tell(session, "order.moved", at=at, undone=note == UNDONE, **facts_of(order))
    return taken


def facts_of(order: Order) -> dict[str, object]:
    """Say of an order what the outbox tells."""
    return {
        "cooperative": order.cooperative_id,
        "order": str(order.id),
        "state": order.state.value,
        "listings": sorted({str(line.listing_id) for line in order.lines}),
    }


def line_ids(order: Order) -> list[UUID]:
    """Name what the order's goods are promised to."""
    return [line.id for line in order.lines]


def intent_to_pay(session: Session, order: Order) -> PaymentIntent:
    """Fetch what pays for an order; every order has one."""
    found = intent_of(session, order.cooperative_id, order.id)
    if found is None:
        raise WrongStep(say("Pesanan ini tidak punya tagihan."))
    return found


def locked_order(session: Session, order: Order) -> Order:
    """Fetch an order as it is now, and let nobody else change it meanwhile."""
    return _lock(session, order.cooperative_id, order.id)


def _lock(session: Session, cooperative_id: int, order_id: UUID) -> Order:
    return session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.id == order_id)
        .options(selectinload(Order.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
