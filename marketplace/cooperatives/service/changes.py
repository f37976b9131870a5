"""How every change of a cooperative ends: dated, and told to whoever shows it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.outbox import service as outbox


def changed(session: Session, cooperative: Cooperative, what: str, *, at: datetime) -> None:
    """Date the change and tell it."""
    cooperative.updated_at = at
    session.flush()
    outbox.tell(session, "cooperative.changed", at=at, cooperative_id=cooperative.id, what=what)
