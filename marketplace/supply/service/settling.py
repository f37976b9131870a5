"""A good of a round is settled when nobody waits for any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from marketplace.supply import queries
from marketplace.supply.models import RequestLine, SupplyPool
from marketplace.supply.queries.fetched import fetched_quantity
from marketplace.supply.rules import PoolState, RequestState, step
from marketplace.supply.service.drafting import keep_up

WAITING = (RequestState.ALLOCATED, RequestState.PRICE_ASKED, RequestState.LOCKED)


def settle_if_done(session: Session, pool: SupplyPool, at: datetime) -> None:
    """Settle a pool when nobody waits for goods of it any more.

    One whose deliveries were all taken back waits for what really came.
    """
    if pool.state is not PoolState.READY:
        return
    waiting = _waiting(session, pool)
    if waiting is None or not queries.receipts(session, pool):
        return
    for line in waiting:
        line.state = step(line.state, RequestState.HANDED_OVER)
    pool.state = step(pool.state, PoolState.SETTLED)
    pool.changed_at = at
    session.flush()
    keep_up(session, pool, at=at)


def _waiting(session: Session, pool: SupplyPool) -> Sequence[RequestLine] | None:
    """Give wishes that were fetched as far as there is anything for them; None if some wait.

    The pool is locked, so that none of its wishes changes meanwhile.
    """
    of_pool = and_(
        RequestLine.cooperative_id == pool.cooperative_id,
        RequestLine.pool_id == pool.id,
        RequestLine.state.in_(WAITING),
    )
    if session.scalar(select(exists().where(of_pool, fetched_quantity() == 0))):
        return None
    lines = session.scalars(select(RequestLine).where(of_pool).order_by(RequestLine.id)).all()
    fetched, shares = queries.fetched_of(session, lines), queries.shares_now(session, lines)
    more = any(shares[line.id].given > fetched[line.id].quantity for line in lines)
    return None if more else lines
