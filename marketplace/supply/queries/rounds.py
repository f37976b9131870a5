"""Rounds of buying together and their goods, as members and officers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyHandOver,
    SupplyItem,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.rules import (
    Gap,
    Outlook,
    Pack,
    PoolState,
    RequestState,
    Wish,
    gap,
    next_tier,
    outlook,
)

RUNNING = (
    PoolState.DRAFT,
    PoolState.OPEN,
    PoolState.TOP_UP,
    PoolState.LOCKED,
    PoolState.ORDERED,
    PoolState.RECEIVING,
    PoolState.READY,
)
MOST_POOLS = 50
ITS_ROUND = and_(
    SupplyRound.cooperative_id == SupplyPool.cooperative_id,
    SupplyRound.id == SupplyPool.round_id,
)
IN_ROUND = [state for state in RequestState if state is not RequestState.CANCELLED]


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One member's wish in a pool, with what it got so far."""

    line: RequestLine
    member: Member
    allocation: Allocation | None


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool with everything its page shows. ``outlook`` is as if it were closed now."""

    pool: SupplyPool
    item: SupplyItem
    lines: list[PoolLine]
    outlook: Outlook[UUID]
    packs: list[Pack]
    run: AllocationRun | None

    @property
    def pack(self) -> Pack:
        """Give the pack in which progress is counted."""
        return self.packs[0]

    @property
    def next_tier(self) -> tuple[int, int] | None:
        """Give the next step of price as (from packs, price)."""
        return next_tier(self.pack, self.outlook.main)

    @property
    def gap(self) -> Gap | None:
        """Give what reaching the next step of price would cost the cooperative."""
        return gap(self.pack, self.outlook.main)

    @property
    def goal(self) -> int:
        """Give how many packs the bar shows: the next step of price, else the officers' goal."""
        tier = self.next_tier
        least = max(self.outlook.main, 1)
        return max(tier[0] if tier else self.pool.goal_packs, least)

    def of_member(self, member_id: UUID | None) -> PoolLine | None:
        """Find one member's wish."""
        return next((row for row in self.lines if row.member.id == member_id), None)


def packs_of(pool: SupplyPool) -> list[Pack]:
    """Give the packs of a pool as the rules of choosing take them."""
    return [pack.pack for pack in pool.packs]


def wish_of(line: RequestLine, shortage_score: int, quota: int | None = None) -> Wish[UUID]:
    """Give a line as the rules of sharing out take it, with no more than one member may have."""
    most = line.flex_max if quota is None else min(line.flex_max, quota)
    turn = int(line.asked_at.timestamp() * 1_000_000)
    return Wish(line.id, line.accept_min, min(line.want, most), most, shortage_score, turn)


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
    """List the goods of the round with this number; each knows its round."""
    found = session.scalars(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(SupplyPool.cooperative_id == cooperative_id, SupplyRound.number == number)
        .order_by(SupplyPool.place)
    ).all()
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


def running(
    session: Session, cooperative_id: int, *, known: Sequence[SupplyItem] = ()
) -> list[PoolView]:
    """Fetch all running pools, those of the round that closes first on top.

    ``known`` are goods that were fetched already.
    """
    return views(session, cooperative_id, _running(session, cooperative_id), known=known)


def _running(
    session: Session, cooperative_id: int, number: int | None = None
) -> Sequence[SupplyPool]:
    """List running pools, and all of one round before them."""
    wanted: ColumnElement[bool] = SupplyPool.state.in_(RUNNING)
    chosen = select(SupplyPool).join(SupplyRound, ITS_ROUND)
    if number is not None:
        wanted = or_(wanted, SupplyRound.number == number)
        chosen = chosen.order_by(SupplyRound.number != number)
    return (
        session.scalars(
            chosen.where(SupplyPool.cooperative_id == cooperative_id, wanted)
            .order_by(SupplyRound.closes_at, SupplyRound.number, SupplyPool.place)
            .options(joinedload(SupplyPool.packs))  # one question for both
            .limit(MOST_POOLS)
        )
        .unique()
        .all()
    )


def round_among_others(
    session: Session, cooperative_id: int, number: int
) -> tuple[list[PoolView], list[PoolView]]:
    """Fetch the pools of one round of this cooperative, and the running ones of others."""
    pools = _running(session, cooperative_id, number)
    if not pools or pools[0].number != number:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    found = views(session, cooperative_id, pools)
    own = [view for view in found if view.pool.number == number]
    return own, found[len(own) :]


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


def view(session: Session, pool: SupplyPool) -> PoolView:
    """Fetch everything that a pool's page shows."""
    return views(session, pool.cooperative_id, [pool])[0]


def views(
    session: Session,
    cooperative_id: int,
    pools: Sequence[SupplyPool],
    *,
    known: Sequence[SupplyItem] = (),
) -> list[PoolView]:
    """Fetch what several pools show, with a fixed number of queries."""
    ids = [pool.id for pool in pools]
    lines = _lines(session, cooperative_id, ids)
    items = _items(session, cooperative_id, {pool.item_id for pool in pools}, known)
    runs, given = _shared_out(session, cooperative_id, ids)
    found = []
    for pool in pools:
        rows = [PoolLine(line, m, given.get(line.id)) for line, m in lines.get(pool.id, [])]
        packs = packs_of(pool)
        quota = pool.max_per_member
        wishes = [wish_of(row.line, row.member.shortage_score, quota) for row in rows]
        look = outlook(packs, wishes, stock_cap=pool.stock_cap, policy=pool.round.policy)
        found.append(PoolView(pool, items[pool.item_id], rows, look, packs, runs.get(pool.id)))
    return found


def _lines(
    session: Session, cooperative_id: int, pool_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[RequestLine, Member]]]:
    rows = session.execute(
        select(RequestLine, Member)
        .join(Member, WHO_ASKED)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.pool_id.in_(list(pool_ids)),
            RequestLine.state.in_(IN_ROUND),
        )
        .order_by(RequestLine.want.desc(), RequestLine.id)
    )
    found: dict[UUID, list[tuple[RequestLine, Member]]] = {}
    for line, member in rows:
        if line.pool_id is not None:
            found.setdefault(line.pool_id, []).append((line, member))
    return found


def _items(
    session: Session, cooperative_id: int, ids: set[UUID], known: Sequence[SupplyItem]
) -> dict[UUID, SupplyItem]:
    """Give goods by their ids; asks only for those that are not known."""
    found = {item.id: item for item in known}
    missing = ids - found.keys()
    if missing:
        wanted = (
            select(SupplyItem)
            .where(SupplyItem.cooperative_id == cooperative_id, SupplyItem.id.in_(missing))
            .options(joinedload(SupplyItem.rungs))
        )
        found |= {item.id: item for item in session.scalars(wanted).unique()}
    return found


def _shared_out(
    session: Session, cooperative_id: int, pool_ids: Sequence[UUID]
) -> tuple[dict[UUID, AllocationRun], dict[UUID, Allocation]]:
    """Give the sharing-out that counts now by pool, and what each line got in it."""
    rows = session.execute(
        select(AllocationRun, Allocation)
        .outerjoin(
            Allocation,
            and_(
                Allocation.cooperative_id == AllocationRun.cooperative_id,
                Allocation.run_id == AllocationRun.id,
            ),
        )
        .where(
            AllocationRun.cooperative_id == cooperative_id,
            AllocationRun.pool_id.in_(list(pool_ids)),
        )
        .order_by(AllocationRun.number)
    ).all()
    runs = {run.pool_id: run for run, _ in rows}
    given = {
        share.line_id: share
        for run, share in rows
        if share is not None and runs[run.pool_id] is run
    }
    return runs, given


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


def handed_over_of(session: Session, lines: Sequence[RequestLine]) -> dict[UUID, SupplyHandOver]:
    """Fetch what was handed over of some wishes and not taken back, by line."""
    if not lines:
        return {}
    rows = session.scalars(
        select(SupplyHandOver).where(
            SupplyHandOver.cooperative_id == lines[0].cooperative_id,
            SupplyHandOver.line_id.in_([line.id for line in lines]),
            SupplyHandOver.undone_at.is_(None),
        )
    )
    return {row.line_id: row for row in rows}


def handed_over(session: Session, pool: SupplyPool) -> dict[UUID, SupplyHandOver]:
    """Fetch what was handed over and not taken back, by line."""
    rows = session.scalars(
        select(SupplyHandOver)
        .join(
            RequestLine,
            and_(
                RequestLine.cooperative_id == SupplyHandOver.cooperative_id,
                RequestLine.id == SupplyHandOver.line_id,
            ),
        )
        .where(
            SupplyHandOver.cooperative_id == pool.cooperative_id,
            RequestLine.pool_id == pool.id,
            SupplyHandOver.undone_at.is_(None),
        )
    )
    return {row.line_id: row for row in rows}
