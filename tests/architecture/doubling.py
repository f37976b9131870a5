"""Twice as much of everything that one cooperative has, by copying its rows.

The copy of a row has the id of the row with its last bits turned, and so has every row that
points to it; numbers and names that must be unique are changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, UniqueConstraint, select
from sqlalchemy.orm import Session, scoped_session

from marketplace.database import Base
from marketplace.kernel.money import Rupiah

TURNED = 0xFFFF
FURTHER = 1_000
ALONE = frozenset(
    {
        "cooperatives",
        "accounts",
        "sign_ins",
        "api_tokens",
        "posts",
        "invites",
        "payment_destinations",
        "statement_columns",
        # The books refuse copies of themselves: every entry has one place in its chain.
        "ledger_books",
        "ledger_accounts",
        "ledger_entries",
        "ledger_lines",
        "ledger_holds",
        "ledger_closings",
    }
)


def double(
    session: Session | scoped_session[Session], cooperative_id: int, people: Collection[UUID]
) -> int:
    """Copy all rows of a cooperative, and notices and purchases of its people; counts them."""
    rows = {
        table: session.execute(select(table).where(table.c.cooperative_id == cooperative_id))
        .mappings()
        .all()
        for table in Base.metadata.sorted_tables
        if "cooperative_id" in table.c and table.name not in ALONE
    }
    rows |= _of_people(session, rows, people)
    known = {row["id"] for found in rows.values() for row in found if "id" in row}
    count = 0
    for table in Base.metadata.sorted_tables:
        for row in rows.get(table, ()):
            session.execute(table.insert().values(_copy(table, dict(row), known)))
            count += 1
    return count


def _of_people(session: Any, rows: dict[Table, Any], people: Collection[UUID]) -> dict[Table, Any]:
    tables = Base.metadata.tables
    notices, purchases = tables["notices"], tables["purchases"]
    placed = {row["purchase_id"] for row in rows[tables["orders"]]}
    return {
        notices: session.execute(select(notices).where(notices.c.account_id.in_(people)))
        .mappings()
        .all(),
        purchases: session.execute(select(purchases).where(purchases.c.id.in_(placed)))
        .mappings()
        .all(),
    }


def _copy(table: Table, row: dict[str, Any], known: set[Any]) -> dict[str, Any]:
    copied = {
        name: UUID(int=value.int ^ TURNED) if isinstance(value, UUID) and value in known else value
        for name, value in row.items()
    }
    for columns in _unique(table):
        if not any(copied[column.name] != row[column.name] for column in columns):
            column = columns[-1]
            copied[column.name] = _other(column, copied[column.name])
    return copied


def _unique(table: Table) -> list[Sequence[Column[Any]]]:
    constraints = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)]
    indexes = [index.columns for index in table.indexes if index.unique]
    return [list(columns) for columns in (table.primary_key.columns, *constraints, *indexes)]


def _other(column: Column[Any], value: Any) -> Any:
    if column.nullable:
        return None
    if isinstance(value, UUID):
        return UUID(int=value.int ^ TURNED)
    if isinstance(value, int):
        return value + FURTHER
    if isinstance(value, Rupiah):
        return value + Rupiah(FURTHER)
    return f"{value}9" if isinstance(value, str) else value
