"""Shares that were not fetched in time: who was reminded of them, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.supply.rules import LeftOver


class FetchReminder(Base):
    """One reminder of a share, the first or the second since its time was over at ``until``."""

    __tablename__ = "supply_fetch_reminders"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    line_id: Mapped[UUID]
    until: Mapped[datetime]
    number: Mapped[int]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("line_id", "supply_request_lines"),
        Index(None, "cooperative_id", "line_id", "until", "number", unique=True),
        CheckConstraint("number IN (1, 2)", name="number_known"),
    )


class UnfetchedDecision(Base):
    """What officers decided of ``quantity`` that was left of a share; one that was undone stays.

    Where it took the share away, ``run_id`` is the sharing-out that did, ``before_id`` the one
    before it, and ``reopened`` the wishes that had been fetched and could get more again.
    """

    __tablename__ = "supply_unfetched_decisions"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    line_id: Mapped[UUID]
    what: Mapped[LeftOver] = mapped_column(enum_column(LeftOver))
    quantity: Mapped[int]
    keep_until: Mapped[date | None]
    reason: Mapped[str]
    run_id: Mapped[UUID | None]
    before_id: Mapped[UUID | None]
    reopened: Mapped[list[Any]] = mapped_column(default=list)
    by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("line_id", "supply_request_lines"),
        tenant_key("run_id", "supply_allocation_runs"),
        tenant_key("before_id", "supply_allocation_runs"),
        Index(None, "cooperative_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(what = 'simpan') = (keep_until IS NOT NULL)", name="kept_until_a_day"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
    )
