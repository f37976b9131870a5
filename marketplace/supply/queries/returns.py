"""What members brought back of what they had fetched."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply.models import RequestLine, SupplyHandOver, SupplyReturn
from marketplace.supply.rules import ReturnedPart


def whole_part(hand: SupplyHandOver) -> ReturnedPart:
    """Give all of a hand-over as the rules of returning take it."""
    return ReturnedPart(hand.quantity, hand.parts, hand.rounded.amount)


def returns_of(session: Session, hands: Sequence[SupplyHandOver]) -> Sequence[SupplyReturn]:
    """List what was brought back of some hand-overs and not undone, the oldest first."""
    if not hands:
        return []
    return session.scalars(
        select(SupplyReturn)
        .where(
            SupplyReturn.cooperative_id == hands[0].cooperative_id,
            SupplyReturn.hand_id.in_([hand.id for hand in hands]),
            SupplyReturn.undone_at.is_(None),
        )
        .order_by(SupplyReturn.id)
    ).all()


def returned_of(session: Session, hand: SupplyHandOver) -> ReturnedPart:
    """Add up what was brought back of a hand-over."""
    parts = (one.part for one in returns_of(session, [hand]))
    return sum(parts, ReturnedPart())


def hand_over_of(
    session: Session, cooperative_id: int, hand_id: UUID
) -> tuple[SupplyHandOver, RequestLine]:
    """Fetch a hand-over of this cooperative that was not undone, with its wish."""
    row = session.execute(
        select(SupplyHandOver, RequestLine)
        .join(
            RequestLine,
            (RequestLine.cooperative_id == SupplyHandOver.cooperative_id)
            & (RequestLine.id == SupplyHandOver.line_id),
        )
        .where(
            SupplyHandOver.cooperative_id == cooperative_id,
            SupplyHandOver.id == hand_id,
            SupplyHandOver.undone_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(say("Penyerahan ini tidak ada."))
    return row[0], row[1]


def supply_return(session: Session, cooperative_id: int, return_id: UUID) -> SupplyReturn:
    """Fetch a return of this cooperative, also one that was undone."""
    found = session.get(SupplyReturn, (cooperative_id, return_id))
    if found is None:
        raise NotFound(say("Pengembalian ini tidak ada."))
    return found
