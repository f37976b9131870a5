"""Members fetch what was shared out to them, against its exact price."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import Allocation, RequestLine, SupplyHandOver, SupplyPool
from marketplace.supply.rules import PoolState, RequestState, step
from marketplace.supply.service.booking import book_hand_over, unbook_hand_over
from marketplace.supply.service.locks import locked_line, locked_pool
from marketplace.supply.service.receiving import settle_if_done

UNDO_TIME = timedelta(minutes=15)


class NotReady(RuleBroken):
    """There is nothing to hand over for this wish."""

    code = "not_ready"


class WrongMoney(RuleBroken):
    """Another amount than the exact charge."""

    status = 422
    code = "wrong_amount"


def hand_over(
    session: Session,
    line: RequestLine,
    *,
    paid: Rupiah,
    actor_id: UUID,
    at: datetime,
) -> RequestLine:
    """Hand a member's share over against its exact price in cash; twice changes nothing."""
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    if locked.state is RequestState.HANDED_OVER:
        return locked
    share = _share_of(session, pool, locked)
    if share is None or locked.state is not RequestState.ALLOCATED:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    if paid != share.charge:
        raise WrongMoney(say("Harganya %(charge)s, pas.", charge=share.charge))
    hand = SupplyHandOver(
        cooperative_id=locked.cooperative_id,
        line_id=locked.id,
        quantity=share.given,
        paid=paid,
        by=actor_id,
        at=at,
    )
    session.add(hand)
    locked.state = step(locked.state, RequestState.HANDED_OVER)
    locked.changed_at = at
    session.flush()
    book_hand_over(session, pool, hand, at=at)
    settle_if_done(session, pool, at)
    outbox.tell(
        session,
        "supply.handed_over",
        at=at,
        cooperative=locked.cooperative_id,
        line=str(locked.id),
    )
    return locked


def _pool_of(session: Session, line: RequestLine) -> SupplyPool:
    """Find the pool of a wish; a wish whose pool was given up waits and has none."""
    if line.pool_id is None:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))


def _share_of(session: Session, pool: SupplyPool, line: RequestLine) -> Allocation | None:
    run = queries.last_run(session, pool)
    if run is None:
        return None
    return session.scalar(
        select(Allocation).where(
            Allocation.cooperative_id == run.cooperative_id,
            Allocation.run_id == run.id,
            Allocation.line_id == line.id,
        )
    )


def undo_hand_over(session: Session, line: RequestLine, *, at: datetime) -> RequestLine:
    """Take a handing over back within a quarter of an hour: goods and money return."""
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    hand = queries.handed_over(session, pool).get(locked.id)
    if hand is None or locked.state is not RequestState.HANDED_OVER:
        return locked
    if at - hand.at > UNDO_TIME:
        raise NotReady(say("Sudah lewat 15 menit, tidak bisa diurungkan lagi."))
    hand.undone_at = at
    locked.state = RequestState.ALLOCATED  # the one way back, open for a quarter of an hour
    locked.changed_at = at
    if pool.state is PoolState.SETTLED:
        pool.state = PoolState.READY
        pool.changed_at = at
    session.flush()
    unbook_hand_over(session, pool, hand)
    return locked
