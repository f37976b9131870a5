"""Delivery zones, couriers, their trips, and the cash they hand in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.delivery.rules import ShipmentState, Terms
from marketplace.kernel.money import Rupiah

ON_ITS_WAY = text("state = 'jalan'")
OF_A_MEMBER, NO_MEMBER = text("member_id IS NOT NULL"), text("member_id IS NULL")


class DeliveryZone(Base):
    """A part of the town to which a cooperative brings goods, and on what terms.

    ``cash_up_to``: orders up to this total may be paid to the courier; nought for none.
    """

    __tablename__ = "delivery_zones"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    name: Mapped[str]
    fee: Mapped[Rupiah]
    minimum: Mapped[Rupiah]
    free_from: Mapped[Rupiah | None]
    cash_up_to: Mapped[Rupiah]
    active: Mapped[bool] = mapped_column(default=True)
    areas: Mapped[list[DeliveryArea]] = relationship(
        back_populates="zone", order_by="DeliveryArea.name", lazy="raise"
    )

    __table_args__ = (
        Index(None, "cooperative_id", "name", unique=True),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("minimum >= 0", name="minimum_not_negative"),
        CheckConstraint("free_from IS NULL OR free_from >= minimum", name="free_from_minimum"),
        CheckConstraint("cash_up_to >= 0", name="cash_not_negative"),
    )

    @property
    def terms(self) -> Terms:
        """Give the terms as the rules take them."""
        return Terms(self.fee, self.minimum, self.free_from, self.cash_up_to)


class DeliveryArea(Base):
    """A district or village in a zone, by its official code."""

    __tablename__ = "delivery_areas"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    zone_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    zone: Mapped[DeliveryZone] = relationship(back_populates="areas", lazy="raise")

    __table_args__ = (
        tenant_key("zone_id", "delivery_zones"),
        Index(None, "cooperative_id", "code", unique=True),
        Index(None, "cooperative_id", "zone_id"),
    )


class Courier(Base):
    """Somebody who brings goods for a cooperative: a member, or whom it knows by name."""

    __tablename__ = "couriers"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID | None]
    name: Mapped[str]
    phone: Mapped[str | None]

    __table_args__ = (
        tenant_key("member_id", "members"),
        Index(
            "uq_couriers_member",
            "cooperative_id",
            "member_id",
            unique=True,
            sqlite_where=OF_A_MEMBER,
            postgresql_where=OF_A_MEMBER,
        ),
        Index(
            "uq_couriers_name",
            "cooperative_id",
            "name",
            unique=True,
            sqlite_where=NO_MEMBER,
            postgresql_where=NO_MEMBER,
        ),
    )


class Shipment(Base):
    """One trip with one order; ``key`` opens the courier's page for as long as it goes on.

    ``cash`` is what the courier is to collect: nought for an order that is paid.
    """

    __tablename__ = "shipments"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    courier_id: Mapped[UUID]
    key: Mapped[str]
    state: Mapped[ShipmentState] = mapped_column(enum_column(ShipmentState))
    cash: Mapped[Rupiah]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    courier: Mapped[Courier] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        tenant_key("order_id", "orders"),
        tenant_key("courier_id", "couriers"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "order_id"),
        Index(None, "cooperative_id", "courier_id", "state"),
        Index(
            "uq_shipments_on_its_way",
            "cooperative_id",
            "order_id",
            unique=True,
            sqlite_where=ON_ITS_WAY,
            postgresql_where=ON_ITS_WAY,
        ),
        CheckConstraint("cash >= 0", name="cash_not_negative"),
        CheckConstraint("(state = 'jalan') = (ended_at IS NULL)", name="ended_at_a_time"),
        CheckConstraint("state <> 'gagal' OR reason IS NOT NULL", name="failed_for_a_reason"),
    )


class CashHandIn(Base):
    """Cash from doors that a courier gave to the treasurer; the same key hands in once."""

    __tablename__ = "cash_hand_ins"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    courier_id: Mapped[UUID]
    key: Mapped[str]
    amount: Mapped[Rupiah]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("courier_id", "couriers"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "courier_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
