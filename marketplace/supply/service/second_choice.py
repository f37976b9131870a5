"""Turning to what members want instead, when a good is not bought, or too little of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit.rules import CreditTooSmall
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import TAKES_WISHES, RequestLine, SupplyPool
from marketplace.supply.queries.rounds import packs_of
from marketplace.supply.rules import Good, PoolState, RequestState, step, turns
from marketplace.supply.service.history import note, said
from marketplace.supply.service.locks import locked_lines
from marketplace.supply.service.promises import keep_room, let_go
from marketplace.supply.service.quota import within_quota


def turn_to_second(
    session: Session,
    given_up: SupplyPool,
    lines: Sequence[RequestLine],
    pools: Sequence[SupplyPool],
    *,
    at: datetime,
) -> list[RequestLine]:
    """Move wishes to the open pool of their second choice among the locked pools of the round.

    Gives those that found none, or whose member takes part there already. A wish moves once:
    its second choice is forgotten then.
    """
    still_open = [pool for pool in pools if pool.state is PoolState.OPEN and pool is not given_up]
    by_item = {pool.item_id: pool for pool in still_open}
    there = _taking_part(session, still_open)
    left = []
    for line in lines:
        pool = by_item.get(line.second_item_id) if line.second_item_id else None
        if pool is None or (pool.id, line.member_id) in there:
            left.append(line)
        else:
            _move(session, line, given_up, pool, at)
    return left


def turn_before_lock(
    session: Session,
    pools: Sequence[SupplyPool],
    closing: Sequence[SupplyPool],
    *,
    at: datetime,
) -> None:
    """Let who would get nothing of the closing goods turn to their second choice, if it helps.

    ``pools`` are the goods of one round whose rows are locked; those that take no wishes are
    left alone.
    """
    still_open = [pool for pool in pools if pool.state in TAKES_WISHES]
    if len(still_open) < 2:
        return
    lines = {pool.place: locked_lines(session, pool) for pool in still_open}
    if not any(line.second_item_id for pool in closing for line in lines[pool.place]):
        return
    places = {pool.place: pool for pool in still_open}
    goods = {pool.place: _good(pool, lines[pool.place], still_open) for pool in still_open}
    known = {line.id: line for wishes in lines.values() for line in wishes}
    for line_id, here, there in turns(goods, [pool.place for pool in closing]):
        _move(session, known[line_id], places[here], places[there], at)


def _good(
    pool: SupplyPool, lines: Sequence[RequestLine], still_open: Sequence[SupplyPool]
) -> Good[UUID]:
    by_item = {one.item_id: one for one in still_open if one.id != pool.id}
    seconds = {
        line.id: by_item[line.second_item_id].place
        for line in lines
        if line.second_item_id in by_item
        and within_quota(by_item[line.second_item_id], line.accept_min)
    }
    return Good(
        packs_of(pool),
        {line.id: queries.wish_of(line, 0, pool.max_per_member) for line in lines},
        {line.id: line.member_id for line in lines},
        seconds,
        pool.stock_cap,
        pool.stock_want,
        pool.round.policy,
        pool.max_per_member,
    )


def _taking_part(session: Session, pools: Sequence[SupplyPool]) -> set[tuple[UUID, UUID]]:
    if not pools:
        return set()
    rows = session.execute(
        select(RequestLine.pool_id, RequestLine.member_id).where(
            RequestLine.cooperative_id == pools[0].cooperative_id,
            RequestLine.pool_id.in_([pool.id for pool in pools]),
        )
    )
    return {(pool_id, member_id) for pool_id, member_id in rows if pool_id is not None}


def _move(
    session: Session, line: RequestLine, first: SupplyPool, pool: SupplyPool, at: datetime
) -> None:
    before = said(line)
    if line.state is not RequestState.OPEN:
        line.state = step(line.state, RequestState.OPEN)
    line.pool_id, line.item_id = pool.id, pool.item_id
    line.second_item_id = line.rung_id = line.price_cap = None  # said of the first good
    line.changed_at = at
    session.flush()
    if line.on_account:
        _keep_room(session, line, pool, at)
    note(session, line, before, None, at)
    outbox.tell(
        session,
        "supply.second_choice",
        at=at,
        cooperative=line.cooperative_id,
        line=str(line.id),
        pool=str(pool.id),
        instead_of=first.item_name,
    )


def _keep_room(session: Session, line: RequestLine, pool: SupplyPool, at: datetime) -> None:
    """Keep room for the second choice instead; without enough of it, it is paid at once."""
    member = session.get_one(Member, (line.cooperative_id, line.member_id))
    try:
        keep_room(session, pool, line, member, at=at)
    except CreditTooSmall:
        line.on_account = False
        let_go(session, [line], at=at)
