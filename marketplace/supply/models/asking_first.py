"""What members say to a price above the one they allowed or the one that was announced."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, tenant_key
from marketplace.kernel.money import Rupiah


class PriceAnswer(Base):
    """Yes or no to what a share would cost; append only. ``note`` is there if an officer said it.

    A yes holds for every price of a unit up to ``charge`` for ``given``.
    """

    __tablename__ = "supply_price_answers"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    line_id: Mapped[UUID]
    given: Mapped[int]
    charge: Mapped[Rupiah]
    accepted: Mapped[bool]
    note: Mapped[str | None]
    by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("line_id", "supply_request_lines"),
        Index(None, "cooperative_id", "line_id"),
        CheckConstraint("given > 0", name="given_positive"),
        CheckConstraint("charge > 0", name="charge_positive"),
    )
