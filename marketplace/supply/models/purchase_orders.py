"""What a cooperative orders from a supplier, and what the supplier answers.

Everything is copied: an order reads no live row of suppliers, offers or pools. What a
supplier confirms stands beside what was ordered and never replaces it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.models.items import BaseUnit
from marketplace.supply.models.rounds import SupplyPool
from marketplace.supply.rules import PurchaseOrderState

STILL_WANTED = text("given_up_at IS NULL")


class SentBy(Enum):
    """How an order reached the supplier."""

    WHATSAPP = "whatsapp"
    MAIL = "mail"
    PRINTED = "cetak"


class PurchaseOrder(Base):
    """What one round buys from one supplier; ``key`` opens the supplier's page.

    ``alone``: the cooperative had nobody else who could have approved it.
    ``agreed``: what officers said to an answer that differs; nothing as long as they did not.
    """

    __tablename__ = "purchase_orders"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    number: Mapped[int]
    round_id: Mapped[UUID]
    supplier: Mapped[str]
    supplier_id: Mapped[UUID | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    pickup_place: Mapped[str]
    state: Mapped[PurchaseOrderState] = mapped_column(enum_column(PurchaseOrderState))
    key: Mapped[str]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None]
    alone: Mapped[bool] = mapped_column(default=False)
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime | None]
    sent_way: Mapped[SentBy | None] = mapped_column(enum_column(SentBy))
    confirmed_at: Mapped[datetime | None]
    promised_on: Mapped[date | None]
    note: Mapped[str | None]
    agreed: Mapped[bool | None]
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    agreed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    lines: Mapped[list[PurchaseOrderLine]] = relationship(
        order_by="PurchaseOrderLine.place", lazy="selectin", viewonly=True
    )

    @property
    def live(self) -> list[PurchaseOrderLine]:
        """List what was not given up."""
        return [line for line in self.lines if line.given_up_at is None]

    @property
    def wanted(self) -> list[PurchaseOrderLine]:
        """List what is still to come; of an order that was taken back, all that it said."""
        return self.live or self.lines

    @property
    def total(self) -> Rupiah:
        """Sum what was ordered and not given up."""
        return Rupiah.total(line.total for line in self.wanted)

    @property
    def differs(self) -> bool:
        """Say whether the supplier answered anything else than what was ordered."""
        return any(line.differs for line in self.wanted)

    __table_args__ = (
        tenant_key("round_id", "supply_rounds"),
        tenant_key("supplier_id", "suppliers"),
        Index(None, "cooperative_id", "number", unique=True),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "round_id"),
        CheckConstraint("alone OR approved_by <> created_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('disetujui', 'dikirim', 'dikonfirmasi') OR approved_by IS NOT NULL",
            name="sent_was_approved",
        ),
    )


class PurchaseOrderLine(Base):
    """Packs of one size of a good at the price reached; ``given_up_at``: no longer wanted."""

    __tablename__ = "purchase_order_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    place: Mapped[int]
    pool_id: Mapped[UUID]
    item_name: Mapped[str]
    base_unit: Mapped[BaseUnit] = mapped_column(enum_column(BaseUnit))
    unit: Mapped[str]
    factor: Mapped[int]
    pack_name: Mapped[str]
    pack_size: Mapped[int]
    count: Mapped[int]
    price: Mapped[Rupiah]
    total: Mapped[Rupiah]
    confirmed_count: Mapped[int | None]
    confirmed_price: Mapped[Rupiah | None]
    note: Mapped[str | None]
    given_up_at: Mapped[datetime | None]
    pool: Mapped[SupplyPool] = relationship(lazy="raise", viewonly=True)

    @property
    def differs(self) -> bool:
        """Say whether the supplier answered another count or price."""
        return self.confirmed_count is not None and (
            self.confirmed_count != self.count or self.confirmed_price != self.price
        )

    __table_args__ = (
        tenant_key("order_id", "purchase_orders"),
        tenant_key("pool_id", "supply_pools"),
        Index(None, "cooperative_id", "order_id", "place", unique=True),
        Index(
            "uq_purchase_order_lines_wanted",
            "cooperative_id",
            "pool_id",
            "pack_size",
            unique=True,
            sqlite_where=STILL_WANTED,
            postgresql_where=STILL_WANTED,
        ),
        CheckConstraint("count > 0", name="count_positive"),
        CheckConstraint("total = price * count", name="total_is_exact"),
        CheckConstraint("confirmed_count >= 0", name="confirmed_count_not_negative"),
        CheckConstraint("confirmed_price > 0", name="confirmed_price_positive"),
    )
