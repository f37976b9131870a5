"""Batches of pay-outs to makers: composed by one person, approved by another, then paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.ledger.rules import Purpose
from marketplace.payouts.rules import BatchState, PaidBy

OPEN = text("open")


class PayoutBatch(Base):
    """Pay-outs that are approved and paid together.

    ``reference`` is the proof in words, ``file_id`` a picture of it.
    """

    __tablename__ = "payout_batches"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    number: Mapped[int]
    key: Mapped[str]
    state: Mapped[BatchState] = mapped_column(enum_column(BatchState), default=BatchState.COMPOSED)
    total: Mapped[Rupiah]
    composed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    composed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None]
    paid_by: Mapped[PaidBy | None] = mapped_column(enum_column(PaidBy))
    paid_at: Mapped[datetime | None]
    payer_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reference: Mapped[str | None]
    file_id: Mapped[UUID | None]
    payouts: Mapped[list[Payout]] = relationship(order_by="Payout.id", lazy="raise")

    __table_args__ = (
        tenant_key("file_id", "files"),
        Index(None, "cooperative_id", "number", unique=True),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "state"),
        CheckConstraint("approved_by <> composed_by", name="two_people"),
        CheckConstraint("(state = 'dibayar') = (paid_at IS NOT NULL)", name="paid_has_time"),
        CheckConstraint("state <> 'dibayar' OR approved_by IS NOT NULL", name="paid_was_approved"),
    )


class Payout(Base):
    """What one member gets of one debt. While it is open there is no other for that debt."""

    __tablename__ = "payouts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    batch_id: Mapped[UUID]
    member_id: Mapped[UUID]
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    amount: Mapped[Rupiah]
    open: Mapped[bool] = mapped_column(default=True)
    entry_id: Mapped[UUID | None]

    __table_args__ = (
        tenant_key("batch_id", "payout_batches"),
        tenant_key("member_id", "members"),
        tenant_key("entry_id", "ledger_entries"),
        Index(None, "cooperative_id", "batch_id"),
        Index(
            "uq_payouts_open",
            "cooperative_id",
            "member_id",
            "purpose",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
