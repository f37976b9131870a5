"""Who sells to a cooperative, and in which packs at which price.

A price is never changed: a new one is a new row, so that the rows of a pack are its history.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.models.items import SupplyItem

NOW_ON_OFFER = text("ended_at IS NULL")


class Supplier(Base):
    """A shop, maker or wholesaler from whom a cooperative buys; ``lead_days`` until goods come."""

    __tablename__ = "suppliers"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    note: Mapped[str | None]
    lead_days: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "cooperative_id", "name", unique=True),
        CheckConstraint("lead_days >= 0", name="lead_days_not_negative"),
    )


class PackOffer(Base):
    """A pack that a supplier sells of a good: base units in it, rupiah for one.

    ``tiers`` lists [from_packs, price] steps. ``ended_at``: a newer price took its place, or
    it is sold no longer. ``valid_until`` is the last day for which the supplier promised it.
    """

    __tablename__ = "pack_offers"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    supplier_id: Mapped[UUID]
    item_id: Mapped[UUID]
    pack_name: Mapped[str]
    pack_size: Mapped[int]
    pack_price: Mapped[Rupiah]
    pack_step: Mapped[int] = mapped_column(default=1)
    pack_minimum: Mapped[int] = mapped_column(default=0)
    tiers: Mapped[list[Any]]
    valid_until: Mapped[date | None]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    noted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    item: Mapped[SupplyItem] = relationship(lazy="raise", viewonly=True)
    supplier: Mapped[Supplier] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        tenant_key("supplier_id", "suppliers"),
        tenant_key("item_id", "supply_items"),
        Index(
            "uq_pack_offers_now",
            "cooperative_id",
            "supplier_id",
            "item_id",
            "pack_size",
            unique=True,
            sqlite_where=NOW_ON_OFFER,
            postgresql_where=NOW_ON_OFFER,
        ),
        Index(None, "cooperative_id", "item_id", "noted_at"),
        Index(None, "cooperative_id", "supplier_id", "item_id"),
        CheckConstraint("pack_size > 0", name="pack_size_positive"),
        CheckConstraint("pack_price > 0", name="pack_price_positive"),
        CheckConstraint("pack_step > 0", name="pack_step_positive"),
        CheckConstraint("pack_minimum >= 0", name="pack_minimum_not_negative"),
    )
