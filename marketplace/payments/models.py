"""What is to be paid, to whom, and every sign that it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.payments.rules import PaymentMethod, PaymentState


class PaymentIntent(Base):
    """One sum that one cooperative waits for. ``received`` is the sum of its events."""

    __tablename__ = "payment_intents"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    method: Mapped[PaymentMethod] = mapped_column(enum_column(PaymentMethod))
    state: Mapped[PaymentState] = mapped_column(enum_column(PaymentState))
    amount_due: Mapped[Rupiah]
    received: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    qris_payload: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "cooperative_id", "state", "expires_at"),
        CheckConstraint("amount_due >= 0", name="due_not_negative"),
        CheckConstraint("received >= 0", name="received_not_negative"),
    )


class PaymentShare(Base):
    """The part of an intent that pays for one order."""

    __tablename__ = "payment_shares"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    order_id: Mapped[UUID]
    amount: Mapped[Rupiah]
    refunded: Mapped[Rupiah] = mapped_column(default=Rupiah(0))

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        tenant_key("order_id", "orders"),
        Index(None, "cooperative_id", "intent_id", "order_id", unique=True),
        Index(None, "cooperative_id", "order_id"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refund_within_amount"),
    )


class PaymentEvent(Base):
    """A sign that money came or went back; never changed, never deleted.

    (source, external_id) is unique per cooperative, so the same sign acts at most once.
    """

    __tablename__ = "payment_events"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    source: Mapped[str]
    external_id: Mapped[str]
    amount: Mapped[Rupiah]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        Index(None, "cooperative_id", "source", "external_id", unique=True),
        Index(None, "cooperative_id", "intent_id"),
    )
