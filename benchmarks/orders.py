"""Measure ordering over HTTP: ``python -m benchmarks.orders [CSV]``.

Two workers of four threads serve the full market. Many buyers race for the last of one thing;
one buyer sends one checkout many times; and eight at a time go the whole way from the basket
over the checkout to the placed order, in turns with the bare page.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks import client
from benchmarks.buyers import Outcome, keep_ordering, race, submit_at_once
from benchmarks.pages import Cost
from benchmarks.place import DATABASES, opened, place, prepare, without_limits
from benchmarks.report import Row, say, table
from benchmarks.search import data_file
from benchmarks.served import Served, environment, served
from marketplace.config import Settings
from marketplace.kernel.ids import to_text
from marketplace.orders.models import OrderLine
from marketplace.stock.models import StockItem

BUYERS, LAST, SUBMITS = 200, 50, 40
GOAL = 50.0
THINGS = 2000
PLENTY = 1_000_000
SECONDS, ROUNDS = 5.0, 4


def measure(database: str, full: Settings, bare: Served) -> list[Row]:
    """Serve the full market, and order from it."""
    settings = without_limits(full)
    with opened(settings) as session:
        things = _fill_shelves(session)
    with served("wsgi:app", environment(settings)) as server:
        last, once, *plenty = map(to_text, things)
        racing = race(server.port, last, BUYERS)
        sending = submit_at_once(server.port, once, SUBMITS)
        steady = _steadily(database, server, plenty, bare)
    with opened(settings) as session:
        sold = session.scalar(
            select(func.sum(OrderLine.quantity)).where(OrderLine.variant_id == things[0])
        )
    return [*_races(database, racing, sold or 0, sending), *steady]


def _fill_shelves(session: Session) -> list[UUID]:
    """Choose things to order: of the first few are left, of the others plenty."""
    things = list(session.scalars(select(StockItem.id).order_by(StockItem.id).limit(THINGS)))
    session.execute(
        update(StockItem).where(StockItem.id.in_(things)).values(on_hand=PLENTY, reserved=0)
    )
    session.execute(update(StockItem).where(StockItem.id == things[0]).values(on_hand=LAST))
    session.commit()
    return things


def _races(database: str, racing: Outcome, sold: int, sending: Outcome) -> list[Row]:
    links = len(set(sending.purchases))
    return [
        Row(
            database,
            f"{BUYERS} buyers race for the last {LAST}",
            f"{sold} sold, {racing.faults} faults, in {racing.seconds:.1f} s",
            f"{LAST} sold, 0 faults",
            sold == len(set(racing.purchases)) == LAST and not racing.faults,
        ),
        Row(
            database,
            f"{SUBMITS} submits of one checkout at once",
            f"{links} purchase, {sending.statuses[303]} led to it, {sending.faults} faults",
            "1 purchase",
            links == 1 and sending.statuses[303] == SUBMITS,
        ),
    ]


def _steadily(database: str, server: Served, things: Sequence[str], bare: Served) -> list[Row]:
    rng = random.Random(client.SEED)
    yardstick, seconds, processor = Cost(), 0.0, 0.0
    placed, best = 0, 0.0
    keep_ordering(server.port, lambda: rng.choice(things), 2)  # connections and caches are open
    for _ in range(ROUNDS):
        yardstick.spend(bare, ["/"], 1.0)
        before = server.processor_seconds()
        outcome = keep_ordering(server.port, lambda: rng.choice(things), SECONDS)
        processor += server.processor_seconds() - before
        seconds += outcome.seconds
        placed += len(outcome.purchases)
        best = max(best, outcome.per_second)
        if set(outcome.statuses) != {303}:
            say(f"{database}: not every checkout was an order: {dict(outcome.statuses)}")
    rate = placed / seconds
    return [
        Row(
            database,
            "basket to placed order, 8 buyers at a time",
            f"{rate:.0f} orders/s ({best:.0f} in the best {SECONDS:.0f} s)",
            f">= {GOAL:.0f}/s",
            rate >= GOAL,
        ),
        Row(
            database,
            "one order, against bare pages",
            f"{yardstick.per_second / rate:.1f} pages ({processor / placed * 1000:.1f} ms of"
            f" processor, bare {yardstick.milliseconds:.1f} ms)",
        ),
    ]


def main(arguments: list[str]) -> int:
    """Measure on both databases, and print what came of it."""
    path = Path(arguments[0]) if arguments else data_file()
    if not path.is_file():
        print(f"No listings to measure with at {path}; name the file or set GUYUB_DATA.")
        return 1
    rows: list[Row] = []
    with place() as where, served("benchmarks.bare:app", {}) as bare:
        for database in DATABASES:
            full = where.settings(database, "full")
            prepare(full, path, sys.maxsize)
            rows += measure(database, full, bare)
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
