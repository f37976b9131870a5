"""What a round does by the clock: it opens, is filled up, is locked, or officers decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.text import say
from marketplace.supply import queries
from marketplace.supply.models import TAKES_WISHES, SupplyPool, SupplyRound
from marketplace.supply.queries.rounds import ITS_ROUND
from marketplace.supply.rules import PoolState, step
from marketplace.supply.service.buying import NotEnough, lock_turned, start, tell
from marketplace.supply.service.locks import locked_pools, locked_round
from marketplace.supply.service.second_choice import turn_before_lock
from marketplace.supply.service.terms import BadTerms, RoundPlan

MOST_AT_ONCE = 50


def close_due(session: Session, *, at: datetime) -> int:
    """Let rounds whose time has come open, be filled up, or be locked; gives how many goods.

    A good of which too little is wanted stays as it is and is told of once, until its round
    is kept open for longer.
    """
    due = session.scalars(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(
            SupplyPool.short_since.is_(None),
            or_(
                and_(SupplyPool.state == PoolState.DRAFT, SupplyRound.opens_at <= at),
                and_(SupplyPool.state == PoolState.OPEN, SupplyRound.closes_at <= at),
                and_(SupplyPool.state == PoolState.TOP_UP, SupplyRound.top_up_until <= at),
            ),
        )
        .order_by(SupplyRound.closes_at, SupplyRound.id, SupplyPool.place)
        .limit(MOST_AT_ONCE)
        .with_for_update(of=SupplyPool, skip_locked=True)
    ).all()
    closing = [pool for pool in due if not _stays_open(session, pool, at)]
    for _, pools in groupby(closing, key=lambda pool: pool.round_id):
        _close(session, list(pools), at)
    return len(due)


def _stays_open(session: Session, pool: SupplyPool, at: datetime) -> bool:
    """Open a good whose time has come, or let it be filled up; say whether it takes wishes."""
    if pool.state is PoolState.DRAFT:
        start(session, pool, at=at)
    elif pool.state is PoolState.OPEN and _may_be_filled(session, pool, at):
        pool.state, pool.changed_at = step(pool.state, PoolState.TOP_UP), at
        session.flush()
        tell(session, pool, "supply.topping_up", at)
    else:
        return False
    return True


def _close(session: Session, pools: Sequence[SupplyPool], at: datetime) -> None:
    """Lock goods of one round; only among these, whose rows are locked, wishes turn."""
    turn_before_lock(session, pools, pools, at=at)
    for pool in pools:
        try:
            lock_turned(session, pool, at=at)
        except NotEnough:
            _note_shortage(session, pool, at)


def _may_be_filled(session: Session, pool: SupplyPool, at: datetime) -> bool:
    """Say whether there is time, and a pack, that wishes could still fill."""
    until = pool.round.top_up_until
    return until is not None and until > at and queries.view(session, pool).outlook.missing > 0


def _note_shortage(session: Session, pool: SupplyPool, at: datetime) -> None:
    pool.short_since = pool.changed_at = at
    session.flush()
    tell(session, pool, "supply.too_little", at)


def extend(session: Session, round_: SupplyRound, closes_at: datetime, *, at: datetime) -> None:
    """Keep the goods of a round open that are not locked, also when its time is over.

    Raises BadTerms.
    """
    locked = locked_round(session, round_)
    still_open = [p for p in locked_pools(session, locked) if p.state in TAKES_WISHES]
    if not still_open:
        raise BadTerms(say("Putaran ini sudah ditutup."))
    RoundPlan(closes_at, locked.pickup_place).check(at)
    if locked.top_up_until is not None:
        locked.top_up_until += closes_at - locked.closes_at
    locked.closes_at = closes_at
    for pool in still_open:
        pool.short_since, pool.changed_at = None, at
        if pool.state is PoolState.TOP_UP:
            pool.state = step(pool.state, PoolState.OPEN)
    session.flush()
    for pool in still_open:
        tell(session, pool, "supply.extended", at)
