"""Standing requests: kept, paused, ended, and asked again when their day has come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply import queries
from marketplace.supply.models import RequestLine, StandingRequest, SupplyItem, UnitRung
from marketplace.supply.rules import RequestState, Rhythm, next_day
from marketplace.supply.service.requests import NotAMember, Wanted, ask

MOST_AT_ONCE = 50


class NothingToRepeat(Invalid):
    """Only a good of the list can be asked for again by itself."""


def keep_asking(
    session: Session,
    member: Member,
    wanted: Wanted,
    rhythm: Rhythm,
    *,
    item: SupplyItem | None,
    entered_by: UUID,
    at: datetime,
) -> StandingRequest:
    """Ask for a good again and again, from the next time on.

    A member has one for each good: keeping it again changes it, and goes on if it was paused.
    """
    if member.left_on is not None:
        raise NotAMember
    if item is None:
        told = say("Yang bisa diulang hanya barang di daftar.")
        raise NothingToRepeat(told, fields={"every": told})
    standing = queries.standing_for(session, member, item)
    if standing is None:
        standing = StandingRequest(
            cooperative_id=member.cooperative_id,
            member_id=member.id,
            item_id=item.id,
            kept_at=at,
        )
        session.add(standing)
    _say(standing, wanted, item, at)
    _start(standing, rhythm, at)
    standing.paused_at, standing.entered_by = None, entered_by
    session.flush()
    return standing


def _say(standing: StandingRequest, wanted: Wanted, item: SupplyItem, at: datetime) -> None:
    wanted.check_units(item)
    standing.accept_min, standing.want, standing.flex_max = wanted.checked()
    standing.rung_id = wanted.rung.id if wanted.rung else None
    standing.price_cap = wanted.price_cap
    standing.changed_at = at


def _start(standing: StandingRequest, rhythm: Rhythm, at: datetime) -> None:
    """Count from today."""
    standing.rhythm = rhythm
    standing.first_on = today = local_day(at)
    standing.next_on = next_day(today, rhythm, after=today)


def change_standing(
    session: Session,
    standing: StandingRequest,
    wanted: Wanted,
    rhythm: Rhythm,
    *,
    at: datetime,
) -> None:
    """Change how much is asked for, and how often; another rhythm counts from today."""
    item = session.get_one(SupplyItem, (standing.cooperative_id, standing.item_id))
    _say(standing, wanted, item, at)
    if standing.rhythm is not rhythm:
        _start(standing, rhythm, at)
    session.flush()


def pause_standing(
    session: Session, standing: StandingRequest, *, paused: bool, at: datetime
) -> None:
    """Leave out what comes, or go on: days that passed meanwhile are not made up for."""
    if paused:
        standing.paused_at = standing.paused_at or at
    elif standing.paused_at is not None:
        standing.paused_at = None
        _move_on(standing, at)
    standing.changed_at = at
    session.flush()


def end_standing(session: Session, standing: StandingRequest, *, at: datetime) -> None:
    """Ask no more; ending twice changes nothing."""
    standing.ended_at = standing.ended_at or at
    standing.changed_at = at
    session.flush()


def _move_on(standing: StandingRequest, at: datetime) -> None:
    today = local_day(at)
    if standing.next_on <= today:
        standing.next_on = next_day(standing.first_on, standing.rhythm, after=today)


def ask_again(session: Session, *, at: datetime) -> int:
    """Ask what is due, once however many days were missed; gives how many were looked at.

    While the same wish is still open nothing is asked. It ends with the membership, and when
    the good is no longer on the list.
    """
    due = session.scalars(
        select(StandingRequest)
        .where(
            StandingRequest.next_on <= local_day(at),
            StandingRequest.paused_at.is_(None),
            StandingRequest.ended_at.is_(None),
        )
        .order_by(StandingRequest.next_on, StandingRequest.id)
        .limit(MOST_AT_ONCE)
        .options(joinedload(StandingRequest.item), joinedload(StandingRequest.member))
        .with_for_update(of=StandingRequest, skip_locked=True)
    ).all()
    for standing in due:
        _ask(session, standing, at)
    return len(due)


def _ask(session: Session, standing: StandingRequest, at: datetime) -> None:
    _move_on(standing, at)
    item, member = standing.item, standing.member
    if member.left_on is not None or item.retired_at is not None:
        end_standing(session, standing, at=at)
        return
    if not _still_open(session, standing):
        wanted = Wanted(
            standing.want,
            standing.accept_min,
            standing.flex_max,
            rung=_rung(standing),
            price_cap=standing.price_cap,
        )
        ask(session, member, wanted, item=item, entered_by=standing.entered_by, at=at)
    session.flush()


def _rung(standing: StandingRequest) -> UnitRung | None:
    return next((rung for rung in standing.item.rungs if rung.id == standing.rung_id), None)


def _still_open(session: Session, standing: StandingRequest) -> bool:
    found = session.scalar(
        select(RequestLine.id)
        .where(
            RequestLine.cooperative_id == standing.cooperative_id,
            RequestLine.member_id == standing.member_id,
            RequestLine.item_id == standing.item_id,
            RequestLine.state == RequestState.OPEN,
        )
        .limit(1)
    )
    return found is not None
