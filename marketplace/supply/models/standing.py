"""What members need again and again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply.models.items import SupplyItem
from marketplace.supply.rules import Rhythm

STILL_ASKED = text("ended_at IS NULL")


class StandingRequest(Base):
    """A wish that is asked again by itself, next on ``next_on``; days count from ``first_on``."""

    __tablename__ = "supply_standing_requests"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    item_id: Mapped[UUID]
    rung_id: Mapped[UUID | None]
    accept_min: Mapped[int] = mapped_column(default=0)
    want: Mapped[int]
    flex_max: Mapped[int]
    price_cap: Mapped[Rupiah | None]
    rhythm: Mapped[Rhythm] = mapped_column(enum_column(Rhythm))
    first_on: Mapped[date]
    next_on: Mapped[date]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kept_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    item: Mapped[SupplyItem] = relationship(lazy="raise", viewonly=True)
    member: Mapped[Member] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        tenant_key("member_id", "members"),
        tenant_key("item_id", "supply_items"),
        tenant_key("rung_id", "supply_units"),
        Index(
            "uq_supply_standing_requests_asked",
            "cooperative_id",
            "member_id",
            "item_id",
            unique=True,
            sqlite_where=STILL_ASKED,
            postgresql_where=STILL_ASKED,
        ),
        Index(
            "ix_supply_standing_requests_due",
            "next_on",
            sqlite_where=STILL_ASKED,
            postgresql_where=STILL_ASKED,
        ),
        CheckConstraint(
            "0 <= accept_min AND accept_min <= want AND want <= flex_max", name="wish_in_order"
        ),
        CheckConstraint("want > 0", name="want_positive"),
        CheckConstraint("price_cap > 0", name="price_cap_positive"),
        CheckConstraint("first_on <= next_on", name="next_not_before_first"),
    )
