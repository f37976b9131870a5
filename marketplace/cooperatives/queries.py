"""Reading cooperatives and who acts for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative, Invite, OldSlug, PickupPoint, Post
from marketplace.cooperatives.rules import OFFICER_POSTS, would_be_missed
from marketplace.database import beyond
from marketplace.kernel.access import GRANTS, Permission, Role
from marketplace.kernel.errors import Gone, NotFound
from marketplace.kernel.secrets import hashed
from marketplace.kernel.text import say

# Asked on every page of a cooperative: made once, so that only the values change.
_BY_SLUG = select(Cooperative).where(Cooperative.slug == bindparam("slug"))
_ROLES = select(Post.role).where(
    Post.cooperative_id == bindparam("cooperative_id"),
    Post.account_id == bindparam("account_id"),
    Post.ended_at.is_(None),
)


def by_slug(session: Session, slug: str) -> Cooperative:
    """Fetch the cooperative that an address names now."""
    found = session.scalar(_BY_SLUG, {"slug": slug})
    if found is None:
        raise NotFound(say("Koperasi tidak ditemukan."))
    return found


def by_id(session: Session, cooperative_id: int) -> Cooperative:
    """Fetch a cooperative by its number."""
    found = session.get(Cooperative, cooperative_id)
    if found is None:
        raise NotFound(say("Koperasi tidak ditemukan."))
    return found


def renamed_to(session: Session, old_slug: str) -> str | None:
    """Find the present slug of a cooperative that once had another."""
    return session.scalar(
        select(Cooperative.slug)
        .join(OldSlug, OldSlug.cooperative_id == Cooperative.id)
        .where(OldSlug.slug == old_slug)
    )


def roles_of(session: Session, cooperative_id: int, account_id: UUID) -> frozenset[Role]:
    """List the posts a person holds now in one cooperative."""
    values = {"cooperative_id": cooperative_id, "account_id": account_id}
    return frozenset(session.scalars(_ROLES, values))


@dataclass(frozen=True, slots=True)
class Held:
    """A post with the person who holds it."""

    post: Post
    account: Account


@dataclass(frozen=True, slots=True)
class Mine:
    """A cooperative in which a person holds posts."""

    cooperative: Cooperative
    roles: tuple[Role, ...]


def mine(session: Session, account_id: UUID) -> list[Mine]:
    """List the cooperatives in which a person holds posts now, with these posts."""
    rows = session.execute(
        select(Cooperative, Post.role)
        .join(Post, Post.cooperative_id == Cooperative.id)
        .where(Post.account_id == account_id, Post.ended_at.is_(None))
        .order_by(Cooperative.name, Cooperative.id, Post.started_at, Post.id)
    ).all()
    found: dict[int, Mine] = {}
    for cooperative, role in rows:
        known = found.get(cooperative.id, Mine(cooperative, ()))
        found[cooperative.id] = Mine(cooperative, (*known.roles, role))
    return list(found.values())


def left_alone_without(session: Session, account_id: UUID) -> list[Cooperative]:
    """List the cooperatives that would have no chair or no officer without this person."""
    held = mine(session, account_id)
    rows = session.execute(
        select(Post.cooperative_id, Post.role).where(
            Post.cooperative_id.in_([each.cooperative.id for each in held]),
            Post.account_id != account_id,
            Post.ended_at.is_(None),
        )
    ).all()
    return [
        each.cooperative
        for each in held
        if would_be_missed(each.roles, [role for id_, role in rows if id_ == each.cooperative.id])
    ]


def points(session: Session, cooperative_id: int, *, active: bool = True) -> Sequence[PickupPoint]:
    """List the pickup points of a cooperative in their order."""
    chosen = select(PickupPoint).where(PickupPoint.cooperative_id == cooperative_id)
    if active:
        chosen = chosen.where(PickupPoint.active)
    return session.scalars(
        chosen.order_by(PickupPoint.active.desc(), PickupPoint.position, PickupPoint.id)
    ).all()


def point(session: Session, cooperative_id: int, point_id: UUID) -> PickupPoint:
    """Fetch one of a cooperative's pickup points."""
    found = session.get(PickupPoint, (cooperative_id, point_id))
    if found is None:
        raise NotFound(say("Titik ambil tidak ditemukan."))
    return found


def holders(session: Session, cooperative_id: int) -> list[Held]:
    """List who holds which post now, officers before sellers and members."""
    rows = session.execute(
        select(Post, Account)
        .join(Account, Account.id == Post.account_id)
        .where(Post.cooperative_id == cooperative_id, Post.ended_at.is_(None))
        .order_by(Account.name, Post.id)
        .limit(1000)
    ).all()
    order = list(Role)
    return sorted((Held(p, a) for p, a in rows), key=lambda held: order.index(held.post.role))


def holders_of(session: Session, cooperative_id: int, permission: Permission) -> list[UUID]:
    """List the accounts whose posts carry a permission in one cooperative."""
    roles = [role for role, granted in GRANTS.items() if permission in granted]
    return list(
        session.scalars(
            select(Post.account_id)
            .where(
                Post.cooperative_id == cooperative_id,
                Post.role.in_(roles),
                Post.ended_at.is_(None),
            )
            .distinct()
        )
    )


def post(session: Session, cooperative_id: int, post_id: UUID) -> Post:
    """Fetch a post of this cooperative."""
    found = session.get(Post, (cooperative_id, post_id))
    if found is None:
        raise NotFound(say("Jabatan ini tidak ada."))
    return found


def posts_of(session: Session, cooperative_id: int, account_id: UUID) -> Sequence[Post]:
    """List the posts a person holds now in one cooperative."""
    return session.scalars(
        select(Post).where(
            Post.cooperative_id == cooperative_id,
            Post.account_id == account_id,
            Post.ended_at.is_(None),
        )
    ).all()


def is_officer_elsewhere(session: Session, cooperative_id: int, account_id: UUID) -> bool:
    """Say whether a person is trusted with another cooperative."""
    elsewhere = (
        select(Post.id)
        .where(
            Post.cooperative_id != cooperative_id,
            Post.account_id == account_id,
            Post.ended_at.is_(None),
            Post.role.in_(OFFICER_POSTS),
        )
        .limit(1)
    )
    with beyond(session):
        found = session.scalar(elsewhere)
    return found is not None


def open_invites(session: Session, cooperative_id: int, *, at: datetime) -> Sequence[Invite]:
    """List the invitations that wait to be used, newest first."""
    return session.scalars(
        select(Invite)
        .where(
            Invite.cooperative_id == cooperative_id,
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
            Invite.expires_at > at,
        )
        .order_by(Invite.id.desc())
        .limit(200)
    ).all()


def open_invite(session: Session, secret: str, *, at: datetime) -> Invite:
    """Fetch the invitation behind a link, if it still works."""
    found = session.scalar(
        select(Invite).where(
            Invite.secret_hash == hashed(secret),
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
            Invite.expires_at > at,
        )
    )
    if found is None:
        raise Gone(say("Undangan ini sudah dipakai, ditarik, atau lewat waktu. Minta yang baru."))
    return found


def all_cooperatives(
    session: Session, *, text: str = "", page: int = 1, per_page: int = 50
) -> tuple[Sequence[Cooperative], int]:
    """List a page of all cooperatives by name, and how many there are; for operators."""
    chosen = select(Cooperative)
    if text:
        chosen = chosen.where(
            Cooperative.name.icontains(text, autoescape=True)
            | Cooperative.slug.icontains(text, autoescape=True)
        )
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(Cooperative.name, Cooperative.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    return rows, total
