"""What is on the shelf, who has a hold on it, and every movement; append only."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah


class HoldState(Enum):
    """Where a hold stands; only a held one binds goods."""

    HELD = "held"
    CONSUMED = "consumed"
    RELEASED = "released"


class StockItem(Base):
    """One thing on one shelf. Its id is the id of what is sold (a variant).

    ``daily_limit`` set: made fresh each day, nothing is counted but the day's orders.
    ``backorder_limit``: how much may be promised beyond what is on hand (pre-order).
    ``value``: what the goods on hand cost the cooperative; nothing when they are a maker's.
    """

    __tablename__ = "stock_items"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    value: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    backorder_limit: Mapped[int] = mapped_column(default=0)
    daily_limit: Mapped[int | None]

    __table_args__ = (
        Index(None, "id"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("backorder_limit >= 0", name="backorder_not_negative"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("reserved <= on_hand + backorder_limit", name="reserved_covered"),
        CheckConstraint("daily_limit IS NULL OR daily_limit >= 0", name="daily_not_negative"),
    )


class StockDay(Base):
    """How much of a daily limit is promised for one day."""

    __tablename__ = "stock_days"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    item_id: Mapped[UUID]
    day: Mapped[date]
    taken: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        tenant_key("item_id", "stock_items"),
        Index(None, "cooperative_id", "item_id", "day", unique=True),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )


class Hold(Base):
    """Goods promised to one cause (an order line); at most one hold per cause.

    ``value``: what the goods had cost, once they have left; ``returned`` and
    ``returned_value`` what came back of them.
    """

    __tablename__ = "stock_holds"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    item_id: Mapped[UUID]
    cause_id: Mapped[UUID]
    quantity: Mapped[int]
    day: Mapped[date | None]
    state: Mapped[HoldState] = mapped_column(enum_column(HoldState), default=HoldState.HELD)
    expires_at: Mapped[datetime | None]
    value: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    returned: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    returned_value: Mapped[Rupiah] = mapped_column(default=Rupiah(0), server_default=text("0"))
    created_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("item_id", "stock_items"),
        Index(None, "cooperative_id", "cause_id", unique=True),
        Index("ix_stock_holds_open", "cooperative_id", "item_id", "state", "expires_at"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("returned BETWEEN 0 AND quantity", name="returned_within_quantity"),
    )


class StockMovement(Base):
    """Goods that came or went, with the reason; never changed, never deleted."""

    __tablename__ = "stock_movements"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    item_id: Mapped[UUID]
    quantity: Mapped[int]
    value: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    cause: Mapped[str]
    cause_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("item_id", "stock_items"),
        Index(None, "cooperative_id", "item_id", "id"),
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
    )
