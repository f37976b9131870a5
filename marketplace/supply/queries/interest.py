"""What all wishes for goods come to, counted by the database where they are not all shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from marketplace.members.models import Member
from marketplace.supply.models import RequestLine, SupplyPack, SupplyPool
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.queries.rounds import wish_of
from marketplace.supply.rules import Demand, RequestState, Wish

IN_ROUND = [state for state in RequestState if state is not RequestState.CANCELLED]
NOBODYS = Demand(0, 0)


@dataclass(frozen=True, slots=True)
class Interest:
    """What all wishes for a good come to; ``uneven`` counts those that are no whole packs."""

    members: int = 0
    want: int = 0
    largest: int = 0
    uneven: int = 0
    demand: Demand = NOBODYS


def added_up(pool: SupplyPool, wants: Sequence[int], wishes: Sequence[Wish[UUID]]) -> Interest:
    """Add up wishes that were read anyway."""
    size = pool.main.pack_size
    return Interest(
        len(wants),
        sum(wants),
        max(wants, default=0),
        sum(want % size > 0 for want in wants),
        Demand(sum(wish.want for wish in wishes), sum(wish.flex_max for wish in wishes)),
    )


def interest_in(
    session: Session, cooperative_id: int, pool_ids: Sequence[UUID]
) -> dict[UUID, Interest]:
    """Add wishes up in the database; a quota caps each of them, as ``wish_of`` does."""

    def capped(column: Any) -> ColumnElement[int]:
        quota = SupplyPool.max_per_member
        return func.sum(case((column > quota, quota), else_=column))

    rows = session.execute(
        select(
            RequestLine.pool_id,
            func.count(),
            func.sum(RequestLine.want),
            func.max(RequestLine.want),
            func.count().filter(RequestLine.want % SupplyPack.pack_size != 0),
            capped(RequestLine.want),
            capped(RequestLine.flex_max),
        )
        .join(
            SupplyPool,
            and_(
                SupplyPool.cooperative_id == RequestLine.cooperative_id,
                SupplyPool.id == RequestLine.pool_id,
            ),
        )
        .join(
            SupplyPack,
            and_(
                SupplyPack.cooperative_id == SupplyPool.cooperative_id,
                SupplyPack.pool_id == SupplyPool.id,
                SupplyPack.place == 1,
            ),
        )
        .where(of_pools(cooperative_id, pool_ids))
        .group_by(RequestLine.pool_id)
    )
    return {
        pool_id: Interest(
            members, int(want), largest, uneven, Demand(int(capped_want), int(capped_most))
        )
        for pool_id, members, want, largest, uneven, capped_want, capped_most in rows
        if pool_id is not None
    }


def wishes_of(session: Session, pool: SupplyPool) -> list[Wish[UUID]]:
    """Give all wishes for a good as the rules take them."""
    rows = session.execute(
        select(RequestLine, Member.shortage_score)
        .join(Member, WHO_ASKED)
        .where(of_pools(pool.cooperative_id, [pool.id]))
    )
    return [wish_of(line, score, pool.max_per_member) for line, score in rows]


def of_pools(cooperative_id: int, pool_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Choose the wishes in some pools that were not taken back."""
    return and_(
        RequestLine.cooperative_id == cooperative_id,
        RequestLine.pool_id.in_(list(pool_ids)),
        RequestLine.state.in_(IN_ROUND),
    )
