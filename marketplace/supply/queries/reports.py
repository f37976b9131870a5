"""What a year of buying together came to: per round, per supplier, per member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, null, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.database import total_of
from marketplace.kernel.calendar import day_start
from marketplace.kernel.money import Rupiah
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyHandOver,
    SupplyItem,
    SupplyPool,
    SupplyReturn,
    SupplyRound,
)
from marketplace.supply.queries.claims import Reliability, reliability_of
from marketplace.supply.queries.requests import WHAT_GOOD
from marketplace.supply.queries.rounds import ITS_ROUND
from marketplace.supply.queries.shares import is_newest
from marketplace.supply.rules import PaidWith, PoolState, RequestState, saved

NOTHING = Rupiah(0)
_RUN_OF_SHARE = and_(
    AllocationRun.cooperative_id == Allocation.cooperative_id, AllocationRun.id == Allocation.run_id
)
_SHARE_OF_LINE = and_(
    Allocation.cooperative_id == RequestLine.cooperative_id, Allocation.line_id == RequestLine.id
)
ITS_ITEM = and_(
    SupplyItem.cooperative_id == SupplyPool.cooperative_id, SupplyItem.id == SupplyPool.item_id
)
_POOL_OF_LINE = and_(
    SupplyPool.cooperative_id == RequestLine.cooperative_id, SupplyPool.id == RequestLine.pool_id
)


@dataclass(slots=True)
class GoodAccount:
    """One good of a round: what was billed, who paid for it, what it saved.

    Quantities are base units. ``contested`` of what was billed was claimed from the supplier.
    """

    pool: SupplyPool
    item: SupplyItem
    deliveries: list[GoodsReceipt] = field(default_factory=list)
    members: int = 0
    given: int = 0
    charged: Rupiah = NOTHING
    stock_cost: Rupiah = NOTHING

    @property
    def billed(self) -> Rupiah:
        """Add up the supplier's bills."""
        return Rupiah.total(one.cost for one in self.deliveries)

    @property
    def contested(self) -> Rupiah:
        """Add up what was claimed from the supplier."""
        return Rupiah.total(one.contested for one in self.deliveries)

    @property
    def saved(self) -> Rupiah:
        """Say what its members saved against the single price, together."""
        return Rupiah(saved(self.given, self.charged.amount, self.pool.main.pack))


@dataclass(frozen=True, slots=True)
class SupplierAccount:
    """What was bought from one supplier, and how reliable it was."""

    supplier: str
    rounds: int
    billed: Rupiah
    contested: Rupiah
    reliability: Reliability


def within(year: int) -> tuple[datetime, datetime]:
    """Give the first moment of a year and of the one after it."""
    return day_start(date(year, 1, 1)), day_start(date(year + 1, 1, 1))


def _bought(cooperative_id: int, year: int) -> Select[UUID]:
    """Choose the goods whose wishes were locked in a year and that were not given up."""
    since, until = within(year)
    return select(SupplyPool.id).where(
        SupplyPool.cooperative_id == cooperative_id,
        SupplyPool.locked_at >= since,
        SupplyPool.locked_at < until,
        SupplyPool.state != PoolState.CANCELLED,
    )


def goods_of_year(session: Session, cooperative_id: int, year: int) -> list[GoodAccount]:
    """List the goods that were bought in a year, the newest round first; three questions."""
    bought = _bought(cooperative_id, year)
    pools = session.execute(
        select(SupplyPool, SupplyItem)
        .join(SupplyRound, ITS_ROUND)
        .join(SupplyItem, ITS_ITEM)
        .where(SupplyPool.cooperative_id == cooperative_id, SupplyPool.id.in_(bought))
        .order_by(SupplyRound.number.desc(), SupplyPool.place)
        .options(joinedload(SupplyPool.packs))
    ).unique()
    found = {pool.id: GoodAccount(pool, item) for pool, item in pools}
    for receipt in session.scalars(
        select(GoodsReceipt)
        .where(
            GoodsReceipt.cooperative_id == cooperative_id,
            GoodsReceipt.pool_id.in_(bought),
            GoodsReceipt.reversed_at.is_(None),
        )
        .order_by(GoodsReceipt.id)
    ):
        found[receipt.pool_id].deliveries.append(receipt)
    for pool_id, stock_cost, given, charged, members in session.execute(
        _shared(cooperative_id, bought)
    ):
        good = found[pool_id]
        good.stock_cost, good.charged = stock_cost, charged
        good.given, good.members = int(given or 0), members
    return list(found.values())


def _shared(cooperative_id: int, bought: Select[UUID]) -> Select[UUID, Rupiah, int, Rupiah, int]:
    """Ask what the sharing-out that counts gave to members, by good."""
    newest = (
        select(AllocationRun.pool_id, func.max(AllocationRun.number).label("number"))
        .where(AllocationRun.cooperative_id == cooperative_id, AllocationRun.pool_id.in_(bought))
        .group_by(AllocationRun.pool_id)
        .subquery()
    )
    return (
        select(
            AllocationRun.pool_id,
            func.max(AllocationRun.stock_cost),
            func.sum(Allocation.given),
            total_of(Allocation.charge),
            func.count(Allocation.id).filter(Allocation.given > 0),
        )
        .join(
            newest,
            and_(
                newest.c.pool_id == AllocationRun.pool_id, newest.c.number == AllocationRun.number
            ),
        )
        .outerjoin(Allocation, _RUN_OF_SHARE)
        .where(AllocationRun.cooperative_id == cooperative_id)
        .group_by(AllocationRun.pool_id)
    )


def by_supplier(goods: Iterable[GoodAccount]) -> list[SupplierAccount]:
    """Put a year's goods together by who sold them, who sold most first."""
    found: dict[str, list[GoodAccount]] = {}
    for good in goods:
        found.setdefault(good.pool.supplier, []).append(good)
    accounts = [
        SupplierAccount(
            supplier,
            len({good.pool.round_id for good in of_it}),
            Rupiah.total(good.billed for good in of_it),
            Rupiah.total(good.contested for good in of_it),
            reliability_of(
                (one.kind, one.damaged, one.at, good.pool.arrives_on)
                for good in of_it
                for one in good.deliveries
                if one.from_claim == NOTHING
            ),
        )
        for supplier, of_it in found.items()
    ]
    return sorted(accounts, key=lambda account: (-account.billed.amount, account.supplier))


def paid_by_way(
    session: Session, cooperative_id: int, year: int
) -> tuple[Mapping[PaidWith, Rupiah], Rupiah]:
    """Add up what members paid in a year, by how they did, and what went back to them."""
    paid = _in_year(SupplyHandOver, cooperative_id, year, SupplyHandOver.way)
    back = _in_year(SupplyReturn, cooperative_id, year, null())
    rows = session.execute(paid.group_by(SupplyHandOver.way).union_all(back))
    found = {way: amount for way, amount in rows}  # noqa: C416 - rows, not pairs
    went_back = found.pop(None, None)
    return found, went_back or Rupiah(0)


def _in_year(
    kind: type[SupplyHandOver | SupplyReturn], cooperative_id: int, year: int, way: Any
) -> Select[Any]:
    since, until = within(year)
    return select(way, total_of(kind.paid - kind.rounded)).where(
        kind.cooperative_id == cooperative_id,
        kind.at >= since,
        kind.at < until,
        kind.undone_at.is_(None),
    )


@dataclass(frozen=True, slots=True)
class OwnShare:
    """What a member got of one good of a round, and what it saved them."""

    line: RequestLine
    item: SupplyItem
    pool: SupplyPool
    share: Allocation

    @property
    def saved(self) -> Rupiah:
        """Say how much less the goods cost than at the single price."""
        return Rupiah(saved(self.share.given, self.share.parts.net, self.pool.main.pack))


def shares_of(session: Session, cooperative_id: int, member_id: UUID, year: int) -> list[OwnShare]:
    """List what a member got of all that was bought in a year, the newest first."""
    later = aliased(AllocationRun)
    rows = session.execute(
        select(RequestLine, SupplyItem, SupplyPool, Allocation)
        .join(Allocation, _SHARE_OF_LINE)
        .join(AllocationRun, _RUN_OF_SHARE)
        .join(SupplyPool, _POOL_OF_LINE)
        .join(SupplyItem, WHAT_GOOD)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.member_id == member_id,
            RequestLine.state.in_((RequestState.ALLOCATED, RequestState.HANDED_OVER)),
            SupplyPool.id.in_(_bought(cooperative_id, year)),
            Allocation.given > 0,
            is_newest(later),
        )
        .order_by(RequestLine.id.desc())
    )
    return [OwnShare(*row) for row in rows]
