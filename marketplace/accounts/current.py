"""The person behind this request."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import structlog
from flask import Flask, Request, Response, g, has_request_context, session
from flask_login import UserMixin, current_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.accounts import queries, service
from marketplace.accounts.models import ApiToken, SignIn
from marketplace.accounts.rules import browser_name
from marketplace.accounts.service.signing_in import TOUCH_EVERY
from marketplace.accounts.service.tokens import USED_EVERY
from marketplace.database import reading
from marketplace.database.engine import begin_writing
from marketplace.web.clock import now
from marketplace.web.errors import wants_problem
from marketplace.web.extensions import db, login
from marketplace.web.transactions import transaction

LONGEST_TOKEN = 200
log = structlog.get_logger()


class Person(UserMixin):
    """A signed-in account together with the sign-in or token that proves it.

    The cookie names the secret of the sign-in, not the account, so ending the
    sign-in ends the cookie at once.
    """

    def __init__(self, proof: SignIn | ApiToken, secret: str) -> None:
        account = proof.account
        self.account = account
        self.account_id: UUID = account.id
        self.sign_in_id: UUID | None = proof.id if isinstance(proof, SignIn) else None
        self.seen_at = proof.seen_at if isinstance(proof, SignIn) else proof.used_at
        self.name = account.name
        self.language = account.language
        self.is_operator = account.is_operator
        self.is_office = account.is_office
        # None: a browser, which may everything
        self.scopes = frozenset(proof.scopes) if isinstance(proof, ApiToken) else None
        self._secret = secret

    def get_id(self) -> str:
        """Give the secret that the session cookie keeps."""
        return self._secret

    def note_use(self, session: Session, at: datetime) -> None:
        """Write down that the sign-in or token was used."""
        if self.sign_in_id is not None:
            service.touch(session, self.sign_in_id, at=at)
        else:
            service.token_person(session, self._secret, at=at)


@login.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> Person | None:
    """Find the sign-in that the cookie's secret opens, if it has not ended.

    Cookies do not count where programs call: a page of another site could send them along.
    """
    if wants_problem():
        return None
    sign_in = queries.open_sign_in(db.session(), secret, at=now())
    return Person(sign_in, secret) if sign_in is not None else None


@login.request_loader  # type: ignore[untyped-decorator]
def load_by_token(request: Request) -> Person | None:
    """Find the person behind a bearer token; tokens count only where programs call."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not wants_problem() or kind.lower() != "bearer" or not 0 < len(secret) <= LONGEST_TOKEN:
        return None
    return person_by_token(db.session(), secret.strip())


def person_by_token(session: Session, secret: str) -> Person | None:
    """Find the person for whom a program acts by a token; only reads."""
    token = queries.open_token(session, secret, at=now())
    return Person(token, secret) if token is not None else None


def me() -> Person:
    """Return the person who is signed in."""
    return cast(Person, current_user._get_current_object())


def my_account_id() -> UUID | None:
    """Return the signed-in person's account id, or None for a guest."""
    return me().account_id if current_user.is_authenticated else None


def prove_me(password: str) -> service.Proof:
    """Ask for the person's password again; no write lock is held while it is hashed."""
    session, account_id = db.session(), me().account_id
    session.rollback()
    with reading():
        try:
            return service.prove_again(session, account_id, password)
        finally:
            session.rollback()


def remember(secret: str) -> None:
    """Put a new sign-in into the cookie; what another visitor of this browser left is dropped."""
    for name in ("_user_id", "_fresh", "csrf_token"):
        session.pop(name, None)
    session["_user_id"] = secret
    session["_fresh"] = True
    session.permanent = True
    g.pop("_login_user", None)


def forget() -> None:
    """Take everything out of the cookie."""
    session.clear()
    g.pop("_login_user", None)


def install(app: Flask) -> None:
    """Tell templates who is there, and note now and then that a browser is in use."""
    app.context_processor(_for_templates)
    app.after_request(_note_use)
    app.jinja_env.globals["browser_name"] = browser_name


def _for_templates() -> dict[str, Any]:
    if not has_request_context():
        return {}
    return {"me": _person_or_none(), "unread_notices": _unread_notices}


def _person_or_none() -> Person | None:
    """Name the person for a page, also for one that explains why the database is away."""
    try:
        return me() if current_user.is_authenticated else None
    except DBAPIError:
        db.session.rollback()
        return None


def _unread_notices() -> int:
    """Count the person's unread notices, once per page and only when a page asks."""
    if "unread_notices" not in g:
        person = _person_or_none()
        g.unread_notices = (
            queries.count_notices(db.session(), person.account_id, unread=True) if person else 0
        )
    found: int = g.unread_notices
    return found


def _note_use(response: Response) -> Response:
    """Write when a browser or a token was last used, in a small transaction of its own.

    Pages that only read hold no write lock; this comes after they are done.
    """
    person = g.get("_login_user")
    if not isinstance(person, Person) or response.is_streamed:
        return response
    at = now()
    every = TOUCH_EVERY if person.sign_in_id else USED_EVERY
    if person.seen_at is not None and person.seen_at > at - every:
        return response
    try:
        db.session.rollback()
        begin_writing()
        with transaction() as writing:
            person.note_use(writing, at)
    except DBAPIError as error:
        log.warning("use was not noted", error=str(error.orig))
    return response
