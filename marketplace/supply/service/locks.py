"""Rows are always locked in one order: a round, its pools by place, their lines by id."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.supply.models import RequestLine, SupplyPool, SupplyRound
from marketplace.supply.rules import RequestState


def locked_round(session: Session, round_: SupplyRound) -> SupplyRound:
    """Lock a round and read it anew."""
    return session.scalars(
        select(SupplyRound)
        .where(SupplyRound.cooperative_id == round_.cooperative_id, SupplyRound.id == round_.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def locked_pools(session: Session, round_: SupplyRound) -> Sequence[SupplyPool]:
    """Lock all goods of a round and read them anew."""
    return session.scalars(
        select(SupplyPool)
        .where(SupplyPool.cooperative_id == round_.cooperative_id, SupplyPool.round_id == round_.id)
        .order_by(SupplyPool.place)
        .with_for_update(of=SupplyPool)
        .execution_options(populate_existing=True)
    ).all()


def locked_pool(session: Session, pool: SupplyPool) -> SupplyPool:
    """Lock one good of a round and read it anew."""
    return session.scalars(
        select(SupplyPool)
        .where(SupplyPool.cooperative_id == pool.cooperative_id, SupplyPool.id == pool.id)
        .with_for_update(of=SupplyPool)
        .execution_options(populate_existing=True)
    ).one()


def locked_lines(session: Session, pool: SupplyPool) -> Sequence[RequestLine]:
    """Lock all wishes of a pool that were not taken back."""
    return session.scalars(
        select(RequestLine)
        .where(
            RequestLine.cooperative_id == pool.cooperative_id,
            RequestLine.pool_id == pool.id,
            RequestLine.state != RequestState.CANCELLED,
        )
        .order_by(RequestLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def locked_lines_of(
    session: Session, pools: Sequence[SupplyPool], member_id: UUID
) -> Sequence[RequestLine]:
    """Lock one member's wishes in some pools, in the order of the pools' places."""
    places = {pool.id: pool.place for pool in pools}
    lines = session.scalars(
        select(RequestLine)
        .where(
            RequestLine.cooperative_id == pools[0].cooperative_id,
            RequestLine.pool_id.in_(places),
            RequestLine.member_id == member_id,
            RequestLine.state != RequestState.CANCELLED,
        )
        .order_by(RequestLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return sorted(lines, key=lambda line: places[line.pool_id] if line.pool_id else 0)


def locked_line(session: Session, line: RequestLine) -> RequestLine:
    """Lock one wish and read it anew."""
    return session.scalars(
        select(RequestLine)
        .where(RequestLine.cooperative_id == line.cooperative_id, RequestLine.id == line.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
