"""How each database is opened. Both set-ups were measured; see docs/decisions."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

SQLITE_PRAGMAS = (
    "journal_mode=wal",
    "foreign_keys=on",
    "busy_timeout=10000",
    "synchronous=full",
    "trusted_schema=off",
    "cache_size=-32000",
)
POSTGRESQL_OPTIONS = (
    "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=15s"
    " -c timezone=UTC"
)

_reading: ContextVar[bool] = ContextVar("reading", default=False)


def begin_reading() -> None:
    """Say that this thread's next transactions only read, until told otherwise."""
    _reading.set(True)


def begin_writing() -> None:
    """Say that this thread's next transactions write."""
    _reading.set(False)


@contextmanager
def reading(*, only: bool = True) -> Generator[None]:
    """Say that what follows only reads: on SQLite it then waits for no writer."""
    token = _reading.set(only)
    try:
        yield
    finally:
        _reading.reset(token)


def prepare_engine(engine: Engine) -> None:
    """Install the events that SQLite needs; PostgreSQL is set up by its options."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, unless the work only reads.

    A deferred transaction that turns to writing later fails with "database is
    locked" under load, whatever the timeout.
    """
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
