"""What happens when a round's time is over: its goods are locked, or officers decide what next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.text import say
from marketplace.supply.models import SupplyPool, SupplyRound
from marketplace.supply.queries.rounds import ITS_ROUND
from marketplace.supply.rules import PoolState
from marketplace.supply.service.buying import NotEnough, lock, tell
from marketplace.supply.service.locks import locked_pools, locked_round
from marketplace.supply.service.terms import BadTerms, RoundPlan

MOST_AT_ONCE = 50


def close_due(session: Session, *, at: datetime) -> int:
    """Lock goods of rounds whose time is over; gives how many were looked at.

    One of which too little is wanted stays as it is and is told of once, until its round is
    kept open for longer.
    """
    due = session.scalars(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(
            SupplyPool.state == PoolState.OPEN,
            SupplyPool.short_since.is_(None),
            SupplyRound.closes_at <= at,
        )
        .order_by(SupplyRound.closes_at, SupplyPool.place)
        .limit(MOST_AT_ONCE)
        .with_for_update(of=SupplyPool, skip_locked=True)
    ).all()
    for pool in due:
        try:
            lock(session, pool, at=at)
        except NotEnough:
            _note_shortage(session, pool, at)
    return len(due)


def _note_shortage(session: Session, pool: SupplyPool, at: datetime) -> None:
    pool.short_since = pool.changed_at = at
    session.flush()
    tell(session, pool, "supply.too_little", at)


def extend(session: Session, round_: SupplyRound, closes_at: datetime, *, at: datetime) -> None:
    """Keep the goods of a round open that are not locked, also when its time is over.

    Raises BadTerms.
    """
    locked = locked_round(session, round_)
    still_open = [pool for pool in locked_pools(session, locked) if pool.state is PoolState.OPEN]
    if not still_open:
        raise BadTerms(say("Putaran ini sudah ditutup."))
    RoundPlan(closes_at, locked.pickup_place).check(at)
    locked.closes_at = closes_at
    for pool in still_open:
        pool.short_since, pool.changed_at = None, at
    session.flush()
    for pool in still_open:
        tell(session, pool, "supply.extended", at)
