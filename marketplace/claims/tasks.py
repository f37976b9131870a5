"""What claims leave to do on the front page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.claims import queries
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.overview import Task
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say


def claim_tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], _at: datetime
) -> Iterable[Task]:
    """Count the claims that nobody has answered."""
    if Permission.CONFIRM_PAYMENTS not in held:
        return []
    waiting = queries.waiting(session, cooperative.id)
    return [Task(waiting, say("keluhan menunggu jawaban"), "keluhan", urgent=True)]
