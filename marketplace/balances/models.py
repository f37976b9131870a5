"""Paying a member's balance out: asked for by one officer, above a limit agreed to by another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.balances.rules import WithdrawalState
from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.payouts.rules import PaidBy


class Withdrawal(Base):
    """Money that leaves a member's balance; the same key asks once.

    ``hold_id`` binds it in the books until it is paid or given up. ``two_people``: the sum
    needs another officer than the one who asked.
    """

    __tablename__ = "balance_withdrawals"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    hold_id: Mapped[UUID]
    key: Mapped[str]
    state: Mapped[WithdrawalState] = mapped_column(enum_column(WithdrawalState))
    amount: Mapped[Rupiah]
    two_people: Mapped[bool]
    way: Mapped[PaidBy | None] = mapped_column(enum_column(PaidBy))
    reference: Mapped[str | None]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    paid_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("member_id", "members"),
        tenant_key("hold_id", "ledger_holds"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "member_id"),
        Index(None, "cooperative_id", "state", "id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "NOT two_people OR decided_by IS NULL OR decided_by <> requested_by",
            name="two_people",
        ),
        CheckConstraint(
            "(state = 'dibayar') = (paid_at IS NOT NULL AND way IS NOT NULL)",
            name="paid_by_a_way",
        ),
        CheckConstraint("(state = 'diminta') = (decided_at IS NULL)", name="decided_at_a_time"),
    )
