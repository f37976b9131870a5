"""What orders leave to do on the front page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.overview import Task
from marketplace.kernel.access import Permission
from marketplace.kernel.text import Sentence, say
from marketplace.orders.models import Order
from marketplace.orders.queries.refunds import to_give_back
from marketplace.orders.rules import OrderState
from marketplace.payments.queries import open_count

WAITING: tuple[tuple[OrderState, Sentence], ...] = (
    (OrderState.NEW, say("pesanan baru")),
    (OrderState.IN_PREPARATION, say("pesanan sedang disiapkan")),
    (OrderState.READY_FOR_PICKUP, say("pesanan siap diambil")),
    (OrderState.READY, say("pesanan siap dikirim")),
)


def order_tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], _at: datetime
) -> Iterable[Task]:
    """Count the orders and the money that wait for somebody, in three queries."""
    if Permission.SEE_BOARD not in held:
        return []
    rows = session.execute(
        select(Order.state, func.count(Order.id))
        .where(
            Order.cooperative_id == cooperative.id,
            Order.state.in_([state for state, _ in WAITING]),
        )
        .group_by(Order.state)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    found = [
        Task(counts.get(state, 0), title, "pesanan", urgent=state is OrderState.NEW)
        for state, title in WAITING
    ]
    if Permission.CONFIRM_PAYMENTS in held:
        back = to_give_back(session, cooperative.id)
        found.append(Task(back, say("uang harus dikembalikan"), "pengembalian"))
        waiting = open_count(session, cooperative.id)
        found.append(Task(waiting, say("uang masuk belum dicocokkan"), "rekening"))
    return found
