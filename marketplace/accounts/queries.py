"""Reading people and their sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import SignIn
from marketplace.kernel.secrets import hashed


def open_sign_in(session: Session, secret: str, *, at: datetime) -> SignIn | None:
    """Find the sign-in behind a cookie's secret, unless it ended, ran out or was closed."""
    found = session.scalar(
        select(SignIn).where(
            SignIn.secret_hash == hashed(secret),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > at,
        )
    )
    if found is None or found.account.closed_at is not None:
        return None
    return found
