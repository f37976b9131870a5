"""Deliveries of a good: what each brought, what it cost, and whether it was taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import ReceiptReason


class GoodsReceipt(Base):
    """What a delivery brought and what it cost; a second delivery is a second row.

    ``damaged`` of ``quantity`` are not shared out; ``contested`` of ``cost`` is claimed from
    the supplier instead of being charged. ``discount`` was taken off the bill before ``cost``.
    ``from_claim`` is what an earlier bill asked for
    goods that only came now. One that was noted wrongly is taken back and counts no more.
    ``alone``: who noted it had approved the order, and nobody else could have noted it.
    """

    __tablename__ = "supply_receipts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    pool_id: Mapped[UUID]
    key: Mapped[str]
    packs: Mapped[int]
    quantity: Mapped[int]
    damaged: Mapped[int] = mapped_column(default=0)
    cost: Mapped[Rupiah]
    discount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    contested: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    from_claim: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    kind: Mapped[ReceiptReason | None] = mapped_column(enum_column(ReceiptReason))
    reason: Mapped[str | None]
    note_file_id: Mapped[UUID | None]
    received_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    alone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reverse_reason: Mapped[str | None]

    @property
    def good(self) -> int:
        """Give what of it can be shared out."""
        return self.quantity - self.damaged

    @property
    def charged(self) -> Rupiah:
        """Give what the goods cost those who get them."""
        return self.cost - self.contested + self.from_claim

    @property
    def discount_kept(self) -> int:
        """Give what of the discount is on goods that are charged."""
        if not self.contested:
            return self.discount.amount
        return (self.discount.amount * (self.cost - self.contested).amount) // self.cost.amount

    __table_args__ = (
        tenant_key("pool_id", "supply_pools"),
        tenant_key("note_file_id", "files"),
        Index(None, "cooperative_id", "pool_id", "key", unique=True),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
        CheckConstraint("discount >= 0", name="discount_not_negative"),
        CheckConstraint("damaged BETWEEN 0 AND quantity", name="damaged_came"),
        CheckConstraint("contested BETWEEN 0 AND cost", name="contested_was_billed"),
        CheckConstraint("from_claim >= 0", name="from_claim_not_negative"),
        CheckConstraint(
            "(reversed_at IS NULL) = (reversed_by IS NULL)", name="reversed_by_somebody"
        ),
    )
