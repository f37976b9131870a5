"""One row under a unique key, whoever else writes it at the same moment."""

from __future__ import annotations

from functools import cache
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert


def insert_once(session: Session, row: DeclarativeBase, *key: str) -> bool:
    """Write a row unless there is one with this unique key; says whether it was written.

    Who is just writing the same key is waited for. The row is from then on as one that was
    read; every column is written as it stands, without defaults.
    """
    table = cast(Table, type(row).__table__)
    facts = {name: getattr(row, name) for name in table.columns.keys()}  # noqa: SIM118 - columns are no mapping
    statement = _once(table, key, session.get_bind().dialect.name)
    if session.execute(statement, facts).first() is None:
        return False
    make_transient_to_detached(row)
    session.add(row)
    return True


@cache
def _once(table: Table, key: tuple[str, ...], dialect: str) -> ReturningInsert[tuple[object]]:
    """Build the statement once; that costs as much as running it."""
    kind = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return kind(table).on_conflict_do_nothing(index_elements=key).returning(table.c.id)
