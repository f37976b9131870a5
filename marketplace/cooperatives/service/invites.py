"""Links by which officers call people in; shared by WhatsApp, they work once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, Invite
from marketplace.cooperatives.service.posts import check_may_give, give_post
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Gone, NotAllowed, NotFound
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.kernel.text import say

INVITE_LASTS = timedelta(days=14)


def invite(
    session: Session,
    cooperative: Cooperative,
    role: Role,
    *,
    by: UUID,
    as_operator: bool = False,
    name: str | None = None,
    phone: str | None = None,
    member_id: UUID | None = None,
    at: datetime,
) -> str:
    """Make a link that gives its first user this post; gives its secret, kept only as a hash.

    ``member_id`` is the line of the register that will belong to whoever accepts.
    """
    if not as_operator:
        check_may_give(session, cooperative.id, by, role)
    secret = new_secret()
    session.add(
        Invite(
            cooperative_id=cooperative.id,
            secret_hash=hashed(secret),
            role=role,
            name=name,
            phone=phone,
            member_id=member_id,
            created_by=by,
            created_at=at,
            expires_at=at + INVITE_LASTS,
        )
    )
    session.flush()
    return secret


def revoke_invite(
    session: Session, cooperative: Cooperative, invite_id: UUID, *, at: datetime
) -> None:
    """Take an invitation back before it is used; twice does no harm."""
    found = session.get(Invite, (cooperative.id, invite_id))
    if found is None:
        raise NotFound(say("Undangan tidak ditemukan."))
    if found.used_at is not None:
        raise Gone(say("Undangan ini sudah dipakai."))
    found.revoked_at = found.revoked_at or at
    session.flush()


def forget_invited(session: Session, account_id: UUID) -> None:
    """Forget by what name and number somebody was called in who now closes their account."""
    session.execute(
        update(Invite).where(Invite.used_by == account_id).values(name=None, phone=None)
    )


def accept_invite(session: Session, secret: str, account_id: UUID, *, at: datetime) -> Invite:
    """Give the post of an invitation to whoever follows it first, but never to its maker."""
    found = queries.open_invite(session, secret, at=at)
    if found.created_by == account_id:
        raise NotAllowed(say("Undangan ini untuk orang lain: kamu sendiri yang membuatnya."))
    used = session.scalars(
        update(Invite)
        .where(
            Invite.cooperative_id == found.cooperative_id,
            Invite.id == found.id,
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
        )
        .values(used_at=at, used_by=account_id)
        .returning(Invite.id)
    ).all()
    if not used:
        raise Gone(say("Undangan ini sudah dipakai."))
    cooperative = session.get_one(Cooperative, found.cooperative_id)
    give_post(session, cooperative, account_id, found.role, by=None, at=at)
    return found
