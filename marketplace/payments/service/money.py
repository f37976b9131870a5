"""Asking for money and recording every sign of it. Callers open the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payments import qris
from marketplace.payments.models import PaymentEvent, PaymentIntent, PaymentShare
from marketplace.payments.rules import MEMBER, PaymentMethod, PaymentState, settle, step
from marketplace.payments.rules.cash import rounded_cash
from marketplace.payments.service.transfers import reserve

ENDABLE = (
    PaymentState.WAITING,
    PaymentState.UNDER_REVIEW,
    PaymentState.FAILED,
    PaymentState.SHORT,
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a sign of money changed. ``is_new`` is False for a sign that was seen before."""

    state: PaymentState
    over: Rupiah
    is_new: bool


def ask(
    session: Session,
    cooperative: Cooperative,
    order_id: UUID,
    amount: Rupiah,
    method: PaymentMethod,
    *,
    bill_number: str,
    expires_at: datetime | None,
    at: datetime,
) -> PaymentIntent:
    """Ask for the money of one order, paid straight to its cooperative.

    Cash is asked for in coins that the cooperative has. A transfer is asked for as a little
    less than the order, by an amount of its own.
    A cooperative whose code may be converted gets a QRIS with amount and bill number;
    otherwise its own picture is shown beside the amount.
    """
    intent = PaymentIntent(
        cooperative_id=cooperative.id,
        method=method,
        state=PaymentState.WAITING,
        amount_due=_due(cooperative, amount, method),
        qris_payload=_qris(cooperative, amount, method, bill_number),
        expires_at=expires_at,
        created_at=at,
    )
    session.add(intent)
    session.flush()
    if method is PaymentMethod.TRANSFER:
        account_id = cooperative.transfer_account_id
        assert account_id is not None  # noqa: S101 - else it is not offered
        assert expires_at is not None  # noqa: S101 - a transfer has a deadline
        intent.amount_due = reserve(session, intent, account_id, amount, due=expires_at, at=at)
    session.add(
        PaymentShare(
            cooperative_id=cooperative.id,
            intent_id=intent.id,
            order_id=order_id,
            amount=intent.amount_due,
        )
    )
    session.flush()
    return intent


def _due(cooperative: Cooperative, amount: Rupiah, method: PaymentMethod) -> Rupiah:
    if method is PaymentMethod.COD:
        return rounded_cash(amount, cooperative.cash_rounding)
    return amount


def _qris(
    cooperative: Cooperative, amount: Rupiah, method: PaymentMethod, bill_number: str
) -> str | None:
    if method is not PaymentMethod.QRIS or not cooperative.qris_payload:
        return None
    if not cooperative.qris_converts:
        return None
    return qris.to_dynamic(cooperative.qris_payload, amount.amount, bill_number=bill_number)


def record(
    session: Session,
    intent: PaymentIntent,
    received: Rupiah,
    *,
    source: str,
    external_id: str,
    actor_id: UUID | None = None,
    note: str | None = None,
    member_id: UUID | None = None,
    at: datetime,
) -> Recorded:
    """Record that money came in, at most once per (source, external id).

    Money for an intent that has ended is kept as paid late, never lost. ``member_id`` says of
    whose balance it was taken.
    """
    mine = locked(session, intent)
    event = PaymentEvent(
        cooperative_id=mine.cooperative_id,
        intent_id=mine.id,
        source=source,
        external_id=external_id,
        amount=received,
        actor_id=actor_id,
        facts=({"note": note} if note else {}) | ({MEMBER: str(member_id)} if member_id else {}),
        at=at,
    )
    if not _first_time(session, event):
        return Recorded(mine.state, Rupiah(0), is_new=False)
    settlement = settle(mine.amount_due, mine.received, received)
    ended = mine.state in (
        PaymentState.EXPIRED,
        PaymentState.CANCELLED,
        PaymentState.PAID_LATE,
    )
    mine.state = step(mine.state, PaymentState.PAID_LATE if ended else settlement.state)
    mine.received = settlement.received
    mine.settled_at = at
    session.flush()
    return Recorded(mine.state, settlement.over, is_new=True)


def _first_time(session: Session, event: PaymentEvent) -> bool:
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        return False
    return True


def take_back(
    session: Session,
    intent: PaymentIntent,
    *,
    source: str,
    external_id: str,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """Undo a recording made by mistake, by a mirrored sign; nothing is deleted."""
    mine = locked(session, intent)
    if mine.received == Rupiah(0):
        return
    session.add(
        PaymentEvent(
            cooperative_id=mine.cooperative_id,
            intent_id=mine.id,
            source=source,
            external_id=external_id,
            amount=-mine.received,
            actor_id=actor_id,
            facts={"undo": True},
            at=at,
        )
    )
    mine.received = Rupiah(0)
    mine.state = PaymentState.WAITING
    mine.settled_at = None
    session.flush()


def end(session: Session, intent: PaymentIntent, state: PaymentState) -> None:
    """Close an intent that nobody will pay any more; one that is paid stays as it is."""
    mine = locked(session, intent)
    if mine.state in ENDABLE:
        mine.state = step(mine.state, state) if mine.received == Rupiah(0) else mine.state
    session.flush()


def locked(session: Session, intent: PaymentIntent) -> PaymentIntent:
    """Fetch an intent as it is now, and let nobody else change it meanwhile."""
    return session.scalars(
        select(PaymentIntent)
        .where(PaymentIntent.cooperative_id == intent.cooperative_id, PaymentIntent.id == intent.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def lower(session: Session, intent: PaymentIntent, amount: Rupiah) -> None:
    """Ask for less than before, because goods were taken off the order.

    What came in already stays; what is too much of it now, somebody gives back.
    """
    mine = locked(session, intent)
    if amount >= mine.amount_due:
        raise RuleBroken(say("Yang tersisa harus masih berharga. Batalkan pesanannya saja."))
    share = session.scalars(
        select(PaymentShare)
        .where(
            PaymentShare.cooperative_id == mine.cooperative_id, PaymentShare.intent_id == mine.id
        )
        .with_for_update()
    ).one()
    mine.amount_due, share.amount = mine.amount_due - amount, share.amount - amount
    if mine.state is PaymentState.PAID and mine.received > mine.amount_due:
        mine.state = step(mine.state, PaymentState.OVER)
    session.flush()
