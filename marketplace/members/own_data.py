"""What cooperatives keep about a person: posts and lines of registers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Post
from marketplace.members.models import Member


def of_member(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's posts and memberships, also those that ended."""
    posts = session.execute(
        select(Cooperative.slug, Post)
        .join(Post, Post.cooperative_id == Cooperative.id)
        .where(Post.account_id == account_id)
        .order_by(Post.started_at, Post.id)
    )
    lines = session.execute(
        select(Cooperative.slug, Member)
        .join(Member, Member.cooperative_id == Cooperative.id)
        .where(Member.account_id == account_id)
        .order_by(Member.admitted_on, Member.id)
    )
    return {
        "posts": [
            {
                "cooperative": slug,
                "role": post.role.value,
                "started_at": post.started_at.isoformat(),
                "ended_at": post.ended_at.isoformat() if post.ended_at else None,
            }
            for slug, post in posts
        ],
        "memberships": [
            {
                "cooperative": slug,
                "number": line.number,
                "name": line.name,
                "called": line.called,
                "trade": line.trade,
                "phone": line.phone,
                "address": line.address,
                "admitted_on": line.admitted_on.isoformat(),
                "left_on": line.left_on.isoformat() if line.left_on else None,
                "leaving_reason": line.leaving_reason,
            }
            for slug, line in lines
        ],
    }
