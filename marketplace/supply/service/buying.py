"""Opening a round and adding goods to it; locking, ordering and giving up one of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import TAKES_WISHES, RequestLine, SupplyItem, SupplyPool, SupplyRound
from marketplace.supply.queries.rounds import packs_of, with_shelf
from marketplace.supply.rules import PoolState, RequestState, demand_of, least_total, plan_for, step
from marketplace.supply.service.drafting import draft, give_up
from marketplace.supply.service.locks import locked_lines, locked_pool, locked_pools, locked_round
from marketplace.supply.service.promises import let_go
from marketplace.supply.service.quota import within_quota
from marketplace.supply.service.second_choice import turn_before_lock, turn_to_second
from marketplace.supply.service.terms import BadTerms, RoundPlan, Terms, pack_rows

MOST_GOODS = 30
BEFORE_LOCK = (PoolState.DRAFT, *TAKES_WISHES)


class NotEnough(RuleBroken):
    """What is wanted does not fill what the supplier sells. ``missing`` is in base units."""

    code = "not_enough"

    def __init__(self, missing: int) -> None:
        super().__init__(
            say("Belum cukup untuk satu pembelian. Perpanjang, ambil untuk stok, atau batalkan.")
        )
        self.missing = missing


def open_round(
    session: Session,
    item: SupplyItem,
    terms: Terms,
    plan: RoundPlan,
    *,
    opened_by: UUID,
    at: datetime,
) -> SupplyPool:
    """Open a round with its first good; see ``add_good``."""
    plan.check(at)
    terms.check(item.factor, at)
    round_ = SupplyRound(
        cooperative_id=item.cooperative_id,
        number=_next_number(session, item.cooperative_id),
        opens_at=plan.opens_at if plan.is_later(at) else None,
        closes_at=plan.closes_at,
        top_up_until=plan.top_up_until,
        pickup_from=plan.pickup_from,
        pickup_until=plan.pickup_until,
        pickup_place=plan.pickup_place,
        policy=plan.policy,
        opened_by=opened_by,
        opened_at=at,
    )
    session.add(round_)
    session.flush()
    return _add(session, round_, item, terms, place=1, at=at)


def add_good(
    session: Session, round_: SupplyRound, item: SupplyItem, terms: Terms, *, at: datetime
) -> SupplyPool:
    """Add a good to a round that still takes wishes; all that wait for it join, one per member.

    The supplier's terms are copied: a change of the list never touches a running round.
    Raises BadTerms when the round is over, is full, or has that good already.
    """
    terms.check(item.factor, at)
    locked = locked_round(session, round_)
    if locked.closes_at <= at:
        raise BadTerms(say("Putaran ini sudah ditutup."))
    pools = queries.pools_of(session, locked)
    if len(pools) >= MOST_GOODS:
        raise BadTerms(say("Paling banyak %(count)s barang dalam satu putaran.", count=MOST_GOODS))
    if any(pool.item_id == item.id and pool.state in BEFORE_LOCK for pool in pools):
        told = say("Barang itu sudah ada di putaran ini.")
        raise BadTerms(told, fields={"item": told})
    return _add(session, locked, item, terms, place=len(pools) + 1, at=at)


def _add(
    session: Session,
    round_: SupplyRound,
    item: SupplyItem,
    terms: Terms,
    *,
    place: int,
    at: datetime,
) -> SupplyPool:
    pool = SupplyPool(
        cooperative_id=round_.cooperative_id,
        id=new_id(),
        round_id=round_.id,
        place=place,
        item_id=item.id,
        item_name=item.name,
        state=PoolState.DRAFT,
        supplier=terms.supplier,
        goal_packs=terms.goal_packs,
        stock_cap=terms.stock_cap,
        max_per_member=terms.max_per_member,
        legal_price=terms.legal_price,
        pack_costs=terms.pack_costs,
        margin=_margin(session, round_, terms),
        arrives_on=terms.arrives_on,
        added_at=at,
        changed_at=at,
    )
    session.add(pool)
    session.flush()
    session.add_all(pack_rows(pool, terms.packs))
    session.flush()
    if round_.opens_at is None or round_.opens_at <= at:
        start(session, pool, at=at)
    return pool


def start(session: Session, pool: SupplyPool, *, at: datetime) -> None:
    """Take wishes for a good from now on; all that wait for it join, one per member."""
    pool.state = step(pool.state, PoolState.OPEN)
    pool.changed_at = at
    taken: set[UUID] = set()
    for line in queries.waiting_for(session, pool.cooperative_id, pool.item_id):
        if line.member_id not in taken and within_quota(pool, line.accept_min):
            taken.add(line.member_id)
            line.pool_id = pool.id
            line.changed_at = at
    session.flush()
    tell(session, pool, "supply.opened", at)


def _margin(session: Session, round_: SupplyRound, terms: Terms) -> int:
    if terms.margin is not None:
        return terms.margin
    return session.get_one(Cooperative, round_.cooperative_id).supply_margin


def _next_number(session: Session, cooperative_id: int) -> int:
    """Count rounds per cooperative, under the lock of the cooperative's row."""
    session.execute(
        select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update()
    )
    last = session.scalar(
        select(func.max(SupplyRound.number)).where(SupplyRound.cooperative_id == cooperative_id)
    )
    return (last or 0) + 1


def widen(
    session: Session,
    pool: SupplyPool,
    *,
    stock_cap: int,
    at: datetime,
) -> None:
    """Let the cooperative itself take so many base units of an open pool. Raises BadTerms."""
    locked = locked_pool(session, pool)
    if locked.state not in TAKES_WISHES:
        raise BadTerms(say("Barang ini sudah ditutup."))
    locked.stock_cap = max(0, stock_cap)
    locked.short_since = None  # what is wanted may be enough now
    locked.changed_at = at
    session.flush()


def take_for_stock(session: Session, pool: SupplyPool, *, packs: int, at: datetime) -> None:
    """Let the cooperative buy so many first packs for its own shelf, on top of what members want.

    Other than what it may keep (``widen``), this is bought even where it makes the bill larger:
    a step of price may be worth it. Raises BadTerms.
    """
    locked = locked_pool(session, pool)
    if locked.state not in TAKES_WISHES:
        raise BadTerms(say("Barang ini sudah ditutup."))
    locked.stock_want = max(0, packs) * locked.main.pack_size
    locked.short_since = None
    locked.changed_at = at
    session.flush()


def lock(session: Session, pool: SupplyPool, *, by: UUID | None = None, at: datetime) -> SupplyPool:
    """Close a pool and fix how many packs are bought, on a draft of an order to its supplier.

    Who would get nothing turns to their second choice before. Locking twice changes nothing.
    When time locks it, the order counts as made by who opened the round.
    """
    pools = locked_pools(session, pool.round)
    locked = next(one for one in pools if one.id == pool.id)
    if locked.state is not PoolState.LOCKED:
        step(locked.state, PoolState.LOCKED)
        turn_before_lock(session, pools, [locked], at=at)
        lock_turned(session, locked, by=by, at=at)
    return locked


def lock_turned(
    session: Session, locked: SupplyPool, *, by: UUID | None = None, at: datetime
) -> None:
    """Lock a pool whose row is locked, once second choices were looked at. Raises NotEnough."""
    wanted_state = step(locked.state, PoolState.LOCKED)
    lines = locked_lines(session, locked)
    packs, wishes = (
        packs_of(locked),
        [queries.wish_of(line, 0, locked.max_per_member) for line in lines],
    )
    demand = with_shelf(locked, demand_of(wishes))
    plan = plan_for(packs, demand, stock_cap=locked.stock_cap)
    if plan.total == 0:
        want = demand.want
        raise NotEnough(least_total(packs, max(want, 1)) - want)
    for line in lines:
        line.state = step(line.state, RequestState.LOCKED)
        line.changed_at = at
    for pack, count in zip(locked.packs, plan.counts, strict=True):
        pack.ordered = count
    locked.ordered_cost = Rupiah(plan.cost)
    locked.locked_at = locked.changed_at = at
    locked.state = wanted_state
    session.flush()
    draft(session, locked, by=by or locked.round.opened_by, at=at)
    tell(session, locked, "supply.locked", at)


def lock_round(
    session: Session, round_: SupplyRound, *, by: UUID | None = None, at: datetime
) -> list[SupplyPool]:
    """Lock every good of a round that still takes wishes; what has too little stays open.

    Gives the goods that are locked now. Raises NotEnough when none of them could be.
    """
    locked_round(session, round_)
    pools = locked_pools(session, round_)
    locked, missing = [], 0
    closing = [pool for pool in pools if pool.state in TAKES_WISHES]
    turn_before_lock(session, pools, closing, at=at)
    for pool in closing:
        try:
            lock_turned(session, pool, by=by, at=at)
            locked.append(pool)
        except NotEnough as broken:
            missing = broken.missing
    if closing and not locked:
        raise NotEnough(missing)
    return [pool for pool in pools if pool.state is PoolState.LOCKED]


def order(session: Session, pool: SupplyPool, *, at: datetime) -> SupplyPool:
    """Note that the packs were ordered from the supplier."""
    locked = locked_pool(session, pool)
    if locked.state is not PoolState.ORDERED:
        locked.state = step(locked.state, PoolState.ORDERED)
        locked.changed_at = at
        session.flush()
        tell(session, locked, "supply.ordered", at)
    return locked


def cancel(
    session: Session,
    pool: SupplyPool,
    *,
    reason: str | None,
    carry_over: bool = True,
    at: datetime,
) -> SupplyPool:
    """Give a good of a round up before it came: nobody is charged.

    Wishes of an open pool wait for the next round, unless they are not to be carried over;
    those of a locked one end with it. What ends turns to its second choice if that is open.
    """
    pools = locked_pools(session, pool.round)
    locked = next(one for one in pools if one.id == pool.id)
    if locked.state is PoolState.CANCELLED:
        return locked
    if queries.costs_of(session, locked):
        raise BadTerms(say("Batalkan dulu ongkos yang dicatat untuk barang ini."))
    carried = carry_over and locked.state in TAKES_WISHES
    locked.state = step(locked.state, PoolState.CANCELLED)
    locked.cancel_reason = reason
    locked.changed_at = at
    lines = locked_lines(session, locked)
    ending = lines if carried else turn_to_second(session, locked, lines, pools, at=at)
    let_go(session, ending, at=at)
    for line in ending:
        _end(line, back_in_line=carried, at=at)
    session.flush()
    give_up(session, locked, at=at)
    tell(session, locked, "supply.cancelled", at)
    return locked


def _end(line: RequestLine, *, back_in_line: bool, at: datetime) -> None:
    line.changed_at, line.on_account = at, False
    if back_in_line:
        line.pool_id = None
    else:
        line.state = step(line.state, RequestState.CANCELLED)


def tell(session: Session, pool: SupplyPool, topic: str, at: datetime) -> None:
    """Tell others what became of a pool."""
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative=pool.cooperative_id,
        pool=str(pool.id),
        number=pool.number,
        place=pool.place,
    )
