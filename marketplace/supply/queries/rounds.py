"""Rounds of buying together and their goods, as members and officers see them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply.models import (
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyItem,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.rules import Demand, Pack, PoolState, Wish

RUNNING = (
    PoolState.DRAFT,
    PoolState.OPEN,
    PoolState.TOP_UP,
    PoolState.LOCKED,
    PoolState.ORDERED,
    PoolState.RECEIVING,
    PoolState.READY,
)
ITS_ROUND = and_(
    SupplyRound.cooperative_id == SupplyPool.cooperative_id,
    SupplyRound.id == SupplyPool.round_id,
)


def packs_of(pool: SupplyPool) -> list[Pack]:
    """Give the packs of a pool as the rules of choosing take them."""
    return [pack.pack for pack in pool.packs]


def wish_of(line: RequestLine, shortage_score: int, quota: int | None = None) -> Wish[UUID]:
    """Give a line as the rules of sharing out take it, with no more than one member may have."""
    most = line.flex_max if quota is None else min(line.flex_max, quota)
    turn = int(line.asked_at.timestamp() * 1_000_000)
    return Wish(line.id, line.accept_min, min(line.want, most), most, shortage_score, turn)


def with_shelf(pool: SupplyPool, demand: Demand) -> Demand:
    """Add what the cooperative itself takes to what members want."""
    return Demand(demand.want + pool.stock_want, demand.most + pool.stock_want)


def of_cooperative(session: Session, cooperative_id: int, number: int) -> SupplyRound:
    """Fetch one round of this cooperative by its number."""
    found = session.scalar(
        select(SupplyRound).where(
            SupplyRound.cooperative_id == cooperative_id, SupplyRound.number == number
        )
    )
    if found is None:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    return found


def pool(session: Session, cooperative_id: int, number: int, place: int) -> SupplyPool:
    """Fetch one good of a round by the round's number and the good's place in it."""
    found = session.scalar(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(
            SupplyPool.cooperative_id == cooperative_id,
            SupplyRound.number == number,
            SupplyPool.place == place,
        )
    )
    if found is None:
        raise NotFound(say("Barang ini tidak ada di putaran itu."))
    return found


def pools_numbered(session: Session, cooperative_id: int, number: int) -> Sequence[SupplyPool]:
    """List the goods of the round with this number; each knows its round, packs and item."""
    found = (
        session.scalars(
            select(SupplyPool)
            .join(SupplyRound, ITS_ROUND)
            .where(SupplyPool.cooperative_id == cooperative_id, SupplyRound.number == number)
            .order_by(SupplyPool.place)
            .options(  # one question for all of it
                joinedload(SupplyPool.packs),
                joinedload(SupplyPool.item).joinedload(SupplyItem.rungs),
            )
        )
        .unique()
        .all()
    )
    if not found:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    return found


def pools_of(session: Session, round_: SupplyRound) -> Sequence[SupplyPool]:
    """List the goods of a round in the order they were added."""
    return session.scalars(
        select(SupplyPool)
        .where(SupplyPool.cooperative_id == round_.cooperative_id, SupplyPool.round_id == round_.id)
        .order_by(SupplyPool.place)
    ).all()


def past_pools(
    session: Session, cooperative_id: int, *, page: int, size: int = 20
) -> tuple[Sequence[SupplyPool], int]:
    """List settled and cancelled pools, newest first; also says how many pages there are."""
    past = and_(SupplyPool.cooperative_id == cooperative_id, SupplyPool.state.not_in(RUNNING))
    total = session.scalar(select(func.count()).select_from(SupplyPool).where(past)) or 0
    pools = session.scalars(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(past)
        .order_by(SupplyRound.number.desc(), SupplyPool.place)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return pools, max(1, -(-total // size))


def last_run(session: Session, pool: SupplyPool) -> AllocationRun | None:
    """Fetch the sharing-out that counts now."""
    return session.scalars(
        select(AllocationRun)
        .where(
            AllocationRun.cooperative_id == pool.cooperative_id,
            AllocationRun.pool_id == pool.id,
        )
        .order_by(AllocationRun.number.desc())
        .limit(1)
    ).first()


def receipts(session: Session, pool: SupplyPool) -> Sequence[GoodsReceipt]:
    """List the deliveries of a pool that count, oldest first."""
    return session.scalars(
        select(GoodsReceipt)
        .where(
            GoodsReceipt.cooperative_id == pool.cooperative_id,
            GoodsReceipt.pool_id == pool.id,
            GoodsReceipt.reversed_at.is_(None),
        )
        .order_by(GoodsReceipt.id)
    ).all()
