"""What has come is shared out among those who wait, and what it cost among those who get some.

What members have fetched is a floor: it stays theirs, at the price they paid. All that changes
later is shared by those who have not fetched all of theirs, and what nobody takes is the
cooperative's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyPool,
)
from marketplace.supply.queries import NOTHING_FETCHED, Fetched
from marketplace.supply.rules import (
    STILL_SHARES,
    Charge,
    Charges,
    Cost,
    RequestState,
    Shares,
    charge_out,
    share_above,
    share_by_hand,
    step,
    still_to_split,
)
from marketplace.supply.service.booking import book_shrinkage
from marketplace.supply.service.locks import locked_lines
from marketplace.supply.service.price_limits import asked_first
from marketplace.supply.service.promises import keep_price


@dataclass(frozen=True, slots=True)
class Brought:
    """All that came of a good so far, and what it cost; ``net`` is what the supplier gets."""

    available: int
    net: int
    discount: int
    costs: list[Cost]


@dataclass(frozen=True, slots=True)
class Wishes:
    """A pool's wishes: those that may still get some, and what was fetched, also of others."""

    lines: list[RequestLine]
    closed: list[RequestLine]
    fetched: Mapping[UUID, Fetched] = field(default_factory=dict)

    def had(self, line_id: UUID) -> Fetched:
        """Give what was fetched of a wish."""
        return self.fetched.get(line_id, NOTHING_FETCHED)

    @property
    def floors(self) -> dict[UUID, int]:
        """Say below which no share may fall that may still change."""
        return {line.id: self.had(line.id).quantity for line in self.lines}

    def left_of(self, available: int) -> int:
        """Say what there is for those who may still get some, with what they fetched."""
        return max(0, available - sum(self.had(line.id).quantity for line in self.closed))


@dataclass(frozen=True, slots=True)
class Decided:
    """Why officers shared by hand, and who; nothing when the policy decided."""

    reason: str | None
    by: UUID | None


def _brought(session: Session, pool: SupplyPool, *, without: GoodsReceipt | None = None) -> Brought:
    received = [one for one in queries.receipts(session, pool) if one is not without]
    return Brought(
        sum(receipt.good for receipt in received),
        sum(receipt.charged.amount for receipt in received),
        sum(receipt.discount_kept for receipt in received),
        queries.costs_of(session, pool),
    )


def beyond(session: Session, pool: SupplyPool, without: GoodsReceipt) -> tuple[int, int]:
    """Say what members have fetched beyond all other deliveries, in base units and rupiah."""
    return _beyond(_brought(session, pool, without=without), queries.fetched_in(session, pool))


def _beyond(brought: Brought, fetched: Mapping[UUID, Fetched]) -> tuple[int, int]:
    given = sum(part.quantity for part in fetched.values())
    paid = sum(part.parts.net for part in fetched.values())
    return max(0, given - brought.available), max(0, paid - brought.net)


def share_anew(session: Session, pool: SupplyPool, *, at: datetime) -> AllocationRun:
    """Share all that has come of a locked pool among those who have not fetched all of theirs."""
    wishes, brought = _wishes(session, pool), _brought(session, pool)
    scores = _scores(session, pool, wishes.lines)
    shares = share_above(
        wishes.left_of(brought.available),
        [queries.wish_of(one, scores[one.member_id], pool.max_per_member) for one in wishes.lines],
        wishes.floors,
        pool.round.policy,
    )
    return _write(session, pool, brought, wishes, shares, at)


def charge_anew(
    session: Session, pool: SupplyPool, *, as_in: AllocationRun | None = None, at: datetime
) -> AllocationRun | None:
    """Charge a locked pool's shares anew when a cost has changed; who gets what stays.

    ``as_in`` is an earlier sharing-out that holds again. None when nothing has come yet.
    """
    before = as_in or queries.last_run(session, pool)
    if before is None:
        return None
    wishes, known = _wishes(session, pool), _shares_of(session, before)
    freed = sum(known[line.id].given - wishes.had(line.id).quantity for line in wishes.closed)
    shares = Shares(
        {line.id: known[line.id].given for line in wishes.lines},
        before.to_stock + freed,
        [line.id for line in wishes.lines if known[line.id].dropped],
    )
    by_hand = Decided(before.manual_reason, before.manual_by)
    return _write(session, pool, _brought(session, pool), wishes, shares, at, by_hand=by_hand)


def share_freed(
    session: Session, pool: SupplyPool, before: AllocationRun, freed: int, *, at: datetime
) -> AllocationRun:
    """Share what a member of a locked pool left among those who would take more.

    Nobody gets less than before, and what nobody takes is the cooperative's.
    """
    wishes, known = _wishes(session, pool), _shares_of(session, before)
    had = {line.id: known[line.id].given for line in wishes.lines}
    scores = _scores(session, pool, wishes.lines)
    shares = share_above(
        sum(had.values()) + freed,
        [queries.wish_of(one, scores[one.member_id], pool.max_per_member) for one in wishes.lines],
        had,
        pool.round.policy,
    )
    shared = Shares(shares.given, shares.left + before.to_stock, shares.dropped)
    by_hand = Decided(before.manual_reason, before.manual_by)
    return _write(session, pool, _brought(session, pool), wishes, shared, at, by_hand=by_hand)


def decide(
    session: Session,
    pool: SupplyPool,
    given: Mapping[UUID, int],
    decided: Decided,
    *,
    at: datetime,
) -> AllocationRun:
    """Share a locked pool's goods as officers say; what was fetched stays. Raises BadShare."""
    wishes, brought = _wishes(session, pool), _brought(session, pool)
    shares = share_by_hand(
        wishes.left_of(brought.available),
        [queries.wish_of(line, 0, pool.max_per_member) for line in wishes.lines],
        given,
        wishes.floors,
    )
    return _write(session, pool, brought, wishes, shares, at, by_hand=decided)


def is_decided(
    session: Session, run: AllocationRun, given: Mapping[UUID, int], decided: Decided
) -> bool:
    """Say whether a run is what these officers said, word for word."""
    known = {line_id: share.given for line_id, share in _shares_of(session, run).items()}
    said = Decided(run.manual_reason, run.manual_by)
    return said == decided and given.items() <= known.items()


def _wishes(session: Session, pool: SupplyPool) -> Wishes:
    lines = locked_lines(session, pool)
    return Wishes(
        [line for line in lines if line.state in STILL_SHARES],
        [line for line in lines if line.state not in STILL_SHARES],
        queries.fetched_in(session, pool),
    )


def _write(
    session: Session,
    pool: SupplyPool,
    brought: Brought,
    wishes: Wishes,
    shares: Shares[UUID],
    at: datetime,
    *,
    by_hand: Decided | None = None,
) -> AllocationRun:
    """Write a run down: each share with its charge, and what follows from it for its wish."""
    shrunk, shrunk_cost = _beyond(brought, wishes.fetched)
    rest = _charge_rest(pool, brought, wishes, shares, shrunk_cost)
    before = queries.last_run(session, pool)
    margins = [*rest.members.values(), *(part.parts for part in wishes.fetched.values())]
    run = AllocationRun(
        cooperative_id=pool.cooperative_id,
        pool_id=pool.id,
        number=before.number + 1 if before else 1,
        available=brought.available,
        cost=Rupiah(brought.net),
        costs=Rupiah(sum(cost.amount for cost in brought.costs)),
        margin=Rupiah(sum(part.margin for part in margins)),
        to_stock=shares.left,
        stock_cost=Rupiah(rest.kept.total),
        shrunk=shrunk,
        shrunk_cost=Rupiah(shrunk_cost),
        inputs_hash=_fingerprint(brought, pool.margin, wishes),
        manual_reason=by_hand.reason if by_hand else None,
        manual_by=by_hand.by if by_hand else None,
        at=at,
    )
    session.add(run)
    session.flush()
    book_shrinkage(session, pool, run, before.shrunk_cost if before else Rupiah(0), at=at)
    _write_shares(session, run, shares, rest, wishes)
    _remember_shortage(session, pool, before, wishes.lines, shares)
    totals = {line_id: part.total for line_id, part in rest.members.items()}
    keep_price(session, wishes.lines, totals, at=at)
    _move_on(session, pool, wishes, shares, rest, at)
    return run


def _move_on(
    session: Session,
    pool: SupplyPool,
    wishes: Wishes,
    shares: Shares[UUID],
    rest: Charges[UUID],
    at: datetime,
) -> None:
    """Say of each wish what came of it; a price above what was allowed is asked about first."""
    floors = wishes.floors
    whole = {key: wishes.had(key).parts + part for key, part in rest.members.items()}
    more = [line for line in wishes.lines if shares.given[line.id] > floors[line.id]]
    asked = asked_first(session, pool, more, shares.given, whole)
    for line in wishes.lines:
        wanted = RequestState.ALLOCATED if shares.given[line.id] else RequestState.DROPPED
        wanted = RequestState.PRICE_ASKED if line.id in asked else wanted
        if line.state is not wanted:
            line.state = step(line.state, wanted)
        line.changed_at = at
    session.flush()
    if asked:
        outbox.tell(
            session, "supply.price_asked", at=at, cooperative=pool.cooperative_id,
            pool=str(pool.id),
        )  # fmt: skip


def _charge_rest(
    pool: SupplyPool, brought: Brought, wishes: Wishes, shares: Shares[UUID], shrunk_cost: int
) -> Charges[UUID]:
    """Split what was not paid yet over what was not fetched yet."""
    paid = [part.parts for part in wishes.fetched.values()]
    floors = wishes.floors
    return charge_out(
        brought.net + shrunk_cost - sum(part.net for part in paid),
        {line_id: given - floors[line_id] for line_id, given in shares.given.items()},
        shares.left,
        discount=max(0, brought.discount - sum(part.discount for part in paid)),
        costs=still_to_split(brought.costs, sum(part.costs for part in paid)),
        margin=pool.margin,
        fetched={line_id: (had, wishes.had(line_id).parts) for line_id, had in floors.items()},
    )


def _write_shares(
    session: Session,
    run: AllocationRun,
    shares: Shares[UUID],
    rest: Charges[UUID],
    wishes: Wishes,
) -> None:
    """Write every share whole: what was fetched of it, at the price it had, and the rest."""
    dropped = set(shares.dropped)
    for line_id, part in rest.members.items():
        had, given = wishes.had(line_id), shares.given[line_id]
        _add(session, run, line_id, given, had, had.parts + part, dropped=line_id in dropped)
    for line in wishes.closed:
        had = wishes.had(line.id)
        _add(session, run, line.id, had.quantity, had, had.parts)
    session.flush()


def _add(
    session: Session,
    run: AllocationRun,
    line_id: UUID,
    given: int,
    had: Fetched,
    part: Charge,
    *,
    dropped: bool = False,
) -> None:
    session.add(
        Allocation(
            cooperative_id=run.cooperative_id,
            run_id=run.id,
            line_id=line_id,
            given=given,
            dropped=dropped,
            fetched=had.quantity,
            goods=Rupiah(part.goods),
            discount=Rupiah(part.discount),
            costs=Rupiah(part.costs),
            margin=Rupiah(part.margin),
            charge=Rupiah(part.total),
        )
    )


def _scores(session: Session, pool: SupplyPool, lines: Sequence[RequestLine]) -> dict[UUID, int]:
    rows = session.execute(
        select(Member.id, Member.shortage_score).where(
            Member.cooperative_id == pool.cooperative_id,
            Member.id.in_([line.member_id for line in lines]),
        )
    )
    return {member_id: score for member_id, score in rows}  # noqa: C416 - rows, not pairs


def _remember_shortage(
    session: Session,
    pool: SupplyPool,
    before: AllocationRun | None,
    lines: Sequence[RequestLine],
    shares: Shares[UUID],
) -> None:
    """Who was cut more goes first at the next tie; a later delivery takes that back."""
    earlier = _shares_of(session, before) if before else {}
    changes = {}
    for line in lines:
        cut_before = line.want - earlier[line.id].given if line.id in earlier else 0
        cut_now = max(0, line.want - shares.given[line.id])
        changes[line.member_id] = cut_now - max(0, cut_before)
    cut = [member_id for member_id, change in changes.items() if change]
    for member in session.scalars(
        select(Member).where(Member.cooperative_id == pool.cooperative_id, Member.id.in_(cut))
    ):
        member.shortage_score = max(0, member.shortage_score + changes[member.id])


def _shares_of(session: Session, run: AllocationRun) -> dict[UUID, Allocation]:
    return {row.line_id: row for row in queries.shares_in(session, run)}


def _fingerprint(brought: Brought, margin: int, wishes: Wishes) -> str:
    """Prove later from which numbers a run was computed."""
    costs = [[cost.amount, cost.split_by.value] for cost in brought.costs]
    said = [[str(one.id), one.accept_min, one.want, one.flex_max] for one in wishes.lines]
    floors = sorted([str(line_id), part.quantity] for line_id, part in wishes.fetched.items())
    came = [brought.available, brought.net, brought.discount, costs, margin]
    return hashlib.sha256(json.dumps([*came, said, floors]).encode()).hexdigest()
