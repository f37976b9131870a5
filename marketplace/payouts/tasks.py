"""What the books and the pay-outs leave to do on the front page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.overview import Task
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.payouts import queries


def payout_tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], _at: datetime
) -> Iterable[Task]:
    """Count the batches that wait for a second officer or to be paid."""
    if Permission.APPROVE_ENTRIES not in held:
        return []
    waiting = queries.count_open(session, cooperative.id)
    return [Task(waiting, say("setoran ke pembuat belum selesai"), "setoran")]
