"""Goods of rounds with what their pages show of them.

A large round has thousands of wishes. So a page names those that it shows (``LinesShown``); what
all of them add up to is counted by the database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    RequestLine,
    SupplyItem,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.queries.fetched import fetched_paid, fetched_quantity
from marketplace.supply.queries.interest import (
    Interest,
    added_up,
    interest_in,
    of_pools,
    wishes_of,
)
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.queries.rounds import ITS_ROUND, RUNNING, packs_of, wish_of, with_shelf
from marketplace.supply.queries.shares import RUN_OF_LINE, SHARE_IN_RUN, is_newest
from marketplace.supply.rules import (
    Bill,
    Gap,
    Outlook,
    Pack,
    RequestState,
    SharingPolicy,
    Wish,
    bill,
    gap,
    next_tier,
    outlook,
)

MOST_POOLS = 50
NOTHING = Rupiah(0)
WAITING = (RequestState.ALLOCATED, RequestState.LOCKED)
BY_SIZE = (RequestLine.want.desc(), RequestLine.id)


@dataclass(frozen=True, slots=True)
class LinesShown:
    """Which wishes are shown: of some members (None: of all), and a page of one good's."""

    members: Collection[UUID] | None = None
    pool: UUID | None = None
    limit: int = 0
    offset: int = 0


EVERYBODY = LinesShown()


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One member's wish in a pool, with what it got so far, and what of that was fetched."""

    line: RequestLine
    member: Member
    allocation: Allocation | None
    fetched: int = 0
    paid: Rupiah = NOTHING

    @property
    def given(self) -> int:
        """Say how much it got so far."""
        return self.allocation.given if self.allocation else 0

    @property
    def left(self) -> int:
        """Say how much of it is still to be fetched."""
        return self.given - self.fetched if self.line.state in WAITING else 0

    @property
    def to_pay(self) -> Rupiah:
        """Say what is to be paid for what is still to be fetched."""
        return self.allocation.charge - self.paid if self.allocation and self.left else NOTHING


@dataclass
class PoolView:
    """A pool with what its page shows. ``outlook`` is as if it were closed now.

    ``wishes`` are all of them, where it matters who would get how much now.
    """

    pool: SupplyPool
    item: SupplyItem
    lines: list[PoolLine]
    interest: Interest
    outlook: Outlook
    packs: list[Pack]
    run: AllocationRun | None
    policy: SharingPolicy
    wishes: list[Wish[UUID]] | None = None

    @cached_property
    def bill(self) -> Bill[UUID] | None:
        """Share out what would be bought now; None where not all wishes are known."""
        if self.wishes is None or not self.outlook.packs:
            return None
        plan = self.outlook.plan
        return bill(plan.cost, plan.total, self.wishes, self.policy)

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


def running(
    session: Session,
    cooperative_id: int,
    *,
    members: Collection[UUID] | None = None,
) -> list[PoolView]:
    """Fetch all running pools, those of the round that closes first on top.

    Of wishes, those of ``members`` are shown.
    """
    pools = _running(session, cooperative_id)
    goods = [pool.item for pool in pools]
    return views(session, cooperative_id, pools, known=goods, shown=LinesShown(members))


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
            .options(  # one question for all of it
                joinedload(SupplyPool.packs),
                joinedload(SupplyPool.item).joinedload(SupplyItem.rungs),
            )
            .limit(MOST_POOLS)
        )
        .unique()
        .all()
    )


def round_among_others(
    session: Session,
    cooperative_id: int,
    number: int,
    *,
    members: Collection[UUID] | None = None,
    place: int | None = None,
    limit: int = 0,
    offset: int = 0,
) -> tuple[list[PoolView], list[PoolView]]:
    """Fetch the pools of one round of this cooperative, and the running ones of others.

    Wishes of ``members`` are shown, and a page of those for the good at ``place``, the only
    good if there is one.
    """
    pools = _running(session, cooperative_id, number)
    own = [pool for pool in pools if pool.number == number]
    if not own:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    whole = own[0] if len(own) == 1 else next((one for one in own if one.place == place), None)
    shown = LinesShown(members, whole.id if whole else None, limit, offset)
    goods = [pool.item for pool in pools]
    found = views(session, cooperative_id, pools, known=goods, shown=shown)
    return found[: len(own)], found[len(own) :]


def view(session: Session, pool: SupplyPool) -> PoolView:
    """Fetch everything about a pool, with all of its wishes."""
    return views(session, pool.cooperative_id, [pool])[0]


def views(
    session: Session,
    cooperative_id: int,
    pools: Sequence[SupplyPool],
    *,
    known: Sequence[SupplyItem] = (),
    shown: LinesShown = EVERYBODY,
) -> list[PoolView]:
    """Fetch what several pools show, with a fixed number of queries."""
    ids = [pool.id for pool in pools]
    lines = _lines(session, cooperative_id, ids, shown)
    items = _items(session, cooperative_id, {pool.item_id for pool in pools}, known)
    interest = interest_in(session, cooperative_id, ids) if shown.members is not None else {}
    found = []
    for pool in pools:
        rows, run = lines.get(pool.id, ([], None))
        wishes = None
        if shown.members is None:
            wishes = [_wish(row, pool) for row in rows]
            interest[pool.id] = added_up(pool, [row.line.want for row in rows], wishes)
        elif pool.id == shown.pool and run is None:
            wishes = wishes_of(session, pool)
        wanted, packs = interest.get(pool.id, Interest()), packs_of(pool)
        found.append(
            PoolView(
                pool,
                items[pool.item_id],
                rows,
                wanted,
                outlook(packs, with_shelf(pool, wanted.demand), stock_cap=pool.stock_cap),
                packs,
                run,
                pool.round.policy,
                wishes,
            )
        )
    return found


def _wish(row: PoolLine, pool: SupplyPool) -> Wish[UUID]:
    return wish_of(row.line, row.member.shortage_score, pool.max_per_member)


def _lines(
    session: Session, cooperative_id: int, pool_ids: Sequence[UUID], shown: LinesShown
) -> dict[UUID, tuple[list[PoolLine], AllocationRun | None]]:
    """Read the wishes that are shown with what they got, and in which run."""
    if shown.members is not None and not shown.members and shown.pool is None:
        return {}
    chosen = (
        select(RequestLine, Member, Allocation, AllocationRun, fetched_quantity(), fetched_paid())
        .join(Member, WHO_ASKED)
        .outerjoin(AllocationRun, and_(RUN_OF_LINE, is_newest(aliased(AllocationRun))))
        .outerjoin(Allocation, SHARE_IN_RUN)
        .where(of_pools(cooperative_id, pool_ids), *_shown(cooperative_id, shown))
        .order_by(*BY_SIZE)
    )
    found: dict[UUID, tuple[list[PoolLine], AllocationRun | None]] = {}
    for line, member, share, run, fetched, paid in session.execute(chosen):
        if line.pool_id is not None:
            rows, _ = found.setdefault(line.pool_id, ([], run))
            rows.append(PoolLine(line, member, share, int(fetched), paid))
    return found


def _shown(cooperative_id: int, shown: LinesShown) -> list[ColumnElement[bool]]:
    if shown.members is None:
        return []
    theirs = RequestLine.member_id.in_(shown.members) if shown.members else false()
    if shown.pool is None:
        return [theirs]
    page = (
        select(RequestLine.id)
        .where(of_pools(cooperative_id, [shown.pool]))
        .order_by(*BY_SIZE)
        .limit(shown.limit)
        .offset(shown.offset)
    )
    return [or_(theirs, RequestLine.id.in_(page))]


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
