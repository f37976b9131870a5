"""Costs beside the goods: split over the goods of a round, then over the members' shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    CostLine,
    CostShare,
    RequestLine,
    SupplyItem,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.rules import (
    BadCost,
    CostFixed,
    CostPaidFrom,
    PoolState,
    RequestState,
    SplitBy,
    split,
)
from marketplace.supply.service.booking import book_cost, unbook_cost
from marketplace.supply.service.locks import locked_pools, locked_round
from marketplace.supply.service.settling import settle_if_done
from marketplace.supply.service.sharing_out import charge_anew

LARGEST_COST = 10**12
LONGEST_NAME = 80
BOUGHT = (PoolState.LOCKED, PoolState.ORDERED, PoolState.RECEIVING, PoolState.READY)


@dataclass(frozen=True, slots=True)
class NewCost:
    """A cost as an officer notes it; without a place it is of the whole round."""

    name: str
    amount: Rupiah
    split_by: SplitBy
    paid_from: CostPaidFrom
    place: int | None = None

    def check(self) -> None:
        """Refuse what is no cost. Raises BadCost."""
        if not 0 < self.amount.amount <= LARGEST_COST:
            wrong = say("Isi berapa ongkosnya.")
            raise BadCost(wrong, fields={"amount": wrong})
        if not 0 < len(self.name) <= LONGEST_NAME:
            wrong = say("Isi ongkos apa, misalnya angkut.")
            raise BadCost(wrong, fields={"name": wrong})


def add_cost(
    session: Session, round_: SupplyRound, cost: NewCost, *, key: str, by: UUID, at: datetime
) -> CostLine:
    """Note and book a cost, and charge shares that were not fetched anew; twice is once.

    Who has fetched theirs pays nothing of it: it falls on the rest, or on the cooperative.
    Raises BadCost.
    """
    cost.check()
    locked_round(session, round_)
    known = session.scalar(
        select(CostLine).where(
            CostLine.cooperative_id == round_.cooperative_id,
            CostLine.round_id == round_.id,
            CostLine.key == key,
        )
    )
    if known is not None:
        return known
    pools = _bearing(locked_pools(session, round_), cost.place)
    line = CostLine(
        cooperative_id=round_.cooperative_id,
        id=new_id(),
        round_id=round_.id,
        pool_id=None if cost.place is None else pools[0].id,
        key=key,
        name=cost.name,
        amount=cost.amount,
        split_by=cost.split_by,
        paid_from=cost.paid_from,
        added_by=by,
        at=at,
    )
    session.add(line)
    session.flush()
    for pool, part in zip(pools, _parts(session, pools, cost), strict=True):
        session.add(
            CostShare(
                cooperative_id=line.cooperative_id,
                cost_id=line.id,
                pool_id=pool.id,
                amount=Rupiah(part),
            )
        )
    session.flush()
    book_cost(session, round_, line, at=at)
    _charge(session, pools, at)
    _tell(session, line, "supply.cost_added", at)
    return line


def undo_cost(
    session: Session, round_: SupplyRound, line: CostLine, *, by: UUID, at: datetime
) -> CostLine:
    """Take a cost back as long as nobody paid a part of it; twice is once. Raises CostFixed."""
    locked_round(session, round_)
    pools = locked_pools(session, round_)
    mine = session.get_one(
        CostLine, (line.cooperative_id, line.id), populate_existing=True, with_for_update=True
    )
    if mine.undone_at is not None:
        return mine
    bearing = set(
        session.scalars(
            select(CostShare.pool_id).where(
                CostShare.cooperative_id == mine.cooperative_id, CostShare.cost_id == mine.id
            )
        )
    )
    touched = [pool for pool in pools if pool.id in bearing]
    if any(queries.fetched_in(session, pool) for pool in touched):
        raise CostFixed(say("Sudah ada yang mengambil barang. Ongkos ini tidak bisa diubah lagi."))
    mine.undone_at, mine.undone_by = at, by
    session.flush()
    unbook_cost(session, round_, mine)
    _charge(session, touched, at)
    _tell(session, mine, "supply.cost_undone", at)
    return mine


def _bearing(pools: Sequence[SupplyPool], place: int | None) -> list[SupplyPool]:
    """Say which goods bear a cost: one that is named, or all that are being bought."""
    if place is None:
        found = [pool for pool in pools if pool.state in BOUGHT]
    else:
        found = [p for p in pools if p.place == place and p.state in (*BOUGHT, PoolState.SETTLED)]
    if not found:
        wrong = say("Ongkos dicatat setelah barangnya dikunci, sebelum selesai diambil.")
        raise BadCost(wrong, fields={"place": wrong})
    return found


def _parts(session: Session, pools: Sequence[SupplyPool], cost: NewCost) -> list[int]:
    """Split a cost over goods by its key: price of the order, amount wanted, or wishes."""
    wanted, wishes = _wanted(session, pools)
    if cost.split_by is SplitBy.VALUE:
        weights = [(pool.ordered_cost or Rupiah(0)).amount for pool in pools]
    elif cost.split_by is SplitBy.QUANTITY:
        _check_units(session, pools)
        weights = [wanted[pool.id] for pool in pools]
    else:
        weights = [wishes[pool.id] for pool in pools]
    return split(cost.amount.amount, weights)


def _wanted(
    session: Session, pools: Sequence[SupplyPool]
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    rows = session.execute(
        select(RequestLine.pool_id, func.sum(RequestLine.want), func.count())
        .where(
            RequestLine.cooperative_id == pools[0].cooperative_id,
            RequestLine.pool_id.in_([pool.id for pool in pools]),
            RequestLine.state != RequestState.CANCELLED,
        )
        .group_by(RequestLine.pool_id)
    ).all()
    found = {pool_id: (int(want), count) for pool_id, want, count in rows if pool_id}
    wanted = {pool.id: found.get(pool.id, (0, 0))[0] for pool in pools}
    return wanted, {pool.id: found.get(pool.id, (0, 0))[1] for pool in pools}


def _check_units(session: Session, pools: Sequence[SupplyPool]) -> None:
    """Refuse to add up pieces and grams."""
    units = set(
        session.scalars(
            select(SupplyItem.base_unit).where(
                SupplyItem.cooperative_id == pools[0].cooperative_id,
                SupplyItem.id.in_([pool.item_id for pool in pools]),
            )
        )
    )
    if len(units) > 1:
        wrong = say("Barangnya dihitung dalam satuan berbeda. Bagi menurut harga atau anggota.")
        raise BadCost(wrong, fields={"split_by": wrong})


def _charge(session: Session, pools: Sequence[SupplyPool], at: datetime) -> None:
    for pool in pools:
        if charge_anew(session, pool, at=at) is not None:
            pool.changed_at = at
            settle_if_done(session, pool, at)


def _tell(session: Session, line: CostLine, topic: str, at: datetime) -> None:
    outbox.tell(
        session, topic, at=at, cooperative=line.cooperative_id, cost=str(line.id),
        amount=line.amount.amount,
    )  # fmt: skip
