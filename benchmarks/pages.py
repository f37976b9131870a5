"""Measure public pages against a bare Flask page: ``python -m benchmarks.pages [CSV]``.

All are served by gunicorn with two workers of four threads on this machine and asked in turns
by the same client. *kept* is what anonymous visitors meet: random pages out of 500 addresses,
from a server that has not seen one of them yet, so that each is made once by each worker and
then kept for its minute. *made anew* is what a visitor with a basket meets: every page is made
for them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import client
from benchmarks.addresses import (
    Addresses,
    common_addresses,
    random_addresses,
    some_products,
    some_refs,
)
from benchmarks.place import DATABASES, Place, opened, place, prepare
from benchmarks.report import Row, say, table
from benchmarks.search import data_file
from benchmarks.served import Served, environment, served
from marketplace.config import Settings
from marketplace.database import reading
from marketplace.web.pages import MINUTE

FEW = 1000
FEW_COOPERATIVES = 37
"""So many sell as much each as 148 do in the full market."""

SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
SLICE = 1.5
ROUNDS = 3
BASKET = "guyub=somebody"
GOALS = {"home": 1.0, "category": 1.0, "shop": 1.0, "product": 1.0, "search": 0.5}
MOST_GROWTH = 0.20


@dataclass
class Cost:
    """What answers cost: the clock says how many came, the processor how much work they were."""

    answers: int = 0
    wrong: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Count answers per second of the clock."""
        return self.answers / self.seconds

    @property
    def milliseconds(self) -> float:
        """Give the processor time of one answer."""
        return self.processor / self.answers * 1000

    def spend(self, server: Served, paths: Sequence[str], seconds: float, cookie: str = "") -> None:
        """Ask for some seconds, and add what came of it."""
        before = server.processor_seconds()
        tally = client.run(server.port, paths, seconds, cookie=cookie)
        self.processor += server.processor_seconds() - before
        self.seconds += tally.seconds
        self.answers += tally.answers
        self.wrong += tally.wrong
        self.times += tally.times


def markets(where: Place, database: str, listings: Path) -> tuple[Settings, Settings]:
    """Fill a full and a small market."""
    full, small = (where.settings(database, name) for name in ("full", "small"))
    count = prepare(full, listings, sys.maxsize)
    prepare(small, listings, FEW, cooperatives=FEW_COOPERATIVES)
    say(f"{database}: {count} listings are ready")
    return full, small


def measure(database: str, full: Settings, small: Settings, bare: Served) -> list[Row]:
    """Serve a full and a small market, and ask for each kind of page."""
    with reading(), opened(small) as session:
        refs, shared = some_refs(session), common_addresses(session)
        in_small = {**shared, "product": some_products(session, refs)}
    with reading(), opened(full) as session:
        pages = random_addresses(session)
        in_full = {**shared, "product": some_products(session, refs)}
    with _serving(full) as server:
        rows = _against_bare(database, server, pages, bare)
        with _serving(small) as other:
            rows += _growth(database, (other, in_small), (server, in_full))
    return rows


def _serving(settings: Settings) -> AbstractContextManager[Served]:
    return served("wsgi:app", environment(settings))


def _against_bare(database: str, server: Served, pages: Addresses, bare: Served) -> list[Row]:
    rows = []
    client.run(server.port, pages["home"], SLICE, cookie=BASKET)  # what is read once is read now
    for kind, paths in pages.items():
        yardstick, kept, made = Cost(), Cost(), Cost()
        made.spend(server, paths, SLICE * 2, BASKET)  # leaves no kept page, opens all else
        yardstick.spend(bare, ["/"], SLICE)
        _wait_for_room(SECONDS)
        kept.spend(server, paths, SECONDS)
        yardstick.spend(bare, ["/"], SLICE)
        rows += _rows(database, kind, kept, made, yardstick)
    return rows


def _wait_for_room(seconds: float) -> None:
    """Begin so that no minute ends meanwhile: pages would be made a second time for the next one.

    Each is made once within these seconds, which is already four times as often as in real use.
    """
    left = MINUTE - time.time() % MINUTE
    if left < seconds + 1 < MINUTE:
        time.sleep(left)


def _rows(database: str, kind: str, kept: Cost, made: Cost, bare: Cost) -> list[Row]:
    ratio = kept.per_second / bare.per_second
    work = bare.milliseconds / kept.milliseconds
    say(
        f"{database} {kind}: {kept.per_second:.0f} a second, bare {bare.per_second:.0f},"
        f" {kept.wrong + made.wrong} wrong answers"
    )
    return [
        Row(
            database,
            f"{kind} page, against a bare page",
            f"{ratio:.2f} x ({work:.2f} x by processor time)",
            f">= {GOALS[kind]:.1f} x",
            ratio >= GOALS[kind] and kept.wrong + made.wrong == 0,
        ),
        Row(
            database,
            f"{kind} page made anew",
            f"{made.milliseconds:.1f} ms of processor, bare {bare.milliseconds:.1f} ms",
        ),
    ]


def _growth(
    database: str, small: tuple[Served, Addresses], full: tuple[Served, Addresses]
) -> list[Row]:
    rows = []
    client.run(small[0].port, small[1]["home"], SLICE, cookie=BASKET)
    for kind in GOALS:
        costs = [Cost(), Cost()]
        for _ in range(ROUNDS):
            for cost, (server, pages) in zip(costs, (small, full), strict=True):
                cost.spend(server, pages[kind], SLICE, BASKET)
        growth = costs[1].milliseconds / costs[0].milliseconds - 1
        rows.append(
            Row(
                database,
                f"{kind} page made anew, 31 x the listings",
                f"{growth:+.0%} ({costs[0].milliseconds:.1f} to {costs[1].milliseconds:.1f} ms)",
                f"<= {MOST_GROWTH:+.0%}",
                growth <= MOST_GROWTH,
            )
        )
    return rows


def main(arguments: list[str]) -> int:
    """Measure on both databases, and print what came of it."""
    path = Path(arguments[0]) if arguments else data_file()
    if not path.is_file():
        print(f"No listings to measure with at {path}; name the file or set GUYUB_DATA.")
        return 1
    with place() as where, served("benchmarks.bare:app", {}) as bare:
        rows = [
            row
            for database in DATABASES
            for row in measure(database, *markets(where, database, path), bare)
        ]
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
