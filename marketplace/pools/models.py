"""What was sold together, and what each member had delivered and got; undone at most once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.pools.rules import PaidInto


class Pool(Base):
    """One pooled sale whose proceeds were shared out; the same key shares once.

    ``residue`` is what could not be divided: it stays with the cooperative beside its fee.
    """

    __tablename__ = "pools"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    key: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    sold_on: Mapped[date]
    proceeds: Mapped[Rupiah]
    fee_basis_points: Mapped[int]
    fee: Mapped[Rupiah]
    residue: Mapped[Rupiah]
    paid_into: Mapped[PaidInto] = mapped_column(enum_column(PaidInto))
    entry_id: Mapped[UUID]
    shared_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    shared_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None]
    shares: Mapped[list[PoolShare]] = relationship(order_by="PoolShare.id", lazy="raise")

    __table_args__ = (
        tenant_key("entry_id", "ledger_entries"),
        Index(None, "cooperative_id", "key", unique=True),
        CheckConstraint("proceeds > 0", name="proceeds_positive"),
        CheckConstraint("fee >= 0 AND residue >= 0", name="parts_not_negative"),
        CheckConstraint("fee + residue <= proceeds", name="parts_within_proceeds"),
        CheckConstraint("fee_basis_points BETWEEN 0 AND 10000", name="fee_is_a_share"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)"
            " AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name="undone_by_somebody",
        ),
    )


class PoolShare(Base):
    """What one member had delivered to a pooled sale, and what it brought them."""

    __tablename__ = "pool_shares"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    pool_id: Mapped[UUID]
    member_id: Mapped[UUID]
    quantity: Mapped[int]
    amount: Mapped[Rupiah]

    __table_args__ = (
        tenant_key("pool_id", "pools"),
        tenant_key("member_id", "members"),
        Index(None, "cooperative_id", "pool_id", "member_id", unique=True),
        Index(None, "cooperative_id", "member_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )
