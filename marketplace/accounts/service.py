"""Everything that changes people and their sign-ins."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, SignIn
from marketplace.kernel.secrets import hashed, new_secret

SIGN_IN_DAYS = 30


def start_sign_in(
    session: Session, account: Account, *, browser: str, address: str, at: datetime
) -> str:
    """Sign a person in on one browser; returns the secret for the cookie."""
    secret = new_secret()
    session.add(
        SignIn(
            account_id=account.id,
            secret_hash=hashed(secret),
            browser=browser[:200],
            address=address[:60],
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=SIGN_IN_DAYS),
        )
    )
    session.flush()
    return secret
