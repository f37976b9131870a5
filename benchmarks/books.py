"""Measure posting to the books: ``python -m benchmarks.books [CSV]``.

Entries of two moves are posted, each in a transaction of its own; then the very same rows are
inserted, again one entry in each transaction, into copies of the two tables that have the same
keys and indexes but no triggers and no foreign keys. What the numbers differ by is what it
costs that the books cannot lie.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, cast

from sqlalchemy import (
    Column,
    Index,
    MetaData,
    Table,
    insert,
    select,
)
from sqlalchemy import (
    Row as Record,
)
from sqlalchemy.orm import Session

from benchmarks.place import DATABASES, opened, place, prepare
from benchmarks.report import Row, table
from benchmarks.search import data_file
from marketplace.config import Settings
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerEntry, LedgerLine
from marketplace.ledger.rules import Move, Posting, Purpose, Unit

GOAL = 0.4
ENTRIES, ROUNDS = 50, 16
MOVES = (
    Move(Purpose.CASH, Purpose.PUBLIC_SALES, Rupiah(60_000)),
    Move(Purpose.PUBLIC_COST, Purpose.STOCK, Rupiah(58_732)),
)


def measure(database: str, settings: Settings) -> list[Row]:
    """Post and insert in turns; the middle of the rounds is what counts."""
    with opened(settings) as session:
        shop = session.scalars(select(Cooperative.id).order_by(Cooperative.id)).first()
        assert shop is not None
        copies = _copies(session)
        _post(session, shop)  # the books are open, statements are compiled
        posted, plain = [], []
        for _ in range(ROUNDS):
            before = _rows(session, LedgerEntry)
            posted.append(ENTRIES / _seconds(lambda: _post(session, shop)))
            known = {row.id for row in before}
            rows = [row for row in _rows(session, LedgerEntry) if row.id not in known]
            lines = _lines_by_entry(session)
            pairs = [(row._asdict(), lines[row.id]) for row in rows]
            session.rollback()
            plain.append(ENTRIES / _seconds(lambda: _insert(session, copies, pairs)))  # noqa: B023
        _drop(session, copies)
    ratio = median(one / other for one, other in zip(posted, plain, strict=True))
    return [
        Row(
            database,
            "entries posted, against plain inserts of their rows",
            f"{ratio:.2f} x ({median(posted):.0f}/s of {median(plain):.0f}/s)",
            f">= {GOAL} x",
            ratio >= GOAL,
        )
    ]


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _post(session: Session, shop: int) -> None:
    for _ in range(ENTRIES):
        at = datetime.now(UTC)
        posting = Posting(str(new_id()), "Penjualan tunai", MOVES, local_day(at), "manual")
        ledger.post(session, shop, Unit.SHOP, posting, at=at)
        session.commit()


def _insert(
    session: Session,
    copies: Sequence[Table],
    pairs: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]],
) -> None:
    entries, lines = copies
    for entry, of_entry in pairs:
        session.execute(insert(entries), entry)
        session.execute(insert(lines), of_entry)
        session.commit()


def _rows(session: Session, model: type[LedgerEntry | LedgerLine]) -> Sequence[Record[Any]]:
    return session.execute(select(cast(Table, model.__table__))).all()


def _lines_by_entry(session: Session) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in _rows(session, LedgerLine):
        found.setdefault(row.entry_id, []).append(row._asdict())
    return found


def _copies(session: Session) -> tuple[Table, Table]:
    """Make tables like those of the books, with keys and indexes of the same columns."""
    apart = MetaData()
    copies = []
    for model in (LedgerEntry, LedgerLine):
        whole = cast(Table, model.__table__)
        columns = [
            Column(one.name, one.type, primary_key=one.primary_key, nullable=one.nullable)
            for one in whole.columns
        ]
        copy = Table(f"plain_{whole.name}", apart, *columns)
        for index in whole.indexes:
            names = [copy.c[column.name] for column in index.columns]
            Index(f"plain_{index.name}", *names, unique=index.unique)
        copies.append(copy)
    apart.create_all(session.connection())
    session.commit()
    return copies[0], copies[1]


def _drop(session: Session, copies: Sequence[Table]) -> None:
    copies[0].metadata.drop_all(session.connection())
    session.commit()


def main(arguments: list[str]) -> int:
    """Measure on both databases, and print what came of it."""
    path = Path(arguments[0]) if arguments else data_file()
    if not path.is_file():
        print(f"No listings to measure with at {path}; name the file or set GUYUB_DATA.")
        return 1
    rows: list[Row] = []
    with place() as where:
        for database in DATABASES:
            settings = where.settings(database, "books")
            prepare(settings, path, 100)
            rows += measure(database, settings)
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
