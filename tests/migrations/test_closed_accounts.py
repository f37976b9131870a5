"""The check on accounts, which migration 0009 widens, holds on both databases both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import DateTime, Uuid, bindparam, text
from sqlalchemy.exc import IntegrityError

from marketplace.app import create_app
from marketplace.kernel.ids import new_id
from marketplace.web.extensions import db
from tests.conftest import make_settings

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
MOMENT = DateTime(timezone=True)
INSERT = text(
    "INSERT INTO accounts"
    " (id, name, phone, language, is_operator, is_office, created_at, closed_at)"
    " VALUES (:id, 'Sari', :phone, 'id', false, false, :at, :closed_at)"
).bindparams(
    bindparam("id", type_=Uuid()),
    bindparam("at", type_=MOMENT),
    bindparam("closed_at", type_=MOMENT),
)
EMAIL = text("SELECT email FROM accounts WHERE id = :id").bindparams(bindparam("id", type_=Uuid()))


@pytest.fixture
def migrated(database: str, fresh_database: Callable[[str], str], tmp_path: Path) -> Flask:
    return create_app(make_settings(fresh_database(database), tmp_path))


def insert(*, phone: str | None, closed_at: datetime | None) -> UUID:
    id_ = new_id()
    with db.engine.begin() as connection:
        connection.execute(
            INSERT, {"id": id_, "phone": phone, "at": SATURDAY, "closed_at": closed_at}
        )
    return id_


def test_only_a_closed_account_may_be_reachable_by_nothing(migrated: Flask) -> None:
    with migrated.app_context():
        insert(phone=None, closed_at=SATURDAY)
        insert(phone="+6281234567890", closed_at=None)

        with pytest.raises(IntegrityError):
            insert(phone=None, closed_at=None)
        db.engine.dispose()


def test_going_back_keeps_closed_accounts_and_the_narrow_check(migrated: Flask) -> None:
    with migrated.app_context():
        closed = insert(phone=None, closed_at=SATURDAY)

        downgrade(revision="0008")

        with db.engine.connect() as connection:
            email = connection.scalar(EMAIL, {"id": closed})
        assert email.endswith("@contoh.invalid")
        with pytest.raises(IntegrityError):
            insert(phone=None, closed_at=SATURDAY)
        upgrade()
        assert insert(phone=None, closed_at=SATURDAY)
        db.engine.dispose()
