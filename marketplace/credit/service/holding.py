"""Keeping room for what a member asked for, so that it is there when the goods come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit.models import CreditHold
from marketplace.credit.rules import NOTHING, CreditKeyReused, Use, check_amount, check_room
from marketplace.credit.service.limits import lock_member, room
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member


def hold(
    session: Session,
    member: Member,
    source_type: str,
    source_id: UUID,
    amount: Rupiah,
    *,
    at: datetime,
) -> CreditHold:
    """Keep room for a cause; the same cause again changes what is kept for it.

    Keeping less is always possible. Raises Invalid, CreditTooSmall, CreditKeyReused.
    """
    check_amount(amount)
    lock_member(session, member)
    known = held_for(session, member, source_type, source_id)
    promised = promise_of(known)
    check_room(without(room(session, member), promised), amount, promised=promised)
    return keep(session, member, known, source_type, source_id, amount, at)


def held_for(
    session: Session, member: Member, source_type: str, source_id: UUID
) -> CreditHold | None:
    """Take the hold of a cause, also one that was let go. Raises CreditKeyReused."""
    known = session.scalar(
        select(CreditHold)
        .where(
            CreditHold.cooperative_id == member.cooperative_id,
            CreditHold.source_type == source_type,
            CreditHold.source_id == source_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if known is not None and known.member_id != member.id:
        raise CreditKeyReused(say("Bon ini sudah tercatat untuk anggota lain."))
    return known


def promise_of(known: CreditHold | None) -> Rupiah:
    """Say how much is kept by a hold now."""
    return NOTHING if known is None or known.released_at else known.amount


def without(use: Use, promised: Rupiah) -> Use:
    """Leave out what is kept for the very cause that is decided about."""
    return Use(use.limit, use.owed, use.held - promised)


def keep(
    session: Session,
    member: Member,
    known: CreditHold | None,
    source_type: str,
    source_id: UUID,
    amount: Rupiah,
    at: datetime,
) -> CreditHold:
    """Write what is kept for a cause."""
    held = known
    if held is None:
        held = CreditHold(
            cooperative_id=member.cooperative_id,
            member_id=member.id,
            source_type=source_type,
            source_id=source_id,
            created_at=at,
        )
        session.add(held)
    held.amount, held.released_at = amount, None
    session.flush()
    return held


def lower(
    session: Session,
    cooperative_id: int,
    source_type: str,
    amounts: Mapping[UUID, Rupiah],
    *,
    at: datetime,
) -> None:
    """Keep no more than this for each of these causes; nothing lets go of all of it."""
    for held in _open(session, cooperative_id, source_type, list(amounts)):
        wanted = amounts[held.source_id]
        if wanted <= NOTHING:
            held.released_at = at
        elif wanted < held.amount:
            held.amount = wanted
    session.flush()


def release(
    session: Session, cooperative_id: int, source_type: str, *source_ids: UUID, at: datetime
) -> None:
    """Let go of what is kept for causes; what is kept no longer stays so."""
    lower(session, cooperative_id, source_type, dict.fromkeys(source_ids, NOTHING), at=at)


def _open(
    session: Session, cooperative_id: int, source_type: str, source_ids: list[UUID]
) -> list[CreditHold]:
    """Take holds in the order of their ids, so that two who do so never wait crosswise."""
    wanted = (
        select(CreditHold)
        .where(
            CreditHold.cooperative_id == cooperative_id,
            CreditHold.source_type == source_type,
            CreditHold.source_id.in_(source_ids),
            CreditHold.released_at.is_(None),
        )
        .order_by(CreditHold.id)
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(locked))
