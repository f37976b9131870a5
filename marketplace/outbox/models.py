"""Messages waiting to leave the house."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, GlobalId


class OutboxMessage(Base):
    """Something that happened and that others want to hear of."""

    __tablename__ = "outbox_messages"

    id: Mapped[GlobalId]
    topic: Mapped[str]
    facts: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]

    __table_args__ = (Index(None, "delivered_at", "id"),)
