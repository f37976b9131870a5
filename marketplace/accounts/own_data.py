"""What the site holds about a person, gathered from every feature that holds something.

Features stand on floors above this one, so they are not asked by name: ``app.py`` plugs
their parts in. Values are plain: ids as text, times as RFC 3339, money as whole rupiah.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, ApiToken, Notice, SignIn
from marketplace.accounts.queries import sentence_of
from marketplace.kernel.ids import to_text

KEY = "own_data"
Part = Callable[[Session, UUID], Mapping[str, object]]


def install(app: Flask, parts: Iterable[Part]) -> None:
    """Say who contributes, in the order written."""
    app.extensions[KEY] = [*parts]


def collect(session: Session, account_id: UUID) -> dict[str, object]:
    """Gather everything that is kept about a person."""
    parts: list[Part] = current_app.extensions[KEY]
    return {name: value for part in parts for name, value in part(session, account_id).items()}


def of_account(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give the account itself, its devices, tokens and notices; no secret and no hash."""
    account = session.get_one(Account, account_id)
    return {
        "account": {
            "id": to_text(account.id),
            "name": account.name,
            "phone": account.phone,
            "email": account.email,
            "language": account.language,
            "created_at": account.created_at.isoformat(),
        },
        "sign_ins": [
            {
                "browser": row.browser,
                "address": row.address,
                "created_at": row.created_at.isoformat(),
                "seen_at": row.seen_at.isoformat(),
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            }
            for row in session.scalars(
                select(SignIn).where(SignIn.account_id == account_id).order_by(SignIn.id)
            )
        ],
        "tokens": [
            {"name": row.name, "scopes": row.scopes, "created_at": row.created_at.isoformat()}
            for row in session.scalars(
                select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id)
            )
        ],
        "notices": [
            {"text": str(sentence_of(row)), "created_at": row.created_at.isoformat()}
            for row in session.scalars(
                select(Notice).where(Notice.account_id == account_id).order_by(Notice.id)
            )
        ],
    }
