"""Admitting, changing and releasing members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import service as people
from marketplace.cooperatives import queries as cooperative_queries
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.rules import ROLE_NAMES
from marketplace.kernel.access import Role
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


def _lock(session: Session, cooperative_id: int) -> Cooperative:
    """Hold the cooperative's row: numbers are given and members counted one after the other."""
    return session.get_one(Cooperative, cooperative_id, with_for_update=True)


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
    cooperative = _lock(session, cooperative_id)
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
    _tell(session, "member.admitted", member, at=at)
    return member


def _tell(session: Session, topic: str, member: Member, *, at: datetime) -> None:
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
    _tell(session, "member.changed", member, at=at)
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
    cooperative = _lock(session, cooperative_id)
    member = queries.member(session, cooperative_id, member_id)
    if member.left_on is not None:
        return member
    member.left_on = check_leaving(on, member.admitted_on, local_day(at))
    member.leaving_reason = reason
    if member.account_id is not None:
        _end_posts(session, cooperative, member.account_id, by=by, at=at)
    _recount(session, cooperative)
    _tell(session, "member.left", member, at=at)
    return member


def _end_posts(
    session: Session, cooperative: Cooperative, account_id: UUID, *, by: UUID, at: datetime
) -> None:
    for post in cooperative_queries.posts_of(session, cooperative.id, account_id):
        cooperatives.end_post(session, cooperative, post.id, by=by, at=at)


def link_account(
    session: Session, cooperative_id: int, member_id: UUID, account_id: UUID, *, at: datetime
) -> Member:
    """Join a line of the register to the account of a person who holds a post here.

    Holding a post means that the person accepted an invitation: nobody is joined unasked.
    """
    _lock(session, cooperative_id)
    member = queries.member(session, cooperative_id, member_id)
    if not cooperative_queries.posts_of(session, cooperative_id, account_id):
        raise RuleBroken(say("Undang orang ini dulu, supaya akunnya bisa disambungkan."))
    return _join(session, member, account_id, at=at)


def _join(session: Session, member: Member, account_id: UUID, *, at: datetime) -> Member:
    if member.left_on is not None:
        raise RuleBroken(say("Anggota ini sudah keluar."))
    if member.account_id == account_id:
        return member
    known = queries.member_of(session, member.cooperative_id, account_id)
    if member.account_id is not None or known is not None:
        raise AlreadyMember
    member.account_id = account_id
    session.flush()
    _tell(session, "member.changed", member, at=at)
    return member


def invite_member(
    session: Session,
    cooperative: Cooperative,
    member_id: UUID,
    role: Role,
    *,
    by: UUID,
    at: datetime,
) -> str:
    """Make a link by which a member of the register gets an account of their own."""
    member = queries.member(session, cooperative.id, member_id)
    if member.left_on is not None:
        raise RuleBroken(say("Anggota ini sudah keluar."))
    if member.account_id is not None:
        raise RuleBroken(say("Anggota ini sudah punya akun."))
    return cooperatives.invite(
        session,
        cooperative,
        role,
        by=by,
        name=member.name,
        phone=member.phone,
        member_id=member.id,
        at=at,
    )


def accept_invite(session: Session, secret: str, account_id: UUID, *, at: datetime) -> Cooperative:
    """Take the post of an invitation and the line of the register that belongs to it."""
    invite = cooperatives.accept_invite(session, secret, account_id, at=at)
    cooperative = _lock(session, invite.cooperative_id)
    if invite.member_id is not None:
        member = queries.member(session, invite.cooperative_id, invite.member_id)
        _join(session, member, account_id, at=at)
    people.notify(
        session,
        invite.created_by,
        f"invite:{to_text(invite.id)}",
        say("Undanganmu untuk %(name)s diterima.", name=invite.name or ROLE_NAMES[invite.role]),
        f"/k/{cooperative.slug}/kelola/pengurus",
        at,
    )
    return cooperative
