"""The person behind this request."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask_login import UserMixin, current_user

from marketplace.accounts import queries
from marketplace.accounts.models import SignIn
from marketplace.web.clock import now
from marketplace.web.extensions import db, login


class Person(UserMixin):
    """A signed-in account together with the sign-in that proves it.

    The cookie names the secret of the sign-in, not the account, so ending the
    sign-in ends the cookie at once.
    """

    def __init__(self, sign_in: SignIn, secret: str) -> None:
        account = sign_in.account
        self.account = account
        self.account_id: UUID = account.id
        self.sign_in_id: UUID = sign_in.id
        self.seen_at = sign_in.seen_at
        self.name = account.name
        self.language = account.language
        self.is_operator = account.is_operator
        self.is_office = account.is_office
        self.scopes: frozenset[str] | None = None  # None: a browser, which may everything
        self._secret = secret

    def get_id(self) -> str:
        """Give the secret that the session cookie keeps."""
        return self._secret


@login.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> Person | None:
    """Find the sign-in that the cookie's secret opens, if it has not ended."""
    sign_in = queries.open_sign_in(db.session(), secret, at=now())
    return Person(sign_in, secret) if sign_in is not None else None


def me() -> Person:
    """Return the person who is signed in."""
    return cast(Person, current_user._get_current_object())


def my_account_id() -> UUID | None:
    """Return the signed-in person's account id, or None for a guest."""
    return me().account_id if current_user.is_authenticated else None
