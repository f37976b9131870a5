"""Turning to what members want instead, when a good of a round is given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.outbox import service as outbox
from marketplace.supply.models import RequestLine, SupplyPool
from marketplace.supply.rules import PoolState, RequestState, step
from marketplace.supply.service.history import note, said


def turn_to_second(
    session: Session, given_up: SupplyPool, lines: Sequence[RequestLine], *, at: datetime
) -> list[RequestLine]:
    """Move wishes to the open pool of their second choice in the same round.

    Gives those that found none, or whose member takes part there already. A wish moves once:
    its second choice is forgotten then. Credit is not kept again without being asked for.
    """
    wanted = {line.second_item_id for line in lines if line.second_item_id is not None}
    pools = _open_pools(session, given_up, wanted) if wanted else {}
    there = _taking_part(session, list(pools.values())) if pools else set()
    left = []
    for line in lines:
        pool = pools.get(line.second_item_id) if line.second_item_id else None
        if pool is None or (pool.id, line.member_id) in there:
            left.append(line)
        else:
            _move(session, line, given_up, pool, at)
    return left


def _open_pools(
    session: Session, given_up: SupplyPool, item_ids: set[UUID]
) -> dict[UUID, SupplyPool]:
    found = session.scalars(
        select(SupplyPool)
        .where(
            SupplyPool.cooperative_id == given_up.cooperative_id,
            SupplyPool.round_id == given_up.round_id,
            SupplyPool.item_id.in_(item_ids),
            SupplyPool.state == PoolState.OPEN,
            SupplyPool.id != given_up.id,
        )
        .order_by(SupplyPool.place)
        .with_for_update(of=SupplyPool)
        .execution_options(populate_existing=True)
    )
    return {pool.item_id: pool for pool in found}


def _taking_part(session: Session, pools: Sequence[SupplyPool]) -> set[tuple[UUID, UUID]]:
    rows = session.execute(
        select(RequestLine.pool_id, RequestLine.member_id).where(
            RequestLine.cooperative_id == pools[0].cooperative_id,
            RequestLine.pool_id.in_([pool.id for pool in pools]),
        )
    )
    return {(pool_id, member_id) for pool_id, member_id in rows if pool_id is not None}


def _move(
    session: Session, line: RequestLine, given_up: SupplyPool, pool: SupplyPool, at: datetime
) -> None:
    before = said(line)
    if line.state is not RequestState.OPEN:
        line.state = step(line.state, RequestState.OPEN)
    line.pool_id, line.item_id = pool.id, pool.item_id
    line.second_item_id = line.rung_id = None
    line.on_account, line.changed_at = False, at
    session.flush()
    note(session, line, before, None, at)
    outbox.tell(
        session,
        "supply.second_choice",
        at=at,
        cooperative=line.cooperative_id,
        line=str(line.id),
        pool=str(pool.id),
        instead_of=given_up.item_name,
    )
