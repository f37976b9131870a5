"""Keys for programs that act for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Account, ApiToken
from marketplace.accounts.rules import check_scopes
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.kernel.text import say

PREFIX = "guyub_"
MOST_TOKENS = 20
USED_EVERY = timedelta(minutes=10)


def create_token(
    session: Session,
    account: Account,
    name: str,
    scopes: Iterable[str],
    expires: datetime | None,
    *,
    at: datetime,
) -> str:
    """Make a token within scopes; its secret is given once and kept only as a hash."""
    if len(queries.tokens_of(session, account.id)) >= MOST_TOKENS:
        raise Invalid(
            say("Paling banyak %(count)s token. Cabut yang tidak terpakai.", count=MOST_TOKENS)
        )
    secret = PREFIX + new_secret()
    session.add(
        ApiToken(
            account_id=account.id,
            name=name[:80],
            secret_hash=hashed(secret),
            scopes=check_scopes(scopes),
            created_at=at,
            expires_at=expires,
        )
    )
    session.flush()
    return secret


def token_person(session: Session, secret: str, *, at: datetime) -> ApiToken | None:
    """Find the open token behind a secret (with ``.account`` and ``.scopes``) and note its use.

    The note is written at most every ten minutes, and only where writing is allowed:
    a request that only reads calls ``queries.open_token``.
    """
    token = queries.open_token(session, secret, at=at)
    if token is not None and (token.used_at is None or token.used_at <= at - USED_EVERY):
        token.used_at = at
        session.flush()
    return token


def revoke_token(session: Session, account_id: UUID, token_id: UUID, *, at: datetime) -> None:
    """Take a token back; twice does no harm."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise NotFound(say("Token ini tidak ada."))
    token.revoked_at = token.revoked_at or at
    session.flush()
