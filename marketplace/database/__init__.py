"""The declarative base, shared column types and engine set-up; nothing of Flask."""

from marketplace.database.base import (
    Base,
    BigInt,
    CooperativeId,
    GlobalId,
    JsonColumn,
    RupiahColumn,
    SmallId,
    TenantId,
    UtcColumn,
    enum_column,
    tenant_key,
)
from marketplace.database.engine import prepare_engine, reading
from marketplace.database.once import insert_once
from marketplace.database.sums import total_of
from marketplace.database.tenancy import beyond, is_held, stand_in

__all__ = [
    "Base",
    "BigInt",
    "CooperativeId",
    "GlobalId",
    "JsonColumn",
    "RupiahColumn",
    "SmallId",
    "TenantId",
    "UtcColumn",
    "beyond",
    "enum_column",
    "insert_once",
    "is_held",
    "prepare_engine",
    "reading",
    "stand_in",
    "tenant_key",
    "total_of",
]
