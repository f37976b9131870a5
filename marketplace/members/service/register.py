"""Admitting, changing and releasing members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.cooperatives import queries as cooperative_queries
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.service.posts import lock
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.members import queries
from marketplace.members.models import Member
from marketplace.members.rules import check_admission, check_leaving
from marketplace.outbox import service as outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the register says of a member and officers may change."""

    name: str
    called: str | None = None
    trade: str | None = None
    phone: str | None = None
    address: str | None = None


class AlreadyMember(RuleBroken):
    """One person stands in the register of one cooperative only once at a time."""

    code = "already_member"

    def __init__(self) -> None:
        super().__init__(say("Orang ini sudah tercatat sebagai anggota."))


def _recount(session: Session, cooperative: Cooperative) -> None:
    session.flush()
    cooperative.member_count = queries.count_present(session, cooperative.id)
    session.flush()


def _write(member: Member, entry: Entry) -> None:
    member.name, member.called = entry.name, entry.called or entry.name
    member.trade, member.phone, member.address = entry.trade, entry.phone, entry.address


def admit(
    session: Session,
    cooperative_id: int,
    entry: Entry,
    *,
    admitted_on: date | None = None,
    account_id: UUID | None = None,
    at: datetime,
) -> Member:
    """Write a new member into the register under the next number, which is never reused."""
    today = local_day(at)
    day = check_admission(admitted_on or today, today)
    if account_id is not None:
        accounts.staying(session, account_id)
    cooperative = lock(session, cooperative_id)
    if account_id and queries.member_of(session, cooperative_id, account_id):
        raise AlreadyMember
    last = session.scalar(
        select(func.max(Member.number)).where(Member.cooperative_id == cooperative_id)
    )
    member = Member(
        cooperative_id=cooperative_id,
        number=(last or 0) + 1,
        account_id=account_id,
        admitted_on=day,
        created_at=at,
    )
    _write(member, entry)
    session.add(member)
    _recount(session, cooperative)
    tell(session, "member.admitted", member, at=at)
    return member


def tell(session: Session, topic: str, member: Member, *, at: datetime) -> None:
    """Leave word of what happened to a line of the register."""
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative_id=member.cooperative_id,
        member_id=to_text(member.id),
        number=member.number,
    )


def edit(
    session: Session, cooperative_id: int, member_id: UUID, entry: Entry, *, at: datetime
) -> Member:
    """Correct what the register says; number and day of admission stay as they are."""
    member = queries.member(session, cooperative_id, member_id)
    _write(member, entry)
    session.flush()
    tell(session, "member.changed", member, at=at)
    return member


def leave(
    session: Session,
    cooperative_id: int,
    member_id: UUID,
    *,
    on: date,
    reason: str,
    by: UUID,
    at: datetime,
) -> Member:
    """Release a member; their posts end with it, so that nothing stays open to them."""
    cooperative = lock(session, cooperative_id)
    member = queries.member(session, cooperative_id, member_id)
    if member.left_on is not None:
        return member
    member.left_on = check_leaving(on, member.admitted_on, local_day(at))
    member.leaving_reason = reason
    if member.account_id is not None:
        _end_posts(session, cooperative, member.account_id, by=by, at=at)
    _recount(session, cooperative)
    tell(session, "member.left", member, at=at)
    return member


def _end_posts(
    session: Session, cooperative: Cooperative, account_id: UUID, *, by: UUID, at: datetime
) -> None:
    for post in cooperative_queries.posts_of(session, cooperative.id, account_id):
        cooperatives.end_post(session, cooperative, post.id, by=by, at=at)
