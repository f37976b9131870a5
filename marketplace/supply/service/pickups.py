"""Members, or officers for them, say when they come to fetch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply import queries
from marketplace.supply.models import SupplyPickup, SupplyRound
from marketplace.supply.rules import BadSlot, pickup_slots
from marketplace.supply.service.locks import locked_round


def choose_slot(
    session: Session,
    round_: SupplyRound,
    member: Member,
    starts_at: datetime | None,
    *,
    by: UUID,
    at: datetime,
) -> SupplyPickup | None:
    """Note in which slot a member comes, or that it is open again; the last word counts.

    Raises BadSlot.
    """
    locked = locked_round(session, round_)
    if not queries.takes_part(session, locked, member.id):
        raise BadSlot(say("Anggota ini tidak ikut putaran itu."))
    known = session.scalar(
        select(SupplyPickup).where(
            SupplyPickup.cooperative_id == locked.cooperative_id,
            SupplyPickup.round_id == locked.id,
            SupplyPickup.member_id == member.id,
        )
    )
    if starts_at is None:
        if known is not None:
            session.delete(known)
            session.flush()
        return None
    slots = pickup_slots(locked.pickup_from, locked.pickup_until)
    if starts_at not in {slot.starts_at for slot in slots}:
        wrong = say("Pilih salah satu jam pengambilan.")
        raise BadSlot(wrong, fields={"slot": wrong})
    if known is None:
        known = SupplyPickup(
            cooperative_id=locked.cooperative_id, round_id=locked.id, member_id=member.id
        )
        session.add(known)
    known.starts_at, known.chosen_by, known.chosen_at = starts_at, by, at
    session.flush()
    return known
