"""What a supplier still owes: billed, but not delivered whole."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import ClaimState, ClaimWay


class SupplierClaim(Base):
    """The contested part of a delivery's bill, until it is made good or given up.

    ``supplier`` is the name as the round had it; ``supplier_id`` is there if the list knows
    it. ``brought_by`` is the delivery that brought the goods later.
    """

    __tablename__ = "supplier_claims"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    receipt_id: Mapped[UUID]
    supplier: Mapped[str]
    supplier_id: Mapped[UUID | None]
    amount: Mapped[Rupiah]
    state: Mapped[ClaimState] = mapped_column(enum_column(ClaimState))
    way: Mapped[ClaimWay | None] = mapped_column(enum_column(ClaimWay))
    note: Mapped[str | None]
    brought_by: Mapped[UUID | None]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("receipt_id", "supply_receipts"),
        tenant_key("brought_by", "supply_receipts"),
        tenant_key("supplier_id", "suppliers"),
        Index(None, "cooperative_id", "receipt_id", unique=True),
        Index(None, "cooperative_id", "state", "opened_at"),
        Index(None, "cooperative_id", "supplier", "state"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'diganti') = (way IS NOT NULL)", name="made_good_by_a_way"),
        CheckConstraint(
            "COALESCE(way = 'barang', false) = (brought_by IS NOT NULL)", name="goods_were_brought"
        ),
        CheckConstraint("(state = 'diajukan') = (settled_at IS NULL)", name="settled_at_a_time"),
    )
