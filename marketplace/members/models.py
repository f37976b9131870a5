"""The numbered register of members that the law asks for."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId

PRESENT = text("left_on IS NULL AND account_id IS NOT NULL")


class Member(Base):
    """One line of the register. Numbers are never given twice, also after leaving.

    ``called`` is how customers know the person ("Bu Lilik"); ``account_id`` is empty for
    members without a phone, for whom officers act.
    """

    __tablename__ = "members"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    number: Mapped[int]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    called: Mapped[str]
    trade: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    admitted_on: Mapped[date]
    left_on: Mapped[date | None]
    leaving_reason: Mapped[str | None]
    shortage_score: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "cooperative_id", "number", unique=True),
        Index(
            "uq_members_present",
            "cooperative_id",
            "account_id",
            unique=True,
            sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        ),
        Index(None, "account_id"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("left_on IS NULL OR left_on >= admitted_on", name="leaves_after_coming"),
    )
