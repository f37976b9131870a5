"""Joining lines of the register to the accounts of those who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as people
from marketplace.cooperatives import queries as cooperative_queries
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.rules import ROLE_NAMES
from marketplace.cooperatives.service.posts import lock
from marketplace.kernel.access import Role
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.members import queries
from marketplace.members.models import Member
from marketplace.members.service.register import AlreadyMember, tell


def link_account(
    session: Session, cooperative_id: int, member_id: UUID, account_id: UUID, *, at: datetime
) -> Member:
    """Join a line of the register to the account of a person who holds a post here.

    Holding a post means that the person accepted an invitation: nobody is joined unasked.
    """
    accounts.staying(session, account_id)
    lock(session, cooperative_id)
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
    tell(session, "member.changed", member, at=at)
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
    accounts.staying(session, account_id)
    invite = cooperatives.accept_invite(session, secret, account_id, at=at)
    cooperative = lock(session, invite.cooperative_id)
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
