"""When a member comes to fetch what they get of a round."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, tenant_key


class SupplyPickup(Base):
    """The slot that a member chose, or that an officer gave them; at most one of a round."""

    __tablename__ = "supply_pickups"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    chosen_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    chosen_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("round_id", "supply_rounds"),
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "round_id", "member_id", unique=True),
        Index(None, "cooperative_id", "member_id"),
    )
