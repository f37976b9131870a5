"""Measure a large round of buying together: ``python -m benchmarks.rounds``.

Five hundred members each want all of twenty goods of five suppliers. The round is locked,
ordered, brought twice and short both times, shared out and fetched; each step is a transaction
as a request makes it, and pages are opened by a signed-in officer and a member, in the process.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from benchmarks.client import SEED
from benchmarks.place import DATABASES, place, without_limits
from benchmarks.report import Row, say, table
from benchmarks.served import ROOT
from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.database.statistics import refresh_statistics
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine, SentBy, SupplyPool, SupplyRound
from marketplace.supply.rules import PaidWith, RequestState
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import make_cooperative, make_member, make_officer

MEMBERS, GOODS, SUPPLIERS = 500, 20, 5
FETCHING = 40
TIMES = 20
MOST_SECONDS, MOST_MILLISECONDS, MOST_QUESTIONS = 3.0, 300.0, 10
PACK = 12


@dataclass
class World:
    """A cooperative with its round, by ids that outlive a transaction."""

    app: Flask
    slug: str
    shop: int
    officers: list[UUID]
    member: UUID
    members: list[UUID]
    pools: list[tuple[int, UUID]] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def found(app: Flask) -> World:
    """Make a cooperative with its members."""
    with transaction() as session:
        shop = make_cooperative(session, "Velodrome Rukun Jaya", member_count=MEMBERS)
        officers = [
            make_officer(session, shop, role, name)
            for role, name in ((Role.CHAIR, "Pak Budi"), (Role.TREASURER, "Bu Tutik"))
        ]
        account = make_officer(session, shop, Role.MEMBER, "Mbak Rara")
        members = [
            make_member(session, shop, f"Anggota {n}", account=account if n == 0 else None)
            for n in range(MEMBERS)
        ]
        ids = [member.id for member in members]
        return World(app, shop.slug, shop.id, [one.id for one in officers], account.id, ids)


def ask_for_all(session: Session, world: World) -> None:
    """Open the round, and let every member want some of every good."""
    rng, opened = random.Random(SEED), world.officers[0]
    plan = service.RoundPlan(world.at + timedelta(days=1), "Velodrome")
    round_: SupplyRound | None = None
    for number in range(GOODS):
        item = service.add_item(
            session, world.shop, name=f"Barang {number}", base_unit=BaseUnit.PIECE, unit="buah",
            factor=1, at=world.at,
        )  # fmt: skip
        terms = service.Terms(
            f"Grosir {number % SUPPLIERS}", "dus", PACK, Rupiah(120_000 + number),
            tiers=((50, 118_000),), stock_cap=PACK,
        )  # fmt: skip
        if round_ is None:
            pool = service.open_round(session, item, terms, plan, opened_by=opened, at=world.at)
            round_ = pool.round
        else:
            pool = service.add_good(session, round_, item, terms, at=world.at)
        world.pools.append((pool.cooperative_id, pool.id))
        session.add_all(_wish(world, pool, member, rng) for member in world.members)
    session.flush()
    refresh_statistics(session)


def _wish(world: World, pool: SupplyPool, member: UUID, rng: random.Random) -> RequestLine:
    want = rng.randint(1, 9)
    return RequestLine(
        cooperative_id=world.shop, member_id=member, item_id=pool.item_id, pool_id=pool.id,
        accept_min=rng.choice([0, 0, 0, 1]), want=want, flex_max=want + rng.choice([0, 0, 1]),
        state=RequestState.OPEN, entered_by=world.officers[0], asked_at=world.at,
        changed_at=world.at,
    )  # fmt: skip


def pool_of(session: Session, world: World, number: int) -> SupplyPool:
    """Fetch one good of the round."""
    return session.get_one(SupplyPool, world.pools[number])


def lock(session: Session, world: World) -> None:
    """Lock all goods at once."""
    round_ = pool_of(session, world, 0).round
    service.lock_round(session, round_, by=world.officers[0], at=world.at)


def order(session: Session, world: World) -> None:
    """Let the other officer approve each order, and send it."""
    round_, by = pool_of(session, world, 0).round, world.officers[1]
    for one in queries.purchase_orders_of(session, world.shop, round_):
        service.approve(session, one, seen=one.total, by=by, at=world.at)
        service.send(session, one, SentBy.PRINTED, by=by, at=world.at)


def receive(world: World, parts: int, of: int) -> list[float]:
    """Let a part of every good come, short; gives how long each took, sharing out included."""
    times = []
    for number in range(GOODS):

        def bring(session: Session, world: World, number: int = number) -> None:
            pool = pool_of(session, world, number)
            assert pool.ordered_packs is not None
            assert pool.ordered_cost is not None
            packs = pool.ordered_packs * parts // of
            cost = pool.ordered_cost.amount * packs // pool.ordered_packs
            service.receive(
                session, pool, key=f"{parts}", packs=packs, quantity=packs * PACK - 1,
                cost=Rupiah(cost), actor_id=world.officers[0], at=world.at,
            )  # fmt: skip

        times.append(timed(world, bring))
    return times


def fetch(world: World) -> list[float]:
    """Let some members fetch all of theirs."""
    times = []
    for member in world.members[:FETCHING]:

        def hand(session: Session, world: World, member: UUID = member) -> None:
            round_ = pool_of(session, world, 0).round
            pools = queries.pools_of(session, round_)
            shown = queries.LinesShown([member])
            views = queries.views(session, world.shop, pools, shown=shown)
            mine = [row for view in views for row in view.lines]
            total = Rupiah.total(row.allocation.charge for row in mine if row.allocation)
            service.hand_over_basket(
                session, round_, member, paid=total, way=PaidWith.QRIS,
                actor_id=world.officers[0], at=world.at,
            )  # fmt: skip

        times.append(timed(world, hand))
    return times


def timed(world: World, work: Callable[[Session, World], None]) -> float:
    """Do something in a transaction of its own; gives the seconds."""
    db.session.remove()
    begun = time.perf_counter()
    with transaction() as session:
        work(session, world)
    return time.perf_counter() - begun


def browser(world: World, account_id: UUID) -> FlaskClient:
    """Open a browser in which somebody is signed in."""
    with transaction() as session:
        account = session.get_one(Account, account_id)
        secret = accounts.start_sign_in(
            session, account, browser="bench", address="127.0.0.1", at=datetime.now(UTC)
        )
    client = world.app.test_client()
    signer: Any = world.app.session_interface.get_signing_serializer(world.app)  # type: ignore[attr-defined]
    cookie = str(signer.dumps({"_user_id": secret, "_fresh": True}))
    client.set_cookie("guyub", cookie, domain="127.0.0.1")
    return client


def pages(world: World, stage: str, database: str) -> list[Row]:
    """Open each page many times; gives the slowest page and the one that asks most."""
    back = f"/k/{world.slug}/kelola/kulakan"
    number = pool_of(db.session(), world, 0).number
    member = to_text(world.members[1])
    db.session.remove()
    officer, own = browser(world, world.officers[0]), browser(world, world.member)
    opened = {
        "list": (officer, back),
        "round": (officer, f"{back}/{number}"),
        "good": (officer, f"{back}/{number}/1"),
        "to fetch": (officer, f"{back}/{number}/daftar"),
        "basket": (officer, f"{back}/{number}/anggota/{member}"),
        "report": (officer, f"{back}/laporan"),
        "member's round": (own, f"{back}/{number}"),
        "member's good": (own, f"{back}/{number}/1"),
        "member's year": (own, f"{back}/riwayatku"),
    }
    rows = []
    for name, (client, path) in opened.items():
        slowest, questions = _opened(client, path)
        rows.append(
            Row(
                database,
                f"{stage}: page “{name}”, 95th percentile",
                f"{slowest:.0f} ms, {questions} questions",
                f"< {MOST_MILLISECONDS:.0f} ms, <= {MOST_QUESTIONS}",
                slowest < MOST_MILLISECONDS and questions <= MOST_QUESTIONS,
            )
        )
    return rows


def _opened(client: FlaskClient, path: str) -> tuple[float, int]:
    times, asked = [], 0

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal asked
        asked += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET "))

    for turn in range(TIMES + 1):
        event.listen(Engine, "before_cursor_execute", count)
        begun = time.perf_counter()
        answer = client.get(path, base_url="http://127.0.0.1")
        answer.get_data()
        spent = time.perf_counter() - begun
        event.remove(Engine, "before_cursor_execute", count)
        if answer.status_code >= 400:
            say(f"{path}: {answer.status_code}")
        if turn:  # the first one compiles
            times.append(spent)
        else:
            asked = 0
    return sorted(times)[int(len(times) * 0.95)] * 1000, asked // TIMES


def measure(database: str, settings: Settings) -> list[Row]:
    """Walk through a round's life on one database."""
    app = create_app(settings)
    rows: list[Row] = []

    def told(what: str, seconds: float) -> None:
        rows.append(
            Row(
                database, what, f"{seconds:.2f} s", f"< {MOST_SECONDS:.0f} s",
                seconds < MOST_SECONDS,
            )
        )  # fmt: skip

    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        world = found(app)
        timed(world, ask_for_all)
        rows += pages(world, "open", database)
        told(f"lock {GOODS} goods of {MEMBERS} members", timed(world, lock))
        told(f"approve and send {SUPPLIERS} orders", timed(world, order))
        told("a short delivery, shared out: the slowest", max(receive(world, 1, 3)))
        told("a second short one: the slowest", max(receive(world, 2, 3)))
        rows += pages(world, "shared out", database)
        told(f"{GOODS} goods fetched by a member: the slowest", max(fetch(world)))
        db.session.remove()
        db.engine.dispose()
    app.extensions["jobs"].queue.storage.close()
    return rows


def main() -> int:
    """Measure on both databases, and print what came of it."""
    rows: list[Row] = []
    with place() as where:
        for database in sys.argv[1:] or DATABASES:
            rows += measure(database, without_limits(where.settings(database, "round")))
    sys.stdout.write(f"{table(rows)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
