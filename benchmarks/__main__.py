"""Measure everything that is listed in README.md: ``python -m benchmarks``."""

from __future__ import annotations

import sys
import time

from benchmarks import books, orders, pages, search, supply
from benchmarks.place import DATABASES, place
from benchmarks.report import Row, say, table
from benchmarks.served import served


def main() -> int:
    """Measure on the real market and on both databases; print one table."""
    path, begun = search.data_file(), time.monotonic()
    if not path.is_file():
        say(f"No listings to measure with at {path}; set GUYUB_DATA.")
        return 1
    rows: list[Row] = supply.measure() + search.measure_index(path)
    with place() as where, served("benchmarks.bare:app", {}) as bare:
        for database in DATABASES:
            full, small = pages.markets(where, database, path)
            rows += pages.measure(database, full, small, bare)
            rows += orders.measure(database, full, bare)
            rows += books.measure(database, full)
    met = [row.met for row in rows if row.met is not None]
    sys.stdout.write(f"{table(rows)}\n\n{sum(met)} of {len(met)} goals met, ")
    sys.stdout.write(f"measured in {(time.monotonic() - begun) / 60:.1f} minutes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
