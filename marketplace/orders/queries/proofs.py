"""Pictures of transfers with the orders they are for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.cooperatives.models import Cooperative
from marketplace.orders.models import Order
from marketplace.payments.models import PaymentIntent, PaymentProof, PaymentShare
from marketplace.payments.queries.intents import INTENT_OF_SHARE
from marketplace.payments.rules import PaymentState


@dataclass(frozen=True, slots=True)
class SentProof:
    """A picture by which a buyer claims to have paid, and what for."""

    proof: PaymentProof
    intent: PaymentIntent
    order: Order
    cooperative: Cooperative

    @property
    def waits(self) -> bool:
        """Say whether somebody still has to look at it."""
        under_review = self.intent.state is PaymentState.UNDER_REVIEW
        return under_review and self.proof.refused_at is None


def _sent() -> Select[PaymentProof, PaymentIntent, Order, Cooperative]:
    return (
        select(PaymentProof, PaymentIntent, Order, Cooperative)
        .join(
            PaymentIntent,
            (PaymentIntent.cooperative_id == PaymentProof.cooperative_id)
            & (PaymentIntent.id == PaymentProof.intent_id),
        )
        .join(PaymentShare, INTENT_OF_SHARE)
        .join(
            Order,
            (Order.cooperative_id == PaymentShare.cooperative_id)
            & (Order.id == PaymentShare.order_id),
        )
        .join(Cooperative, Cooperative.id == PaymentProof.cooperative_id)
    )


def proofs_before(
    session: Session, cooperative_id: int, place: UUID | None, *, waiting: bool, limit: int
) -> Sequence[SentProof]:
    """List a cooperative's proofs, newest first; all, or those that somebody has to look at."""
    wanted = _sent().where(PaymentProof.cooperative_id == cooperative_id)
    if waiting:
        wanted = wanted.where(
            PaymentIntent.state == PaymentState.UNDER_REVIEW, PaymentProof.refused_at.is_(None)
        )
    if place is not None:
        wanted = wanted.where(PaymentProof.id < place)
    rows = session.execute(wanted.order_by(PaymentProof.id.desc()).limit(limit))
    return [SentProof(*row) for row in rows]


def proofs_sent_for(session: Session, order_ids: Collection[UUID]) -> dict[UUID, list[SentProof]]:
    """Fetch the proofs of these orders, oldest first, by order."""
    if not order_ids:
        return {}
    rows = session.execute(_sent().where(Order.id.in_(list(order_ids))).order_by(PaymentProof.id))
    found: dict[UUID, list[SentProof]] = {}
    for row in rows:
        sent = SentProof(*row)
        found.setdefault(sent.order.id, []).append(sent)
    return found


def left_lying(
    session: Session, *, sent_before: datetime, unreported: bool = False, limit: int = 100
) -> list[SentProof]:
    """List over all cooperatives the first picture of each order that nobody has looked at.

    With ``unreported``, those of which the operator was not told yet.
    """
    earlier = aliased(PaymentProof)
    is_first = ~exists().where(
        earlier.cooperative_id == PaymentProof.cooperative_id,
        earlier.intent_id == PaymentProof.intent_id,
        earlier.refused_at.is_(None),
        earlier.id < PaymentProof.id,
    )
    wanted = _sent().where(
        PaymentIntent.state == PaymentState.UNDER_REVIEW,
        PaymentProof.refused_at.is_(None),
        PaymentProof.sent_at <= sent_before,
        is_first,
    )
    if unreported:
        wanted = wanted.where(PaymentProof.reported_at.is_(None))
    rows = session.execute(wanted.order_by(PaymentProof.sent_at, PaymentProof.id).limit(limit))
    return [SentProof(*row) for row in rows]
