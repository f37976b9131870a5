"""One hundred seeded corruptions of single rows, by SQL: the audit names every one."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.database import Base
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from tests.audit.conftest import unguard, world_app
from tests.makers import SATURDAY

shared_app = world_app
COUNT = 100 if os.environ.get("GUYUB_LONG") else 20
SEED = 20261128
# What of each table the audit can prove: money, counts, states, days, and what belongs to what.
# Not names, words, settings and times: nothing says elsewhere what they should be.
PROVABLE = {
    "purchases": ("total",),
    "orders": ("purchase_id", "state", "method", "items_total", "total", "delivery_fee",
               "refund_due"),
    "shipments": ("order_id", "state", "cash"),
    "cash_hand_ins": ("amount",),
    "order_lines": ("order_id", "variant_id", "price", "quantity", "total", "maker_share"),
    "order_events": ("order_id", "before", "after"),
    "payment_intents": ("state", "method", "amount_due", "received"),
    "payment_shares": ("intent_id", "order_id", "amount", "refunded"),
    "payment_events": ("intent_id", "amount"),
    "transfers": ("intent_id", "amount", "discount"),
    "bank_lines": ("intent_id", "amount"),
    "stock_items": ("on_hand", "reserved", "value"),
    "stock_days": ("item_id", "day", "taken"),
    "stock_holds": ("item_id", "cause_id", "quantity", "day", "state", "value"),
    "stock_movements": ("item_id", "quantity", "value"),
    "balance_withdrawals": ("member_id", "hold_id", "state", "amount"),
    "credit_limits": ("member_id", "number", "due_days"),
    "credit_bills": ("member_id", "number", "amount", "paid", "dated", "due_on"),
    "credit_payments": ("member_id", "amount", "way"),
    "credit_payment_parts": ("payment_id", "bill_id", "amount"),
    "supply_receipts": ("pool_id", "quantity", "damaged", "cost", "contested", "from_claim"),
    "supply_allocations": ("run_id", "line_id", "given", "goods", "costs", "margin", "charge"),
    "supply_allocation_runs": ("cost", "costs", "margin", "to_stock", "stock_cost", "shrunk",
                               "shrunk_cost"),
    "supply_cost_lines": ("amount", "paid_from", "undone_at"),
    "supply_cost_shares": ("cost_id", "pool_id", "amount"),
    "supply_hand_overs": ("line_id", "quantity", "paid", "goods", "margin", "way", "rounded"),
    "supplier_claims": ("receipt_id", "amount", "state"),
    "payout_batches": ("state", "total"),
    "payouts": ("batch_id", "member_id", "purpose", "amount", "open", "entry_id"),
    "ledger_books": ("open_from", "last_number", "last_hash"),
    "ledger_accounts": ("debit", "credit", "held"),
    "ledger_entries": (
        "book_id", "number", "dated", "memo", "source_type", "source_id", "key", "request_hash",
        "reverses_id", "created_by", "approved_by", "previous_hash", "hash",
    ),
    "ledger_lines": ("entry_id", "position", "debit_id", "credit_id", "amount"),
    "ledger_holds": ("account_id", "amount", "state"),
    "ledger_closings": ("starts", "ends", "entries", "turnover", "balances_hash"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Corruption:
    """A statement that makes one row lie, and what it is called."""

    name: str
    statement: Any


def corruptions(session: Session, chance: random.Random) -> Iterator[Corruption]:
    """Choose a table, a row, and what is done to it, again and again."""
    tables = [Base.metadata.tables[name] for name in PROVABLE]
    rows = {table.name: _rows(session, table) for table in tables}
    while True:
        table = chance.choice(tables)
        row = chance.choice(rows[table.name])
        is_it = [column == row[column.name] for column in table.primary_key.columns]
        what = chance.choice(["change", "change", "change", "delete", "insert"])
        if what == "delete":
            yield Corruption(f"{table.name}: delete", delete(table).where(*is_it))
        elif what == "insert":
            twin = {**row, "id": new_id(), **_names(table, row, chance)}
            yield Corruption(f"{table.name}: insert", insert(table).values(twin))
        else:
            column = table.c[chance.choice(PROVABLE[table.name])]
            others = [other[column.name] for other in rows[table.name]]
            value = _changed(column, row[column.name], others, chance)
            if value != row[column.name]:
                yield Corruption(
                    f"{table.name}.{column.name}: {row[column.name]} -> {value}",
                    update(table).where(*is_it).values({column: value}),
                )


def _rows(session: Session, table: Table) -> list[dict[str, Any]]:
    found = session.execute(select(table).order_by(*table.primary_key.columns)).all()
    if table.name == "ledger_accounts":  # others may come and go while they are empty
        found = [row for row in found if row.purpose is not None]
    assert found, f"nothing to corrupt in {table.name}"
    return [row._asdict() for row in found]


def _names(table: Table, row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Give a twin names of its own where one would betray it to the database at once."""
    names = {"number", "key", "external_id", "checkout_key", "fingerprint", "position"}
    found: dict[str, Any] = {}
    for name in names & set(table.c.keys()):
        far = chance.randint(1_000, 9_999)
        found[name] = row[name] + far if isinstance(row[name], int) else f"{row[name]}-{far}"
    return found


def _changed(column: Column[Any], value: Any, others: list[Any], chance: random.Random) -> Any:
    """Make another value of the same kind: money and counts by a little, the rest as elsewhere."""
    little = chance.choice([-1, 1]) * chance.randint(1, 2_000)
    if isinstance(value, bool):
        return not value
    if isinstance(value, Rupiah):
        return value + Rupiah(little)
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 2])
    if isinstance(value, date):
        return value + timedelta(days=chance.choice([-1, 1, 40]))
    if isinstance(value, (UUID, Enum)) or value is None:
        return chance.choice(others)
    return f"{value}x"


def bear(session: Session, corruption: Corruption) -> bool:
    """Do it; False when the database itself refuses."""
    savepoint = session.begin_nested()
    try:
        session.execute(corruption.statement)
    except IntegrityError:
        savepoint.rollback()
        return False
    return True


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_audit_names_every_corruption(session: Session, world) -> None:
    unguard(session)
    missed, tried = [], 0

    for corruption in corruptions(session, random.Random(SEED)):
        savepoint = session.begin_nested()
        if bear(session, corruption):
            tried += 1
            session.expire_all()
            if not audit.run(session, at=SATURDAY):
                missed.append(corruption.name)
        savepoint.rollback()
        session.expunge_all()
        if tried == COUNT:
            break

    sys.stdout.write(f"{tried - len(missed)} of {tried} corruptions named\n")
    assert "\n".join(missed) == ""
