"""Reading cooperatives and who acts for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, OldSlug, Post
from marketplace.kernel.access import Role
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say


def by_slug(session: Session, slug: str) -> Cooperative:
    """Fetch the cooperative that an address names now."""
    found = session.scalar(select(Cooperative).where(Cooperative.slug == slug))
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
    return frozenset(
        session.scalars(
            select(Post.role).where(
                Post.cooperative_id == cooperative_id,
                Post.account_id == account_id,
                Post.ended_at.is_(None),
            )
        )
    )
