"""Entries written by hand that wait for a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.bookkeeping.rules import DraftState
from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.ledger.rules import Unit


class EntryDraft(Base):
    """An entry, or the reversal of one, as it was proposed.

    ``lines`` lists [account id, debit, credit] in rupiah; a reversal has none.
    """

    __tablename__ = "entry_drafts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    unit: Mapped[Unit] = mapped_column(enum_column(Unit))
    key: Mapped[str]
    memo: Mapped[str]
    dated: Mapped[date]
    lines: Mapped[list[Any]]
    reverses_id: Mapped[UUID | None]
    file_id: Mapped[UUID | None]
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState), default=DraftState.PROPOSED)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    entry_id: Mapped[UUID | None]

    __table_args__ = (
        tenant_key("reverses_id", "ledger_entries"),
        tenant_key("entry_id", "ledger_entries"),
        tenant_key("file_id", "files"),
        Index(None, "cooperative_id", "key", unique=True),
        Index(None, "cooperative_id", "state", "proposed_at"),
        CheckConstraint("state <> 'posted' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'posted') = (entry_id IS NOT NULL)", name="posted_has_entry"),
    )
