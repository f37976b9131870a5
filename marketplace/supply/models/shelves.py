"""Which of the cooperative's own goods in the shop are sold from which good of the list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, tenant_key
from marketplace.listings.models import Variant
from marketplace.supply.models.items import SupplyItem


class ShelfLink(Base):
    """A thing in the shop that holds ``factor`` base units of a good; it should last some days."""

    __tablename__ = "supply_shelf_links"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    item_id: Mapped[UUID]
    variant_id: Mapped[UUID]
    factor: Mapped[int]
    cover_days: Mapped[int]
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    linked_at: Mapped[datetime]
    item: Mapped[SupplyItem] = relationship(lazy="raise", viewonly=True)
    variant: Mapped[Variant] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        tenant_key("item_id", "supply_items"),
        tenant_key("variant_id", "variants"),
        Index(None, "cooperative_id", "variant_id", unique=True),
        Index(None, "cooperative_id", "item_id"),
        CheckConstraint("factor > 0", name="factor_positive"),
        CheckConstraint("cover_days BETWEEN 1 AND 90", name="cover_is_some_days"),
    )
