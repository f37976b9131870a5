"""What an audit of one cooperative found, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId


class AuditRun(Base):
    """One audit: ``findings`` lists [check, row, what was found]; none means all is true."""

    __tablename__ = "audit_runs"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    checks: Mapped[int]
    findings: Mapped[list[Any]]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "cooperative_id", "at"),)
