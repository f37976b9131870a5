"""Reading what is to be paid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.payments.models import (
    PaymentDestination,
    PaymentEvent,
    PaymentIntent,
    PaymentShare,
    Transfer,
)
from marketplace.payments.rules import PaymentMethod

# How a part of a bill finds its bill.
INTENT_OF_SHARE = (PaymentIntent.cooperative_id == PaymentShare.cooperative_id) & (
    PaymentIntent.id == PaymentShare.intent_id
)


def intent_of(session: Session, cooperative_id: int, order_id: UUID) -> PaymentIntent | None:
    """Fetch the newest intent that pays for an order."""
    return session.scalar(
        select(PaymentIntent)
        .join(
            PaymentShare,
            INTENT_OF_SHARE,
        )
        .where(PaymentShare.cooperative_id == cooperative_id, PaymentShare.order_id == order_id)
        .order_by(PaymentIntent.id.desc())
        .limit(1)
    )


def intents_of(session: Session, order_ids: Collection[UUID]) -> dict[UUID, PaymentIntent]:
    """Fetch the newest intent of each of these orders in one query."""
    rows = session.execute(
        select(PaymentShare.order_id, PaymentIntent)
        .join(
            PaymentIntent,
            INTENT_OF_SHARE,
        )
        .where(PaymentShare.order_id.in_(list(order_ids)))
        .order_by(PaymentIntent.id)
    )
    return {order_id: intent for order_id, intent in rows}  # noqa: C416 - rows, not pairs


@dataclass(frozen=True, slots=True)
class TransferTo:
    """By what amount an intent is paid, and to which account."""

    transfer: Transfer
    account: PaymentDestination


def transfers_of(session: Session, intents: Iterable[PaymentIntent]) -> dict[UUID, TransferTo]:
    """Fetch how these intents are transferred, by intent; those paid otherwise are left out."""
    ids = [intent.id for intent in intents if intent.method is PaymentMethod.TRANSFER]
    if not ids:
        return {}
    rows = session.execute(
        select(Transfer, PaymentDestination)
        .join(
            PaymentDestination,
            (PaymentDestination.cooperative_id == Transfer.cooperative_id)
            & (PaymentDestination.id == Transfer.account_id),
        )
        .where(Transfer.intent_id.in_(ids))
    )
    return {transfer.intent_id: TransferTo(transfer, account) for transfer, account in rows}


def transfer_of(session: Session, intent: PaymentIntent | None) -> TransferTo | None:
    """Fetch how one intent is transferred, if it is."""
    return transfers_of(session, [intent]).get(intent.id) if intent else None


def events_of(session: Session, intent: PaymentIntent) -> Sequence[PaymentEvent]:
    """List every sign of money for an intent, oldest first."""
    return session.scalars(
        select(PaymentEvent)
        .where(
            PaymentEvent.cooperative_id == intent.cooperative_id,
            PaymentEvent.intent_id == intent.id,
        )
        .order_by(PaymentEvent.id)
    ).all()
