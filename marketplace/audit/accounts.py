"""What must hold for people who closed their account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, ApiToken, Notice, SignIn
from marketplace.cooperatives.models import Post
from marketplace.members.models import Member

Rows = Iterator[tuple[str, str]]


def closed(session: Session, _at: datetime) -> Rows:
    """Find closed accounts by which somebody could still be known, reached or let in."""
    held = (
        exists().where(model.account_id == Account.id)
        for model in (SignIn, ApiToken, Notice, Member)
    )
    posts = exists().where(Post.account_id == Account.id, Post.ended_at.is_(None))
    facts = (
        column.is_not(None) for column in (Account.phone, Account.email, Account.password_hash)
    )
    rows = session.scalars(
        select(Account.id).where(Account.closed_at.is_not(None), or_(*facts, *held, posts))
    )
    for account_id in rows:
        yield f"accounts {account_id}", "closed, and still holds something of its person"
