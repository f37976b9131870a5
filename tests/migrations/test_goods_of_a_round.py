"""Migration 0034 makes a round of one good of each round there was, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Uuid, bindparam, text

from marketplace.app import create_app
from marketplace.kernel.money import Rupiah
from marketplace.supply import service
from marketplace.supply.models import BaseUnit
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.conftest import make_settings
from tests.makers import make_cooperative, make_member, make_officer

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
CARTON = Terms("Grosir Gadang", "karton", 4, Rupiah(400_000), tiers=((3, 380_000),))
ROUNDS = text("SELECT number, item_name, pack_price, state FROM supply_rounds ORDER BY number")
LINK = "SELECT {column} FROM supply_request_lines WHERE id = :id"


@pytest.fixture
def migrated(database: str, fresh_database: Callable[[str], str], tmp_path: Path) -> Flask:
    return create_app(make_settings(fresh_database(database), tmp_path))


def two_goods() -> tuple[UUID, UUID]:
    """Open a round of oil and sugar, with a wish for sugar; gives the wish and its pool."""
    with transaction() as session:
        shop = make_cooperative(session)
        officer, member = make_officer(session, shop), make_member(session, shop, "Bu Sri")
        oil, sugar = (
            service.add_item(
                session, shop.id, name=name, base_unit=BaseUnit.PIECE, unit="buah", factor=1,
                at=SATURDAY,
            )
            for name in ("Minyak", "Gula")
        )  # fmt: skip
        plan = RoundPlan(SUNDAY, "Balai")
        first = service.open_round(session, oil, CARTON, plan, opened_by=officer.id, at=SATURDAY)
        second = service.add_good(session, first.round, sugar, CARTON, at=SATURDAY)
        line = service.join(session, second, member, Wanted(4), entered_by=officer.id, at=SATURDAY)
        return line.id, second.id


def link(column: str, line_id: UUID) -> object:
    query = text(LINK.format(column=column)).bindparams(bindparam("id", line_id, type_=Uuid()))
    with db.engine.connect() as connection:
        return connection.scalar(query.columns(**{column: Uuid()}))


def test_each_good_becomes_a_round_and_a_round_again_holds_its_goods(migrated: Flask) -> None:
    with migrated.app_context():
        line_id, pool_id = two_goods()
        downgrade(revision="0033")
        with db.engine.connect() as connection:
            before = [tuple(row) for row in connection.execute(ROUNDS)]
        back = link("round_id", line_id)
        upgrade()
        forth = link("pool_id", line_id)
        with db.engine.connect() as connection:
            goods = connection.execute(
                text("SELECT place, item_name FROM supply_pools ORDER BY item_name")
            ).all()
        db.engine.dispose()

    assert before == [(1, "Minyak", 400_000, "dibuka"), (2, "Gula", 400_000, "dibuka")]
    assert back == forth == pool_id
    assert [tuple(good) for good in goods] == [(1, "Gula"), (1, "Minyak")]
