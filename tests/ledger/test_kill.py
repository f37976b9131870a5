"""kill -9 in the middle of posting: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerEntry
from marketplace.ledger.rules import Unit
from marketplace.orders.models import Purchase
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_listing, make_member, make_point

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.timeout(1800)]
ROUNDS = 50 if os.environ.get("GUYUB_LONG") else 3
ROOT = Path(__file__).parents[2]
LONGEST_LIFE, PATIENCE = 0.6, 60.0
PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Shop:
    app: Flask
    cooperative_id: int
    goods: dict[str, int]
    folder: Path

    def start(self, name: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a worker, and name the file in which it tells what it was told is kept."""
        told = self.folder / f"{name}.acknowledged"
        settings = {
            "env": "test",
            "database_url": db.engine.url.render_as_string(hide_password=False),
            "files_url": f"file:{self.folder / 'files'}",
            "search_path": str(self.folder / "search"),
            "public_url": "http://localhost",
        }
        told.touch()
        arguments = {
            "settings": settings,
            "cooperative_id": self.cooperative_id,
            "goods": self.goods,
            "name": name,
            "told": str(told),
        }
        command = [sys.executable, "-m", "tests.ledger.worker", json.dumps(arguments)]
        return subprocess.Popen(command, cwd=ROOT), told


@pytest.fixture
def shop(own_app: Flask, tmp_path: Path) -> Iterator[Shop]:
    """A cooperative with own goods and those of a maker, more than can be sold."""
    with own_app.app_context():
        with transaction() as session:
            cooperative = make_cooperative(session, member_count=1)
            make_point(session, cooperative)
            lilik = make_member(session, cooperative, "Bu Lilik")
            goods = [
                make_listing(session, cooperative, "Keripik tempe", stock_count=PLENTY),
                make_listing(session, cooperative, "Cilok", stock_count=PLENTY, maker=lilik),
            ]
            prices = {str(variant.id): variant.price.amount for variant in goods}
            ledger.take_book(session, cooperative.id, Unit.SHOP, at=SATURDAY)
            shop = Shop(own_app, cooperative.id, prices, tmp_path)
        yield shop


def kill_in_the_middle(shop: Shop, name: str, life: float) -> set[str]:
    """Let a worker live for a while after its first word; give the keys it acknowledged."""
    worker, told = shop.start(name)
    try:
        until = monotonic() + PATIENCE
        while not told.stat().st_size and monotonic() < until:
            assert worker.poll() is None, "the worker ended by itself"
            sleep(0.01)
        sleep(life)
        assert worker.poll() is None, "the worker ended by itself"
    finally:
        worker.kill()
        worker.wait()
    *whole, _torn = told.read_text(encoding="ascii").split("\n")
    assert whole, "the worker acknowledged nothing"
    return set(whole)


def kept(session: Session, name: str) -> Counter[str]:
    """Count, by key, what is in the database of one worker."""
    entries = select(LedgerEntry.key).where(LedgerEntry.key.startswith(f"{name}:"))
    orders = select(Purchase.checkout_key).where(Purchase.checkout_key.startswith(f"{name}:"))
    return Counter([*session.scalars(entries), *session.scalars(orders)])


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(shop: Shop) -> None:
    chance = random.Random(20261128)
    acknowledged = unacknowledged = 0

    for number in range(ROUNDS):
        name = f"worker{number}"
        keys = kill_in_the_middle(shop, name, chance.uniform(0, LONGEST_LIFE))

        with transaction() as session:
            # Whatever the dead worker's connection still does, it does before this returns.
            ledger.take_book(session, shop.cooperative_id, Unit.SHOP, at=SATURDAY)
            there = kept(session, name)
        assert keys <= there.keys()
        assert set(there.values()) == {1}
        assert len(there.keys() - keys) <= 1
        assert [str(finding) for finding in audit.run(db.session(), at=SATURDAY)] == []
        db.session.rollback()
        acknowledged += len(keys)
        unacknowledged += len(there) - len(keys)

    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    sys.stdout.write(
        f"{ROUNDS} kills, {acknowledged} acknowledged, {unacknowledged} kept unacknowledged\n"
    )
