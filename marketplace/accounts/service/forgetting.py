"""Forgetting what is over: where people once signed in, and links nobody can use."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from marketplace.accounts.models import OneTimeLink, SignIn

REMEMBERED = timedelta(days=30)


def forget_what_is_over(session: Session, *, at: datetime) -> None:
    """Drop sign-ins and links a month after they ended; they hold addresses of people."""
    long_ago = at - REMEMBERED
    session.execute(
        delete(SignIn).where(or_(SignIn.ended_at < long_ago, SignIn.expires_at < long_ago))
    )
    session.execute(
        delete(OneTimeLink).where(
            or_(OneTimeLink.used_at < long_ago, OneTimeLink.expires_at < long_ago)
        )
    )
