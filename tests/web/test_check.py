"""``flask check``: is this configuration fit for production?"""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.database import is_held
from tests.conftest import DATABASES, close


@pytest.fixture
def safe(own_app: Flask) -> Settings:
    """Settings of production, over a database that is ready."""
    return dataclasses.replace(
        own_app.config["SETTINGS"],
        env="production",
        secret_key="rahasia-yang-panjang-sekali-0123456789",
        public_url="https://guyub.example",
        trusted_hosts=("guyub.example",),
        mail_url="smtp://mail.example",
        rate_limits=True,
    )


def check(settings: Settings):
    app = create_app(settings)
    try:
        return app.test_cli_runner().invoke(args=["check"])
    finally:
        close(app)


def test_a_safe_configuration_is_fit(safe):
    result = check(safe)

    assert (result.exit_code, result.output) == (0, "fit for production\n")


def test_what_is_unsafe_is_named(own_app):
    result = own_app.test_cli_runner().invoke(args=["check"])

    assert result.exit_code == 1
    assert "SECRET_KEY: needs at least 32 characters" in result.output
    assert "RATE_LIMITS" in result.output


def test_a_database_that_does_not_answer_is_named(safe):
    nobody_there = "postgresql+psycopg://guyub@127.0.0.1:1/guyub"

    result = check(dataclasses.replace(safe, database_url=nobody_there))

    assert result.exit_code == 1
    assert "the database cannot be asked (OperationalError)" in result.output


@pytest.mark.skipif("postgresql" not in DATABASES, reason="only PostgreSQL has superusers")
def test_a_superuser_is_named_because_no_wall_holds_one(safe, fresh_database):
    url = make_url(fresh_database("postgresql")).set(username="postgres")

    result = check(dataclasses.replace(safe, database_url=url.render_as_string()))

    assert result.exit_code == 1
    assert "row-level security does not hold a superuser" in result.output


def test_the_tests_own_user_is_held(fresh_database):
    for kind in DATABASES:
        engine = create_engine(fresh_database(kind))
        with Session(engine) as session:
            assert is_held(session)
        engine.dispose()
