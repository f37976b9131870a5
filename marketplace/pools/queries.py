"""Reading what was sold together."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.pools.models import Pool


def pools(
    session: Session, cooperative_id: int, *, before: UUID | None = None, limit: int = 30
) -> Sequence[Pool]:
    """List a cooperative's pooled sales with their shares, newest first."""
    older = [] if before is None else [Pool.id < before]
    return session.scalars(
        select(Pool)
        .where(Pool.cooperative_id == cooperative_id, *older)
        .options(selectinload(Pool.shares))
        .order_by(Pool.id.desc())
        .limit(limit)
    ).all()


def pool(session: Session, cooperative_id: int, pool_id: UUID) -> Pool:
    """Fetch one pooled sale with its shares. Raises NotFound."""
    found = session.scalar(
        select(Pool)
        .where(Pool.cooperative_id == cooperative_id, Pool.id == pool_id)
        .options(selectinload(Pool.shares))
    )
    if found is None:
        raise NotFound(say("Penjualan bersama itu tidak ada."))
    return found


def by_key(session: Session, cooperative_id: int, key: str) -> Pool | None:
    """Find what was shared under a form's key."""
    return session.scalar(
        select(Pool)
        .where(Pool.cooperative_id == cooperative_id, Pool.key == key)
        .options(selectinload(Pool.shares))
    )
