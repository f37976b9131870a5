"""What buying together costs beside the goods: freight, unloading, parking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import CostPaidFrom, SplitBy


class CostLine(Base):
    """A cost of one good, or without a pool of a whole round. Never edited: undone, noted anew."""

    __tablename__ = "supply_cost_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    round_id: Mapped[UUID]
    pool_id: Mapped[UUID | None]
    key: Mapped[str]
    name: Mapped[str]
    amount: Mapped[Rupiah]
    split_by: Mapped[SplitBy] = mapped_column(enum_column(SplitBy))
    paid_from: Mapped[CostPaidFrom] = mapped_column(enum_column(CostPaidFrom))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("round_id", "supply_rounds"),
        tenant_key("pool_id", "supply_pools"),
        Index(None, "cooperative_id", "round_id", "key", unique=True),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
    )


class CostShare(Base):
    """The part of a cost that one good of the round bears."""

    __tablename__ = "supply_cost_shares"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    cost_id: Mapped[UUID]
    pool_id: Mapped[UUID]
    amount: Mapped[Rupiah]

    __table_args__ = (
        tenant_key("cost_id", "supply_cost_lines"),
        tenant_key("pool_id", "supply_pools"),
        Index(None, "cooperative_id", "cost_id", "pool_id", unique=True),
        Index(None, "cooperative_id", "pool_id"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )
