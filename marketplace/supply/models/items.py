"""The goods that members ask for, and the units in which they are counted.

What a unit holds is never changed: a wish that was said in it would change with it.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.supply.rules import Rung

STILL_USED = text("retired_at IS NULL")


class BaseUnit(Enum):
    """What is counted; never converted into each other."""

    PIECE = "pcs"
    GRAM = "g"
    MILLILITRE = "ml"


class SupplyItem(Base):
    """A good that members ask for, with its main unit (``factor`` base units).

    Prices are compared by the main unit; ``rungs`` are all other units it was ever counted in.
    """

    __tablename__ = "supply_items"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    name: Mapped[str]
    drawing: Mapped[str] = mapped_column(default="minyak")
    base_unit: Mapped[BaseUnit] = mapped_column(enum_column(BaseUnit))
    unit: Mapped[str]
    factor: Mapped[int]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    rungs: Mapped[list[UnitRung]] = relationship(
        order_by="UnitRung.factor", lazy="selectin", viewonly=True
    )

    @property
    def counted(self) -> bool:
        """Say whether it comes in whole pieces."""
        return self.base_unit is BaseUnit.PIECE

    @property
    def units(self) -> list[UnitRung]:
        """List the further units that are used now, the smallest first."""
        return [rung for rung in self.rungs if rung.retired_at is None]

    @property
    def asked_in(self) -> list[UnitRung]:
        """List the further units that members may ask in."""
        return [rung for rung in self.units if rung.for_request]

    @property
    def ladder(self) -> list[Rung]:
        """Give all units as the rules take them, the main one first."""
        return [Rung(self.unit, self.factor), *(rung.rule for rung in self.units)]

    __table_args__ = (
        Index(None, "cooperative_id", "name", unique=True),
        CheckConstraint("factor > 0", name="factor_positive"),
    )


class UnitRung(Base):
    """A further unit of a good: ``factor`` base units; asked for in multiples of ``step``."""

    __tablename__ = "supply_units"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    item_id: Mapped[UUID]
    name: Mapped[str]
    factor: Mapped[int]
    step: Mapped[int] = mapped_column(default=1)
    for_request: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def rule(self) -> Rung:
        """Give it as the rules take it."""
        return Rung(self.name, self.factor, self.step)

    __table_args__ = (
        tenant_key("item_id", "supply_items"),
        Index(
            "uq_supply_units_used",
            "cooperative_id",
            "item_id",
            "factor",
            unique=True,
            sqlite_where=STILL_USED,
            postgresql_where=STILL_USED,
        ),
        CheckConstraint("factor > 0", name="factor_positive"),
        CheckConstraint("step > 0", name="step_positive"),
    )
