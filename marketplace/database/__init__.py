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
    "enum_column",
    "prepare_engine",
    "reading",
    "tenant_key",
]
