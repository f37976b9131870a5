"""Shares that are there and were not fetched in time, and what was decided of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, lazyload

from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    FetchReminder,
    GoodsReceipt,
    RequestLine,
    SupplyItem,
    SupplyPickup,
    SupplyPool,
    SupplyRound,
    UnfetchedDecision,
)
from marketplace.supply.queries.fetched import fetched_paid, fetched_quantity
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.queries.rounds import ITS_ROUND
from marketplace.supply.queries.shares import RUN_OF_LINE, SHARE_IN_RUN, is_newest
from marketplace.supply.rules import (
    DECIDED_AFTER,
    LeftOver,
    PoolState,
    RequestState,
    fetch_until,
    kept_until,
)

OF_POOL = and_(
    SupplyPool.cooperative_id == RequestLine.cooperative_id, SupplyPool.id == RequestLine.pool_id
)
OF_MEMBER = and_(
    SupplyPickup.cooperative_id == RequestLine.cooperative_id,
    SupplyPickup.round_id == SupplyPool.round_id,
    SupplyPickup.member_id == RequestLine.member_id,
)


@dataclass(slots=True)
class Unfetched:
    """A share of which something is left: until when it was to be fetched, and what was decided.

    ``time_until`` is that of the round; a decision to keep it gives it more.
    """

    line: RequestLine
    member: Member
    pool: SupplyPool
    share: Allocation
    fetched: int
    paid: Rupiah
    time_until: datetime
    decision: UnfetchedDecision | None = None
    reminders: list[FetchReminder] = field(default_factory=list)

    @property
    def item(self) -> SupplyItem:
        """Give what good it is of."""
        return self.pool.item

    @property
    def left(self) -> int:
        """Say how much is still to be fetched, in base units."""
        return self.share.given - self.fetched

    @property
    def to_pay(self) -> Rupiah:
        """Say what that costs."""
        return self.share.charge - self.paid

    @property
    def until(self) -> datetime:
        """Say until when it is to be fetched now."""
        kept = self.decision.keep_until if self.decision else None
        return max(self.time_until, kept_until(kept)) if kept else self.time_until

    @property
    def is_left_open(self) -> bool:
        """Say whether officers decided to hand it over whenever it is fetched."""
        return self.decision is not None and self.decision.what is LeftOver.LATER

    @property
    def decided_by(self) -> datetime:
        """Say when officers decide."""
        return self.until + DECIDED_AFTER

    def days(self, at: datetime) -> int:
        """Count the days that it waits beyond its time."""
        return max(0, (local_day(at) - local_day(self.time_until)).days)

    def told(self) -> list[int]:
        """Say which reminders went out since its time was over."""
        return [one.number for one in self.reminders if one.until == self.until]


def unfetched(
    session: Session, cooperative_id: int, round_id: UUID, *, at: datetime
) -> list[Unfetched]:
    """List the shares of a round that were not fetched in time, the longest waiting first."""
    of_round = and_(SupplyPool.cooperative_id == cooperative_id, SupplyPool.round_id == round_id)
    found = [one for one in _waiting(session, of_round) if one.time_until <= at]
    return sorted(found, key=lambda one: (one.time_until, one.member.number, one.pool.place))


def still_there(session: Session, line: RequestLine) -> Unfetched | None:
    """Fetch what is left of one share; None when there is nothing."""
    of_line = and_(RequestLine.cooperative_id == line.cooperative_id, RequestLine.id == line.id)
    return next(iter(_waiting(session, of_line)), None)


def unfetched_of(
    session: Session, round_: SupplyRound, member_id: UUID, *, at: datetime
) -> list[Unfetched]:
    """List what one member did not fetch of a round in time."""
    of_member = and_(
        SupplyPool.cooperative_id == round_.cooperative_id,
        SupplyPool.round_id == round_.id,
        RequestLine.member_id == member_id,
    )
    return [one for one in _waiting(session, of_member) if one.time_until <= at]


def to_remind_of(session: Session, *, at: datetime) -> list[Unfetched]:
    """List what may have to be reminded of, of all cooperatives."""
    begun = or_(SupplyRound.pickup_from.is_(None), SupplyRound.pickup_from <= at)
    return [one for one in _waiting(session, begun) if not one.is_left_open and one.until <= at]


def _waiting(session: Session, which: ColumnElement[bool]) -> list[Unfetched]:
    came = (
        select(func.max(GoodsReceipt.at))
        .where(
            GoodsReceipt.cooperative_id == SupplyPool.cooperative_id,
            GoodsReceipt.pool_id == SupplyPool.id,
            GoodsReceipt.reversed_at.is_(None),
        )
        .correlate(SupplyPool)
        .scalar_subquery()
    )
    fetched = fetched_quantity()
    rows = session.execute(
        select(
            RequestLine, Member, SupplyPool, Allocation, fetched, fetched_paid(),
            SupplyPickup.starts_at, came, AllocationRun.at,
        )
        .join(Member, WHO_ASKED)
        .join(SupplyPool, OF_POOL)
        .join(SupplyRound, ITS_ROUND)
        .join(AllocationRun, and_(RUN_OF_LINE, is_newest(aliased(AllocationRun))))
        .join(Allocation, SHARE_IN_RUN)
        .outerjoin(SupplyPickup, OF_MEMBER)
        .where(
            which,
            RequestLine.state == RequestState.ALLOCATED,
            SupplyPool.state == PoolState.READY,
            Allocation.given > fetched,
        )
        .order_by(RequestLine.cooperative_id, RequestLine.id)
        .options(
            joinedload(SupplyPool.item).joinedload(SupplyItem.rungs), lazyload(SupplyPool.packs)
        )
    )  # fmt: skip
    found = []
    for line, member, pool, share, had, paid, slot, came_at, shared_at in rows.unique():
        round_ = pool.round
        until = fetch_until(
            round_.pickup_from, round_.pickup_until, came_at=came_at or shared_at, slot=slot
        )
        found.append(Unfetched(line, member, pool, share, int(had), paid, until))
    return _with_words(session, found)


def _with_words(session: Session, found: list[Unfetched]) -> list[Unfetched]:
    """Add what was decided of shares, and who was reminded."""
    if not found:
        return found
    lines = [one.line for one in found]
    decided = decisions_on(session, lines)
    reminders: dict[UUID, list[FetchReminder]] = {}
    for reminder in session.scalars(
        select(FetchReminder)
        .where(
            FetchReminder.cooperative_id.in_({line.cooperative_id for line in lines}),
            FetchReminder.line_id.in_([line.id for line in lines]),
        )
        .order_by(FetchReminder.id)
    ):
        reminders.setdefault(reminder.line_id, []).append(reminder)
    for one in found:
        one.decision, one.reminders = decided.get(one.line.id), reminders.get(one.line.id, [])
    return found


def decisions_on(session: Session, lines: Sequence[RequestLine]) -> dict[UUID, UnfetchedDecision]:
    """Give what was decided last of some shares, by line; nothing where that was undone."""
    if not lines:
        return {}
    rows = session.scalars(
        select(UnfetchedDecision)
        .where(
            UnfetchedDecision.cooperative_id.in_({line.cooperative_id for line in lines}),
            UnfetchedDecision.line_id.in_([line.id for line in lines]),
        )
        .order_by(UnfetchedDecision.id)
    )
    last = {said.line_id: said for said in rows}
    return {line_id: said for line_id, said in last.items() if said.undone_at is None}


def decision_on(session: Session, line: RequestLine) -> UnfetchedDecision | None:
    """Fetch what was decided last of a share."""
    return decisions_on(session, [line]).get(line.id)
