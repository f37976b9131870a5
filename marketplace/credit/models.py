"""Limits, what is held of them, bons, and what was paid of which."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.credit.rules import PaidBy
from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah

IN_FORCE = text("undone_at IS NULL")


class CreditLimit(Base):
    """What a member may take on account from one decision to the next; never changed.

    The highest ``number`` of a member counts; without a row there is no credit.
    """

    __tablename__ = "credit_limits"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    number: Mapped[int]
    amount: Mapped[Rupiah]
    due_days: Mapped[int]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "member_id", "number", unique=True),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("due_days > 0", name="due_days_positive"),
        CheckConstraint("number > 0", name="number_positive"),
    )


class CreditHold(Base):
    """Room that is kept for something a member asked for, until it is charged or let go."""

    __tablename__ = "credit_holds"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    amount: Mapped[Rupiah]
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "source_type", "source_id", unique=True),
        Index(None, "cooperative_id", "member_id", "released_at"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class CreditBill(Base):
    """A bon: goods that a member has and has not paid for yet.

    ``number`` counts the bons of a cooperative. One that is undone stays and counts no more;
    its cause may then be charged anew.
    """

    __tablename__ = "credit_bills"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    number: Mapped[int]
    member_id: Mapped[UUID]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    memo: Mapped[str]
    amount: Mapped[Rupiah]
    paid: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    dated: Mapped[date]
    due_on: Mapped[date]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "number", unique=True),
        Index(
            "uq_credit_bills_source",
            "cooperative_id",
            "source_type",
            "source_id",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index(None, "cooperative_id", "member_id", "number"),
        Index(None, "due_on"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("0 <= paid AND paid <= amount", name="paid_within_amount"),
        CheckConstraint("undone_at IS NULL OR paid = 0", name="undone_unpaid"),
        CheckConstraint("due_on > dated", name="due_later"),
    )

    @property
    def left(self) -> Rupiah:
        """Say how much of it is still to be paid."""
        return Rupiah(0) if self.undone_at else self.amount - self.paid


class CreditPayment(Base):
    """Money by which a member paid bons; the same key pays once."""

    __tablename__ = "credit_payments"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    key: Mapped[str]
    amount: Mapped[Rupiah]
    way: Mapped[PaidBy] = mapped_column(enum_column(PaidBy))
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    parts: Mapped[list[CreditPart]] = relationship(order_by="CreditPart.id", lazy="raise")

    __table_args__ = (
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "member_id", "id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class CreditPart(Base):
    """What one bon got of a payment."""

    __tablename__ = "credit_payment_parts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    payment_id: Mapped[UUID]
    bill_id: Mapped[UUID]
    amount: Mapped[Rupiah]
    bill: Mapped[CreditBill] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        tenant_key("payment_id", "credit_payments"),
        tenant_key("bill_id", "credit_bills"),
        Index(None, "cooperative_id", "payment_id", "bill_id", unique=True),
        Index(None, "cooperative_id", "bill_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
