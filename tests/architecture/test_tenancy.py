"""Every tenant table has the shape that keeps one cooperative's rows from another's."""

from __future__ import annotations

import pytest
from sqlalchemy import ForeignKeyConstraint, Table

from marketplace.app import load_models
from marketplace.database import Base

load_models()
GLOBAL = {
    "accounts",
    "sign_ins",
    "one_time_links",
    "api_tokens",
    "idempotency_keys",
    "notices",
    "cooperatives",
    "cooperative_old_slugs",
    "categories",
    "number_series",
    "purchases",
    "outbox_messages",
}
TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
TENANT = [table for table in TABLES if table.name not in GLOBAL]


def test_every_table_is_either_global_or_a_tenants() -> None:
    assert {table.name for table in TABLES} >= GLOBAL
    assert TENANT


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_a_tenant_row_is_named_by_cooperative_and_id(table: Table) -> None:
    assert [column.name for column in table.primary_key] == ["cooperative_id", "id"]


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_a_tenant_row_points_only_into_its_own_cooperative(table: Table) -> None:
    crossing = [
        constraint.name
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        and constraint.referred_table in TENANT
        and next(column.name for column in constraint.columns) != "cooperative_id"
    ]

    assert crossing == []


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_a_tenants_unique_keys_start_with_the_cooperative(table: Table) -> None:
    secrets = {"secret_hash"}
    wrong = [
        index.name
        for index in table.indexes
        if index.unique and next(iter(index.columns)).name not in {"cooperative_id"} | secrets
    ]

    assert wrong == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_global_table_points_at_a_tenants_row(table: Table) -> None:
    if table in TENANT:
        return

    assert not [c for c in table.foreign_keys if c.column.table in TENANT]
