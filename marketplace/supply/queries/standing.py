"""What members need again and again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import StandingRequest, SupplyItem

MOST = 200


def standing_requests(
    session: Session, cooperative_id: int, *, member_id: UUID | None = None
) -> Sequence[StandingRequest]:
    """List what is asked again and again, of one member or of all, with good and member."""
    wanted = (
        select(StandingRequest)
        .join(StandingRequest.item)
        .join(StandingRequest.member)
        .where(StandingRequest.cooperative_id == cooperative_id, StandingRequest.ended_at.is_(None))
        .order_by(Member.number, SupplyItem.name, StandingRequest.id)
        .limit(MOST)
        .options(contains_eager(StandingRequest.item), contains_eager(StandingRequest.member))
    )
    if member_id is not None:
        wanted = wanted.where(StandingRequest.member_id == member_id)
    return session.scalars(wanted).all()


def standing_request(session: Session, cooperative_id: int, standing_id: UUID) -> StandingRequest:
    """Fetch one standing request of this cooperative with its good and member."""
    found = session.scalar(
        select(StandingRequest)
        .join(StandingRequest.item)
        .join(StandingRequest.member)
        .where(StandingRequest.cooperative_id == cooperative_id, StandingRequest.id == standing_id)
        .options(contains_eager(StandingRequest.item), contains_eager(StandingRequest.member))
    )
    if found is None:
        raise NotFound(say("Permintaan tetap ini tidak ada."))
    return found


def standing_for(session: Session, member: Member, item: SupplyItem) -> StandingRequest | None:
    """Fetch what a member asks of a good again and again."""
    return session.scalar(
        select(StandingRequest)
        .where(
            StandingRequest.cooperative_id == member.cooperative_id,
            StandingRequest.member_id == member.id,
            StandingRequest.item_id == item.id,
            StandingRequest.ended_at.is_(None),
        )
        .with_for_update()
    )
