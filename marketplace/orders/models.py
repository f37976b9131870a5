"""Purchases and orders as they are kept."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, GlobalId, TenantId, enum_column, tenant_key
from marketplace.delivery.rules import Fulfilment
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import Earned, who_earns
from marketplace.orders.rules import Actor, OrderState, RefundKind, RefundMethod, RefundState
from marketplace.payments.rules import PaymentMethod


class NumberSeries(Base):
    """The last number given of a series, such as "KM-2611"; taken late in a transaction."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Purchase(Base):
    """What one buyer placed in one go, over one or several cooperatives.

    ``key`` opens the tracking page; ``checkout_key`` makes placing idempotent, and
    ``request_hash`` tells a repeat from another request under the same key.
    """

    __tablename__ = "purchases"

    id: Mapped[GlobalId]
    number: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str]
    checkout_key: Mapped[str] = mapped_column(unique=True)
    request_hash: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    buyer_name: Mapped[str]
    buyer_phone: Mapped[str]
    buyer_email: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="id")
    total: Mapped[Rupiah]
    placed_at: Mapped[datetime]
    orders: Mapped[list[Order]] = relationship(
        back_populates="purchase", order_by="Order.number", lazy="raise"
    )

    __table_args__ = (Index(None, "account_id", "id"),)


class Order(Base):
    """The part of a purchase that one cooperative prepares.

    Prices, names and places are copied, so later changes never touch it. ``pay_by`` is
    the deadline after which an unpaid order is over, whether or not a worker has said so.
    What begins with ``pickup`` says where and when the goods change hands: for a delivery the
    name of its zone, the buyer's address, and the span in which somebody comes.
    """

    __tablename__ = "orders"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchases.id"), index=True)
    number: Mapped[str]
    pickup_code: Mapped[str]
    state: Mapped[OrderState] = mapped_column(enum_column(OrderState))
    method: Mapped[PaymentMethod] = mapped_column(enum_column(PaymentMethod))
    items_total: Mapped[Rupiah]
    delivery_fee: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    total: Mapped[Rupiah]
    fulfilment: Mapped[Fulfilment] = mapped_column(
        enum_column(Fulfilment), default=Fulfilment.PICKUP
    )
    delivery_zone_id: Mapped[UUID | None]
    pickup_point_id: Mapped[UUID | None]
    pickup_name: Mapped[str]
    pickup_address: Mapped[str]
    pickup_from: Mapped[datetime]
    pickup_until: Mapped[datetime]
    note: Mapped[str | None]
    pay_by: Mapped[datetime | None]
    placed_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancel_reason: Mapped[str | None]
    refund_due: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    purchase: Mapped[Purchase] = relationship(back_populates="orders", lazy="raise")
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", order_by="OrderLine.position", lazy="raise"
    )
    events: Mapped[list[OrderEvent]] = relationship(
        order_by="OrderEvent.id", lazy="raise", viewonly=True
    )

    __table_args__ = (
        tenant_key("pickup_point_id", "pickup_points"),
        tenant_key("delivery_zone_id", "delivery_zones"),
        Index(None, "cooperative_id", "number", unique=True),
        Index(None, "cooperative_id", "pickup_code", "placed_at"),
        Index(None, "cooperative_id", "state", "pickup_from"),
        Index(None, "state", "pay_by"),
        CheckConstraint("total >= 0", name="total_not_negative"),
        CheckConstraint("delivery_fee >= 0", name="fee_not_negative"),
        CheckConstraint("total = items_total + delivery_fee", name="total_is_goods_and_fee"),
        CheckConstraint(
            "(fulfilment = 'antar') = (delivery_zone_id IS NOT NULL)", name="delivered_to_a_zone"
        ),
        CheckConstraint("refund_due >= 0", name="refund_not_negative"),
    )


class OrderLine(Base):
    """A variant at the name, price and split it had when it was ordered.

    ``quantity`` is what is still to be had of it, or was: what was taken off is a ``LineCut``.
    """

    __tablename__ = "order_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    listing_id: Mapped[UUID]
    variant_id: Mapped[UUID]
    maker_id: Mapped[UUID | None]
    maker_name: Mapped[str]
    title: Mapped[str]
    variant_title: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Rupiah]
    quantity: Mapped[int]
    total: Mapped[Rupiah]
    maker_share: Mapped[Rupiah]
    cooperative_share: Mapped[Rupiah]
    position: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise")

    __table_args__ = (
        tenant_key("order_id", "orders"),
        tenant_key("listing_id", "listings"),
        tenant_key("variant_id", "variants"),
        tenant_key("maker_id", "members"),
        Index(None, "cooperative_id", "order_id", "position"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("total = price * quantity", name="total_is_price_times_quantity"),
        CheckConstraint("total = maker_share + cooperative_share", name="shares_make_the_total"),
    )

    @property
    def earned(self) -> Earned:
        """Say what the sale of this line is booked as."""
        has_maker = self.maker_id is not None
        return who_earns(self.maker_share, self.cooperative_share, has_maker=has_maker)


class LineCut(Base):
    """Pieces that were taken off a line before it was handed over; never changed.

    One form takes pieces off several lines under one key.
    """

    __tablename__ = "line_cuts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    line_id: Mapped[UUID]
    key: Mapped[str]
    quantity: Mapped[int]
    amount: Mapped[Rupiah]
    reason: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("order_id", "orders"),
        tenant_key("line_id", "order_lines"),
        Index(None, "cooperative_id", "key", "line_id", unique=True),
        Index(None, "cooperative_id", "order_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )


class OrderEvent(Base):
    """A step of an order: who took it, when and why; never changed, never deleted."""

    __tablename__ = "order_events"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    before: Mapped[OrderState | None] = mapped_column(enum_column(OrderState, "before"))
    after: Mapped[OrderState] = mapped_column(enum_column(OrderState, "after"))
    actor: Mapped[Actor] = mapped_column(enum_column(Actor))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None]
    day: Mapped[date]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("order_id", "orders"),
        Index(None, "cooperative_id", "order_id", "id"),
        Index(None, "cooperative_id", "day", "after"),
    )


class Refund(Base):
    """Money that goes back to a buyer: asked for, agreed to, paid; the same key asks once.

    ``goods_back``: the pieces of its lines came back to the shelf. ``two_people``: the sum
    needs another officer than the one who asked. A method before it is paid is the buyer's wish;
    ``member_id`` says to whose balance it went. ``fee_amount`` is the part of ``amount`` that
    was paid for the delivery; the rest is of its lines.
    """

    __tablename__ = "refunds"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    key: Mapped[str]
    request_hash: Mapped[str]
    kind: Mapped[RefundKind] = mapped_column(enum_column(RefundKind))
    state: Mapped[RefundState] = mapped_column(enum_column(RefundState))
    amount: Mapped[Rupiah]
    fee_amount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    reason: Mapped[str]
    goods_back: Mapped[bool] = mapped_column(default=False)
    two_people: Mapped[bool] = mapped_column(default=False)
    method: Mapped[RefundMethod | None] = mapped_column(enum_column(RefundMethod))
    reference: Mapped[str | None]
    file_id: Mapped[UUID | None]
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    paid_at: Mapped[datetime | None]
    member_id: Mapped[UUID | None]
    order: Mapped[Order] = relationship(lazy="raise", viewonly=True)
    lines: Mapped[list[RefundLine]] = relationship(
        back_populates="refund", order_by="RefundLine.id", lazy="raise"
    )

    __table_args__ = (
        tenant_key("order_id", "orders"),
        tenant_key("file_id", "files"),
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "order_id"),
        Index(None, "cooperative_id", "member_id"),
        Index(None, "cooperative_id", "state", "id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("fee_amount BETWEEN 0 AND amount", name="fee_within_amount"),
        CheckConstraint(
            "NOT two_people OR decided_by IS NULL OR decided_by <> requested_by",
            name="two_people",
        ),
        CheckConstraint(
            "(state = 'dibayar') = (paid_at IS NOT NULL AND method IS NOT NULL)",
            name="paid_by_a_way",
        ),
        CheckConstraint("(state = 'diminta') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint(
            "method <> 'titipan' OR state <> 'dibayar' OR member_id IS NOT NULL",
            name="balance_of_a_member",
        ),
    )


class RefundLine(Base):
    """What goes back of one line: pieces and money, and whose the money was."""

    __tablename__ = "refund_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    refund_id: Mapped[UUID]
    line_id: Mapped[UUID]
    quantity: Mapped[int]
    amount: Mapped[Rupiah]
    maker_amount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    cooperative_amount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    refund: Mapped[Refund] = relationship(back_populates="lines", lazy="raise")

    __table_args__ = (
        tenant_key("refund_id", "refunds"),
        tenant_key("line_id", "order_lines"),
        Index(None, "cooperative_id", "refund_id"),
        Index(None, "cooperative_id", "line_id"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )
