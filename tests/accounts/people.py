"""People who can really sign in, for tests of accounts: hashing costs, so few are made."""

from __future__ import annotations

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.accounts import service
from marketplace.accounts.models import Account
from marketplace.accounts.rules import Login

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
PASSWORD = "kelapa muda terbang"
OTHER = "perahu kertas sore"
PHONE = "0812 3456 7890"
SARI = Login(phone="+6281234567890")


def make_sari(session: Session, **facts: object) -> Account:
    """Register Sari, who signs in by phone; further facts are written over it."""
    account = service.register(
        session,
        name="Sari",
        login=SARI,
        password_hash=service.prepare_password(PASSWORD, own=[]),
        at=SATURDAY,
    )
    assert account is not None
    for name, value in facts.items():
        setattr(account, name, value)
    session.flush()
    return account


def prove(session: Session, account: Account) -> service.Proof:
    """Say the password again."""
    return service.prove_again(session, account.id, PASSWORD)


def type_password(
    browser: FlaskClient, password: str = PASSWORD, login: str = PHONE, **more: str
) -> TestResponse:
    """Sign in through the form."""
    return browser.post("/masuk", data={"login": login, "password": password, **more})
