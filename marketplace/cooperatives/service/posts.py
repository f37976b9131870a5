"""Who holds which post in a cooperative."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as people
from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, Post
from marketplace.cooperatives.rules import ROLE_NAMES, may_give, may_reset
from marketplace.kernel.access import Role
from marketplace.kernel.errors import NotAllowed, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox


def lock(session: Session, cooperative_id: int) -> Cooperative:
    """Hold the cooperative's row: posts change, and members are numbered, one after the other."""
    return session.get_one(Cooperative, cooperative_id, with_for_update=True)


def check_may_give(session: Session, cooperative_id: int, by: UUID, role: Role) -> None:
    """Refuse who may neither give nor end this post here."""
    if not may_give(queries.roles_of(session, cooperative_id, by), role):
        raise NotAllowed(say("Jabatan ini hanya bisa diberikan oleh ketua."))


def give_post(
    session: Session,
    cooperative: Cooperative,
    account_id: UUID,
    role: Role,
    *,
    by: UUID | None,
    at: datetime,
) -> Post:
    """Let a person hold a post from now on; who holds it already keeps it.

    ``by`` is checked; None is only for those who run the site and for accepted invites,
    which were checked when they were made.
    """
    if by is not None:
        if by == account_id:
            raise NotAllowed(say("Jabatan tidak bisa diberikan kepada diri sendiri."))
        check_may_give(session, cooperative.id, by, role)
    lock(session, cooperative.id)
    held = session.scalar(
        select(Post).where(
            Post.cooperative_id == cooperative.id,
            Post.account_id == account_id,
            Post.role == role,
            Post.ended_at.is_(None),
        )
    )
    if held is not None:
        return held
    post = Post(
        cooperative_id=cooperative.id,
        account_id=account_id,
        role=role,
        given_by=by,
        started_at=at,
    )
    session.add(post)
    session.flush()
    _tell(session, "post.given", cooperative, post, at=at)
    return post


def _tell(
    session: Session, topic: str, cooperative: Cooperative, post: Post, *, at: datetime
) -> None:
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative_id=cooperative.id,
        post_id=to_text(post.id),
        account_id=to_text(post.account_id),
        role=post.role.value,
    )
    sentence = (
        say(
            "Kamu sekarang %(role)s di %(name)s.", role=ROLE_NAMES[post.role], name=cooperative.name
        )
        if topic == "post.given"
        else say(
            "Jabatanmu sebagai %(role)s di %(name)s selesai.",
            role=ROLE_NAMES[post.role],
            name=cooperative.name,
        )
    )
    cause = f"{topic}:{cooperative.id}:{to_text(post.id)}"
    people.notify(session, post.account_id, cause, sentence, "/akun", at)


def end_post(
    session: Session, cooperative: Cooperative, post_id: UUID, *, by: UUID, at: datetime
) -> None:
    """Take a post away, or lay it down oneself; the last chair has to stay."""
    post = queries.post(session, cooperative.id, post_id)
    if by != post.account_id:
        check_may_give(session, cooperative.id, by, post.role)
    lock(session, cooperative.id)
    session.refresh(post)
    if post.ended_at is None:
        _end(session, cooperative, post, at=at)


def _end(session: Session, cooperative: Cooperative, post: Post, *, at: datetime) -> None:
    if post.role is Role.CHAIR and _chairs(session, cooperative.id) <= 1:
        raise RuleBroken(say("Ini satu-satunya ketua. Beri jabatan ketua kepada orang lain dulu."))
    post.ended_at = at
    session.flush()
    _tell(session, "post.ended", cooperative, post, at=at)


def _chairs(session: Session, cooperative_id: int) -> int:
    chosen = select(func.count(Post.id)).where(
        Post.cooperative_id == cooperative_id, Post.role == Role.CHAIR, Post.ended_at.is_(None)
    )
    return session.scalar(chosen) or 0


def reset_link(
    session: Session, cooperative: Cooperative, account_id: UUID, *, by: UUID, at: datetime
) -> str:
    """Make a one-time link with which a person of this cooperative sets a new password.

    The officer hands it over; the person is told who made it.
    """
    account = accounts.account(session, account_id)
    officer = queries.roles_of(session, cooperative.id, by)
    owner = queries.roles_of(session, cooperative.id, account_id)
    trusted = (
        account.is_operator
        or account.is_office
        or queries.is_officer_elsewhere(session, cooperative.id, account_id)
    )
    if by == account_id or not may_reset(officer, owner, trusted_elsewhere=trusted):
        raise NotAllowed(say("Tautan untuk orang ini tidak bisa dibuat di sini."))
    secret = people.make_reset_link(session, account, by=by, at=at)
    sentence = say(
        "%(officer)s dari %(name)s membuatkan tautan untuk mengganti kata sandimu.",
        officer=accounts.account(session, by).name,
        name=cooperative.name,
    )
    cause = f"reset:{secret[:8]}"
    people.notify(session, account_id, cause, sentence, "/akun/keamanan", at)
    return secret
