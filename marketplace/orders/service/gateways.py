"""What a gateway's answer makes of an order. The call itself is made outside of here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import queries
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState, WrongStep
from marketplace.orders.service.moving import facts_of, intent_to_pay, line_ids, locked_order
from marketplace.orders.service.paying import confirm_payment
from marketplace.outbox import service as outbox
from marketplace.payments.models import PaymentAttempt
from marketplace.payments.ports import IDR, Facts
from marketplace.payments.queries import attempt_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.attempts import SPENT, AttemptState
from marketplace.payments.service import attempts
from marketplace.stock import service as stock

# Facts that an officer has to know and that change no money by themselves.
REFUND, DISPUTE, VOID, CURRENCY = "refund", "dispute", "void", "currency"
NO_REFUND = "no_refund"


def page_for(session: Session, order: Order, gateway: str | None, *, at: datetime) -> UUID:
    """Give the attempt on which an order is to be paid now, a new one if the last is spent.

    Raises WrongStep when the order waits for no money, or not by this way.
    """
    locked = locked_order(session, order)
    intent = intent_to_pay(session, locked)
    waits = queries.standing_of(locked, at=at) is OrderState.AWAITING_PAYMENT
    over = intent.expires_at is None or intent.expires_at <= at
    if not waits or over or intent.method is not PaymentMethod.GATEWAY or gateway is None:
        raise WrongStep(say("Pesanan ini tidak sedang menunggu bayar online."))
    present = attempt_of(session, intent)
    if present is None or present.state in SPENT or present.provider != gateway:
        attempts.unwant(session, intent, at=at)
        present = attempts.begin(session, intent, gateway, bill_number=locked.number, at=at)
    return present.id


def another_page(session: Session, order: Order, lost: PaymentAttempt, *, at: datetime) -> UUID:
    """Want another page when the answer about the last one was lost on its way."""
    attempts.opened(session, lost.cooperative_id, lost.id, None, at=at)
    intent = intent_to_pay(session, order)
    return attempts.begin(session, intent, lost.provider, bill_number=order.number, at=at).id


def learn(
    session: Session, cooperative_id: int, attempt_id: UUID, facts: Facts | None, *, at: datetime
) -> None:
    """Let a gateway's answer take effect. The same answer again changes nothing.

    Money is recorded like all money; nothing that is heard later takes it back. What went
    back at the gateway, or came in another currency, is told to the officers as a fact.
    """
    order = queries.order_of_attempt(session, cooperative_id, attempt_id)
    order = locked_order(session, order)
    attempt = attempts.locked_attempt(session, cooperative_id, attempt_id)
    if facts is not None and facts.currency != IDR:
        _tell_officers(session, order, attempt, CURRENCY, facts, at)
        facts = None
    before = attempts.learned(session, attempt, facts, at=at)
    if facts is None:
        return
    if facts.state is AttemptState.PAID and facts.amount > Rupiah(0):
        confirm_payment(
            session,
            order,
            facts.amount,
            key=facts.transaction,
            actor_id=None,
            source=attempt.provider,
            at=at,
        )
    _review(session, order, attempt)
    if before is AttemptState.PAID and facts.state is not AttemptState.PAID:
        _tell_officers(session, order, attempt, VOID, facts, at)
    if facts.refunded > Rupiah(0):
        _tell_officers(session, order, attempt, REFUND, facts, at)
    if facts.disputed:
        _tell_officers(session, order, attempt, DISPUTE, facts, at)


def refund_refused(
    session: Session,
    cooperative_id: int,
    attempt_id: UUID,
    amount: Rupiah,
    *,
    key: str,
    at: datetime,
) -> None:
    """Tell officers that the gateway does not give money back, so that they do it by hand."""
    order = queries.order_of_attempt(session, cooperative_id, attempt_id)
    order = locked_order(session, order)
    attempt = attempts.locked_attempt(session, cooperative_id, attempt_id)
    said = {"kind": NO_REFUND, "amount": amount.amount}
    if attempts.note(session, attempt, f"{NO_REFUND}:{key}", said, at=at):
        outbox.tell(
            session,
            "order.gateway_fact",
            at=at,
            kind=NO_REFUND,
            amount=amount.amount,
            **facts_of(order),
        )


def _review(session: Session, order: Order, attempt: PaymentAttempt) -> None:
    """Let the order wait while its payment is looked at, and no longer."""
    intent = intent_to_pay(session, order)
    if order.state is not OrderState.AWAITING_PAYMENT:
        return
    until = (
        attempts.review(session, intent)
        if attempt.state is AttemptState.UNDER_REVIEW
        else attempts.end_review(session, intent)
    )
    if until is not None:
        order.pay_by = until
        stock.hold_until(session, order.cooperative_id, line_ids(order), until)
        session.flush()


def _tell_officers(
    session: Session, order: Order, attempt: PaymentAttempt, kind: str, facts: Facts, at: datetime
) -> None:
    amount = facts.refunded if kind == REFUND else facts.amount
    said = {"kind": kind, "amount": amount.amount, "currency": facts.currency}
    known_as = f"{facts.transaction}:{kind}:{amount.amount}"
    if attempts.note(session, attempt, known_as, said, at=at):
        outbox.tell(
            session,
            "order.gateway_fact",
            at=at,
            kind=kind,
            amount=amount.amount,
            **facts_of(order),
        )
