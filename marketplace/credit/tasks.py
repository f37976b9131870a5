"""What bons leave to do on the front page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.overview import Task
from marketplace.credit import queries
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.text import say


def credit_tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], at: datetime
) -> Iterable[Task]:
    """Count the members whose bons are late."""
    if Permission.CONFIRM_PAYMENTS not in held:
        return []
    late = queries.count_late(session, cooperative.id, today=local_day(at))
    return [Task(late, say("anggota terlambat membayar bon"), "bon")]
