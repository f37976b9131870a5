from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.accounts.rules import SCOPES
from marketplace.cooperatives.models import Cooperative
from marketplace.listings.models import Variant
from marketplace.orders.models import Purchase
from tests.makers import make_cooperative, make_listing, make_officer, make_point

V1 = "/api/v1"
_keys = count(1)


class Program:
    """A program that calls the API, with or without a token; each change gets a fresh key."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: object) -> TestResponse:
        return self.client.get(V1 + path, query_string=query, headers=self.headers)

    def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": key or f"test-key-{next(_keys)}"}
        return self.client.open(V1 + path, method=method, json=body, headers=headers)

    def post(self, path: str, body: object = None, key: str | None = None) -> TestResponse:
        return self.send("POST", path, body, key)


def make_token(session: Session, account: Account, *scopes: str) -> str:
    return accounts.create_token(
        session, account, "test", scopes or SCOPES, None, at=datetime.now(UTC)
    )


@pytest.fixture
def guest(client: FlaskClient) -> Program:
    return Program(client)


@pytest.fixture
def program(app: Flask, session: Session) -> Callable[..., Program]:
    """Make a program that acts for a person within scopes (all, unless some are named)."""

    def make(account: Account, *scopes: str) -> Program:
        token = make_token(session, account, *scopes)
        session.commit()
        return Program(app.test_client(), token)

    return make


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda")
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def keripik(session: Session, sanan: Cooperative) -> Variant:
    variant = make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=10)
    session.commit()
    return variant


@pytest.fixture
def officer(session: Session, sanan: Cooperative, program: Callable[..., Program]) -> Program:
    return program(make_officer(session, sanan))


def line_of(variant: Variant, quantity: int = 2) -> dict[str, Any]:
    from marketplace.kernel.ids import to_text

    return {"variant": to_text(variant.id), "quantity": quantity}


def purchase_of(
    variant: Variant,
    quantity: int = 2,
    *,
    cooperative: Cooperative | None = None,
    payment: str = "qris",
    **changes: object,
) -> dict[str, Any]:
    """The body of a purchase of one thing."""
    part = {"fulfilment": {"method": "pickup"}, "payment": payment}
    return {
        "lines": [line_of(variant, quantity)],
        "buyer": {"name": "Sari", "phone": "081234567890", "email": None},
        "orders": {cooperative.slug: part} if cooperative else {},
        "expected_total": variant.price.amount * quantity,
        **changes,
    }


@pytest.fixture
def placed(guest: Program, keripik: Variant, sanan: Cooperative) -> Callable[..., dict[str, Any]]:
    """Place a purchase; gives its answer."""

    def make(quantity: int = 2, payment: str = "qris") -> dict[str, Any]:
        answer = guest.post(
            "/purchases", purchase_of(keripik, quantity, cooperative=sanan, payment=payment)
        )
        assert answer.status_code == 201, answer.get_json()
        body: dict[str, Any] = answer.get_json()
        return body

    return make


def count_purchases(session: Session) -> int:
    from sqlalchemy import func, select

    return session.scalar(select(func.count(Purchase.id))) or 0
