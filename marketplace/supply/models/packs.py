"""In which packs the good of a round is bought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import Pack


class SupplyPack(Base):
    """One size in which a supplier sells the good of a pool: the terms copied when it began.

    ``tiers`` lists [from_packs, price] steps. The first place is the pack that the pool's
    progress is counted in. ``ordered``: how many are bought, once the pool is locked.
    """

    __tablename__ = "supply_packs"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    pool_id: Mapped[UUID]
    place: Mapped[int]
    pack_name: Mapped[str]
    pack_size: Mapped[int]
    pack_price: Mapped[Rupiah]
    pack_step: Mapped[int] = mapped_column(default=1)
    pack_minimum: Mapped[int] = mapped_column(default=0)
    tiers: Mapped[list[Any]]
    ordered: Mapped[int | None]

    @property
    def pack(self) -> Pack:
        """Give the terms as the rules of choosing take them."""
        return Pack(
            size=self.pack_size,
            price=self.pack_price.amount,
            step=self.pack_step,
            min_packs=self.pack_minimum,
            tiers=tuple((int(start), int(price)) for start, price in self.tiers),
        )

    __table_args__ = (
        tenant_key("pool_id", "supply_pools"),
        Index(None, "cooperative_id", "pool_id", "place", unique=True),
        Index(None, "cooperative_id", "pool_id", "pack_size", unique=True),
        CheckConstraint("place > 0", name="place_positive"),
        CheckConstraint("pack_size > 0", name="pack_size_positive"),
        CheckConstraint("pack_price > 0", name="pack_price_positive"),
        CheckConstraint("pack_step > 0", name="pack_step_positive"),
        CheckConstraint("pack_minimum >= 0", name="pack_minimum_not_negative"),
        CheckConstraint("ordered >= 0", name="ordered_not_negative"),
    )
