"""Base, column types, the names of constraints, and the shape of tenant keys."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    SmallInteger,
    TypeDecorator,
    Uuid,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigInt = BigInteger().with_variant(Integer, "sqlite")
# Few enough to be small; SQLite numbers rows by itself only in an INTEGER key.
SmallId = SmallInteger().with_variant(Integer, "sqlite")
JsonColumn = JSON().with_variant(JSONB, "postgresql")


class RupiahColumn(TypeDecorator[Rupiah]):
    """Stores Rupiah as a plain BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Rupiah | None, dialect: Dialect) -> int | None:
        """Write the bare number."""
        return None if value is None else value.amount

    def process_result_value(self, value: int | None, dialect: Dialect) -> Rupiah | None:
        """Read the bare number back as money."""
        return None if value is None else Rupiah(value)


class UtcColumn(TypeDecorator[datetime]):
    """Stores an aware time as UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time needs a zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every stored time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[Enum], name: str | None = None) -> SqlEnum:
    """Store an enum by its value, as text with a CHECK, the same on both databases.

    ``name`` tells two columns of one table apart that hold the same enum.
    """
    return SqlEnum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or kind.__name__.lower(),
    )


class Base(DeclarativeBase):
    """Every table descends from here."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        Rupiah: RupiahColumn,
        int: BigInt,
        datetime: UtcColumn,
        UUID: Uuid,
        dict[str, Any]: JsonColumn,
        list[Any]: JsonColumn,
    }


# What every tenant table starts with: PRIMARY KEY (cooperative_id, id). ARCHITECTURE §5.
CooperativeId = Annotated[
    int,
    mapped_column(
        SmallId,
        ForeignKey("cooperatives.id"),
        primary_key=True,
        autoincrement=False,
        sort_order=-2,
    ),
]
TenantId = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-1)]
# What tables that belong to no cooperative start with.
GlobalId = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-1)]


def tenant_key(column: str, target: str, **options: Any) -> ForeignKeyConstraint:
    """Point at a row of the same cooperative; a row of another one cannot be named.

    ``column`` holds the id, ``target`` is the table.
    """
    return ForeignKeyConstraint(
        ["cooperative_id", column], [f"{target}.cooperative_id", f"{target}.id"], **options
    )
