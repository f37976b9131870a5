"""Claims as they are kept; nothing of them is deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.claims.rules import Answer, ClaimKind, ClaimState
from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah

STILL_OPEN = text("state IN ('dibuka', 'dijawab', 'naik')")


class Claim(Base):
    """What a buyer says was wrong with an order that was handed over.

    ``answer_by``: after it the buyer may ask the operator without an answer. ``amount`` is
    what the cooperative offers, or what the operator granted; ``refund_id`` the money given.
    """

    __tablename__ = "claims"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    order_id: Mapped[UUID]
    kind: Mapped[ClaimKind] = mapped_column(enum_column(ClaimKind))
    state: Mapped[ClaimState] = mapped_column(enum_column(ClaimState))
    words: Mapped[str]
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answer: Mapped[Answer | None] = mapped_column(enum_column(Answer))
    answer_words: Mapped[str | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    decision_words: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[Rupiah | None]
    closed_at: Mapped[datetime | None]
    refund_id: Mapped[UUID | None]
    lines: Mapped[list[ClaimLine]] = relationship(order_by="ClaimLine.id", lazy="raise")
    pictures: Mapped[list[ClaimPicture]] = relationship(order_by="ClaimPicture.id", lazy="raise")

    __table_args__ = (
        tenant_key("order_id", "orders"),
        tenant_key("refund_id", "refunds"),
        Index(
            "uq_claims_open",
            "cooperative_id",
            "order_id",
            unique=True,
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        Index(None, "cooperative_id", "state", "opened_at"),
        Index(None, "state", "escalated_at"),
        Index(None, "state", "answer_by"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount_positive"),
        CheckConstraint(
            "(state IN ('sepakat', 'diputus')) = (closed_at IS NOT NULL)", name="closed_has_a_time"
        ),
    )


class ClaimLine(Base):
    """So many pieces of a line that a claim is about."""

    __tablename__ = "claim_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    claim_id: Mapped[UUID]
    line_id: Mapped[UUID]
    quantity: Mapped[int]

    __table_args__ = (
        tenant_key("claim_id", "claims"),
        tenant_key("line_id", "order_lines"),
        Index(None, "cooperative_id", "claim_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class ClaimPicture(Base):
    """A photo that the buyer sent with a claim; for the cooperative and the operator alone."""

    __tablename__ = "claim_pictures"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    claim_id: Mapped[UUID]
    file_id: Mapped[UUID]

    __table_args__ = (
        tenant_key("claim_id", "claims"),
        tenant_key("file_id", "files"),
        Index(None, "cooperative_id", "claim_id"),
    )
