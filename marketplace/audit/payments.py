"""What must hold of money that is asked for and received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from marketplace.audit.orders import PLACE
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import LineCut, Order, OrderEvent
from marketplace.orders.queries.joins import SHARE_OF_ORDER
from marketplace.orders.rules import OrderState
from marketplace.payments.models import (
    BankLine,
    PaymentEvent,
    PaymentIntent,
    PaymentShare,
    Transfer,
)
from marketplace.payments.queries.intents import INTENT_OF_SHARE
from marketplace.payments.rules import BANK, PaymentMethod, PaymentState
from marketplace.payments.rules.cash import MOST_ROUNDED

Rows = Iterator[tuple[str, str]]
PAID = (PaymentState.PAID, PaymentState.OVER)
MOVING = (
    OrderState.NEW,
    OrderState.IN_PREPARATION,
    OrderState.READY,
    OrderState.READY_FOR_PICKUP,
)


def received(session: Session, _at: datetime) -> Rows:
    """Compare what an intent says it received with every sign of money."""
    summed = (
        select(
            PaymentEvent.cooperative_id,
            PaymentEvent.intent_id,
            func.sum(PaymentEvent.amount).label("total"),
        )
        .group_by(PaymentEvent.cooperative_id, PaymentEvent.intent_id)
        .subquery()
    )
    total = func.coalesce(summed.c.total, 0)
    rows = session.execute(
        select(PaymentIntent.cooperative_id, PaymentIntent.id, PaymentIntent.received, total)
        .outerjoin(
            summed,
            and_(
                summed.c.cooperative_id == PaymentIntent.cooperative_id,
                summed.c.intent_id == PaymentIntent.id,
            ),
        )
        .where(PaymentIntent.received != total)
    )
    for cooperative_id, intent_id, said, events in rows:
        yield f"payment_intents {cooperative_id}/{intent_id}", f"received {said}, events {events}"


def shares(session: Session, _at: datetime) -> Rows:
    """Compare an intent with the orders it pays for, and those with their totals."""
    rows = session.execute(
        select(
            PaymentIntent.cooperative_id,
            PaymentIntent.id,
            PaymentIntent.amount_due,
            func.coalesce(func.sum(PaymentShare.amount), 0),
        )
        .outerjoin(
            PaymentShare,
            INTENT_OF_SHARE,
        )
        .group_by(PaymentIntent.cooperative_id, PaymentIntent.id, PaymentIntent.amount_due)
        .having(func.coalesce(func.sum(PaymentShare.amount), 0) != PaymentIntent.amount_due)
    )
    for cooperative_id, intent_id, due, parts in rows:
        yield f"payment_intents {cooperative_id}/{intent_id}", f"due {due}, shares {parts}"


def states(session: Session, _at: datetime) -> Rows:
    """Find intents whose state says something else than their money."""
    rows = session.scalars(
        select(PaymentIntent).where(
            (PaymentIntent.state.in_(PAID) & (PaymentIntent.received < PaymentIntent.amount_due))
            | (
                (PaymentIntent.state == PaymentState.PAID)
                & (PaymentIntent.received != PaymentIntent.amount_due)
            )
            | (
                (PaymentIntent.state == PaymentState.WAITING)
                & (PaymentIntent.received != Rupiah(0))
            )
            | (
                (PaymentIntent.state == PaymentState.OVER)
                & (PaymentIntent.received == PaymentIntent.amount_due)
            )
            | (
                (PaymentIntent.state == PaymentState.SHORT)
                & (
                    (PaymentIntent.received == Rupiah(0))
                    | (PaymentIntent.received >= PaymentIntent.amount_due)
                )
            )
        )
    )
    for intent in rows:
        yield (
            f"payment_intents {intent.cooperative_id}/{intent.id}",
            f"{intent.state.value}, received {intent.received} of {intent.amount_due}",
        )


def orders(session: Session, _at: datetime) -> Rows:
    """Find orders that go on unpaid, wait though they are paid, or were given away unpaid."""
    rows = session.execute(
        select(PLACE, Order.state, PaymentIntent.received, PaymentIntent.amount_due)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentIntent,
            INTENT_OF_SHARE,
        )
        .where(
            (
                Order.state.in_(MOVING)
                & (Order.method != PaymentMethod.COD)
                & (PaymentIntent.received < PaymentIntent.amount_due)
            )
            | (
                (Order.state == OrderState.AWAITING_PAYMENT)
                & (PaymentIntent.received >= PaymentIntent.amount_due)
                & (Order.total > Rupiah(0))
            )
            | (
                (Order.state == OrderState.FINISHED)
                & (PaymentIntent.received < PaymentIntent.amount_due)
            )
        )
    )
    for number, state, money, total in rows:
        yield f"orders {number}", f"{state.value}, received {money} of {total}"


def discounts(session: Session, _at: datetime) -> Rows:
    """Compare an order with its intent: a transfer is less by its own code, cash by rounding."""
    code = func.coalesce(Transfer.discount, 0)
    cut = (
        select(func.coalesce(func.sum(LineCut.amount), 0))
        .where(LineCut.cooperative_id == Order.cooperative_id, LineCut.order_id == Order.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PLACE, Order.total, PaymentIntent.amount_due, code, Transfer.amount)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentIntent,
            INTENT_OF_SHARE,
        )
        .outerjoin(
            Transfer,
            and_(
                Transfer.cooperative_id == PaymentIntent.cooperative_id,
                Transfer.intent_id == PaymentIntent.id,
            ),
        )
        .where(
            case(
                (
                    Order.method == PaymentMethod.COD,
                    ~(Order.total - PaymentIntent.amount_due).between(0, MOST_ROUNDED),
                ),
                else_=Order.total != PaymentIntent.amount_due + code,
            )
            | (Transfer.amount != PaymentIntent.amount_due + cut)
        )
    )
    for number, total, due, discount, amount in rows:
        yield f"orders {number}", f"total {total}, due {due}, code {discount}, transfer {amount}"


def statement_lines(session: Session, _at: datetime) -> Rows:
    """Find lines of statements that paid something else than they say, or more than once.

    A line that was matched with money recorded by hand has no sign of its own, but that one.
    """
    matched = session.execute(
        select(BankLine.id, BankLine.cooperative_id, BankLine.intent_id, BankLine.amount).where(
            BankLine.intent_id.is_not(None)
        )
    )
    lines = {str(line_id): tuple(said) for line_id, *said in matched}
    by_hand: Counter[tuple[object, ...]] = Counter()
    own = set()
    for sign in session.scalars(select(PaymentEvent)):
        told = (sign.cooperative_id, sign.intent_id, sign.amount)
        if sign.source != BANK:
            by_hand[told] += 1
            continue
        own.add(sign.external_id)
        said = lines.get(sign.external_id)
        if said != told:
            yield (
                f"payment_events {sign.cooperative_id}/{sign.id}",
                f"{sign.amount}, the line says {said[2] if said else 'nothing'}",
            )
    for line_id in lines.keys() - own:
        said = lines[line_id]
        if not by_hand[said]:
            yield f"bank_lines {said[0]}/{line_id}", f"{said[2]} was matched, and paid nothing"
        by_hand[said] -= 1


def ends(session: Session, _at: datetime) -> Rows:
    """Find intents that ended otherwise than their order, or are asked for in another way."""
    was_over = exists().where(
        OrderEvent.cooperative_id == Order.cooperative_id,
        OrderEvent.order_id == Order.id,
        OrderEvent.after.in_((OrderState.EXPIRED, OrderState.CANCELLED)),
    )
    paid_late = PaymentIntent.state == PaymentState.PAID_LATE
    unpaid = PaymentIntent.received == Rupiah(0)
    ended = (
        (PaymentState.EXPIRED, OrderState.EXPIRED),
        (PaymentState.CANCELLED, OrderState.CANCELLED),
    )
    rows = session.execute(
        select(Order.number, Order.state, Order.method, PaymentIntent.state, PaymentIntent.method)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentIntent,
            and_(
                PaymentIntent.cooperative_id == PaymentShare.cooperative_id,
                PaymentIntent.id == PaymentShare.intent_id,
            ),
        )
        .where(
            (Order.method != PaymentIntent.method)
            | (paid_late & (unpaid | not_(was_over)))
            | or_(
                *(
                    (PaymentIntent.state == mine) & (not_(unpaid) | (Order.state != its))
                    for mine, its in ended
                ),
                *(
                    (Order.state == its) & unpaid & (PaymentIntent.state != mine)
                    for mine, its in ended
                ),
            )
        )
    )
    for number, state, method, payment, asked in rows:
        yield (
            f"orders {number}",
            f"{state.value} by {method.value}, payment {payment.value} by {asked.value}",
        )
