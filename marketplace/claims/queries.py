"""Reading claims: of an order, of a cooperative, and those that wait for the operator."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.claims.models import Claim, ClaimPicture
from marketplace.claims.rules import OPEN, ClaimState
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.orders.models import Order, OrderEvent, Purchase
from marketplace.orders.rules import OrderState


@dataclass(frozen=True, slots=True)
class ClaimedOrder:
    """A claim with the order it is about, its buyer, and its cooperative."""

    claim: Claim
    order: Order
    purchase: Purchase
    cooperative: Cooperative


def _claimed() -> Select[Claim, Order, Purchase, Cooperative]:
    return (
        select(Claim, Order, Purchase, Cooperative)
        .join(Order, (Order.cooperative_id == Claim.cooperative_id) & (Order.id == Claim.order_id))
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Cooperative, Cooperative.id == Claim.cooperative_id)
        .options(selectinload(Claim.lines), selectinload(Claim.pictures), selectinload(Order.lines))
    )


def claim(session: Session, cooperative_id: int, claim_id: UUID) -> ClaimedOrder:
    """Fetch one claim with all it is about. Raises NotFound."""
    row = session.execute(
        _claimed().where(Claim.cooperative_id == cooperative_id, Claim.id == claim_id)
    ).one_or_none()
    if row is None:
        raise NotFound(say("Keluhan itu tidak ditemukan."))
    return ClaimedOrder(*row)


def claims_of(session: Session, order: Order) -> Sequence[Claim]:
    """List the claims of an order, the newest first."""
    return session.scalars(
        select(Claim)
        .where(Claim.cooperative_id == order.cooperative_id, Claim.order_id == order.id)
        .options(selectinload(Claim.lines))
        .order_by(Claim.id.desc())
    ).all()


def claims_in(
    session: Session, cooperative_id: int, *, states: Collection[ClaimState], limit: int = 50
) -> list[ClaimedOrder]:
    """List a cooperative's claims, who waits longest first."""
    rows = session.execute(
        _claimed()
        .where(Claim.cooperative_id == cooperative_id, Claim.state.in_(list(states)))
        .order_by(Claim.opened_at, Claim.id)
        .limit(limit)
    )
    return [ClaimedOrder(*row) for row in rows]


def claims_before(
    session: Session,
    place: UUID | None,
    *,
    cooperative_id: int | None,
    state: ClaimState | None,
    limit: int,
) -> list[ClaimedOrder]:
    """List claims of one cooperative, or for the operator of all, the newest first."""
    wanted = _claimed()
    if cooperative_id is not None:
        wanted = wanted.where(Claim.cooperative_id == cooperative_id)
    if state is not None:
        wanted = wanted.where(Claim.state == state)
    if place is not None:
        wanted = wanted.where(Claim.id < place)
    rows = session.execute(wanted.order_by(Claim.id.desc()).limit(limit))
    return [ClaimedOrder(*row) for row in rows]


def for_operator(session: Session, *, limit: int = 100) -> list[ClaimedOrder]:
    """List the claims that wait for the operator, who waits longest first."""
    rows = session.execute(
        _claimed()
        .where(Claim.state == ClaimState.ESCALATED)
        .order_by(Claim.escalated_at, Claim.id)
        .limit(limit)
    )
    return [ClaimedOrder(*row) for row in rows]


def unanswered(session: Session, *, answer_by: datetime, limit: int = 100) -> Sequence[Claim]:
    """List over all cooperatives what is to be answered by a moment, in one lock order."""
    return session.scalars(
        select(Claim)
        .where(Claim.state == ClaimState.OPENED, Claim.answer_by <= answer_by)
        .order_by(Claim.cooperative_id, Claim.order_id)
        .limit(limit)
    ).all()


def to_remind(session: Session, *, answer_by: datetime, limit: int = 100) -> Sequence[Claim]:
    """List those of which nobody was reminded yet."""
    return session.scalars(
        select(Claim)
        .where(
            Claim.state == ClaimState.OPENED,
            Claim.answer_by <= answer_by,
            Claim.reminded_at.is_(None),
        )
        .order_by(Claim.cooperative_id, Claim.order_id)
        .limit(limit)
    ).all()


def picture(session: Session, claim_: Claim, picture_id: UUID) -> ClaimPicture:
    """Fetch one photo of a claim. Raises NotFound."""
    found = session.get(ClaimPicture, (claim_.cooperative_id, picture_id))
    if found is None or found.claim_id != claim_.id:
        raise NotFound(say("Gambar itu tidak ditemukan."))
    return found


def waiting(session: Session, cooperative_id: int) -> int:
    """Count the claims that the cooperative has not answered."""
    counted = session.scalar(
        select(func.count(Claim.id)).where(
            Claim.cooperative_id == cooperative_id, Claim.state == ClaimState.OPENED
        )
    )
    return counted or 0


def is_open(session: Session, order: Order) -> bool:
    """Say whether a claim of an order still goes on."""
    return (
        session.scalar(
            select(Claim.id).where(
                Claim.cooperative_id == order.cooperative_id,
                Claim.order_id == order.id,
                Claim.state.in_(OPEN),
            )
        )
        is not None
    )


def handed_over_at(session: Session, order: Order) -> datetime | None:
    """Say when an order that is with its buyer was handed over."""
    if order.state is not OrderState.FINISHED:
        return None
    return session.scalar(
        select(func.max(OrderEvent.at)).where(
            OrderEvent.cooperative_id == order.cooperative_id,
            OrderEvent.order_id == order.id,
            OrderEvent.after == OrderState.FINISHED,
        )
    )


def last_handed_over(order: Order) -> datetime | None:
    """Say the same of an order whose steps are loaded already."""
    if order.state is not OrderState.FINISHED:
        return None
    return max(event.at for event in order.events if event.after is OrderState.FINISHED)
