"""What has come is shared out among those who wait, and what it cost among those who get some.

What members have fetched is a floor: it stays theirs, at the price they paid. All that changes
later is shared by the rest of them, and what nobody takes is the cooperative's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
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
from marketplace.supply.rules import (
    Charge,
    Charges,
    Cost,
    PoolState,
    RequestState,
    Shares,
    charge_out,
    share_by_hand,
    share_out,
    step,
    still_to_split,
)
from marketplace.supply.service.booking import book_shrinkage
from marketplace.supply.service.drafting import keep_up
from marketplace.supply.service.locks import locked_lines
from marketplace.supply.service.price_limits import asked_first
from marketplace.supply.service.promises import keep_price

WAITING = (RequestState.ALLOCATED, RequestState.PRICE_ASKED, RequestState.LOCKED)


@dataclass(frozen=True, slots=True)
class Brought:
    """All that came of a good so far, and what it cost; ``net`` is what the supplier gets."""

    available: int
    net: int
    discount: int
    costs: list[Cost]


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
    _, fetched = _lines(session, pool)
    return _beyond(_brought(session, pool, without=without), fetched)


def _beyond(brought: Brought, fetched: Mapping[UUID, Allocation]) -> tuple[int, int]:
    given = sum(share.given for share in fetched.values())
    paid = sum(share.parts.net for share in fetched.values())
    return max(0, given - brought.available), max(0, paid - brought.net)


def share_anew(session: Session, pool: SupplyPool, *, at: datetime) -> AllocationRun:
    """Share all that has come of a locked pool among those who have not fetched theirs."""
    lines, fetched = _lines(session, pool)
    brought = _brought(session, pool)
    scores = _scores(session, pool, lines)
    shares = share_out(
        max(0, brought.available - sum(share.given for share in fetched.values())),
        [
            queries.wish_of(line, scores[line.member_id], pool.max_per_member)
            for line in _taking(lines)
        ],
        pool.round.policy,
    )
    return _write(session, pool, brought, lines, fetched, shares, at)


def charge_anew(session: Session, pool: SupplyPool, *, at: datetime) -> AllocationRun | None:
    """Charge a locked pool's shares anew when a cost has changed; who gets what stays.

    None when nothing has come yet.
    """
    before = queries.last_run(session, pool)
    if before is None:
        return None
    lines, fetched = _lines(session, pool)
    known = _shares_of(session, before)
    taking = _taking(lines)
    freed = sum(known[line.id].given for line in lines) - sum(
        known[line.id].given for line in taking
    )
    shares = Shares(
        {line.id: known[line.id].given for line in taking},
        before.to_stock + freed,
        [line.id for line in taking if known[line.id].dropped],
    )
    by_hand = Decided(before.manual_reason, before.manual_by)
    return _write(
        session, pool, _brought(session, pool), lines, fetched, shares, at, by_hand=by_hand
    )


def decide(
    session: Session,
    pool: SupplyPool,
    given: Mapping[UUID, int],
    decided: Decided,
    *,
    at: datetime,
) -> AllocationRun:
    """Share a locked pool's goods as officers say; what was fetched stays. Raises BadShare."""
    lines, fetched = _lines(session, pool)
    brought = _brought(session, pool)
    shares = share_by_hand(
        max(0, brought.available - sum(share.given for share in fetched.values())),
        [queries.wish_of(line, 0, pool.max_per_member) for line in _taking(lines)],
        given,
    )
    return _write(session, pool, brought, lines, fetched, shares, at, by_hand=decided)


def is_decided(
    session: Session, run: AllocationRun, given: Mapping[UUID, int], decided: Decided
) -> bool:
    """Say whether a run is what these officers said, word for word."""
    known = {line_id: share.given for line_id, share in _shares_of(session, run).items()}
    said = Decided(run.manual_reason, run.manual_by)
    return said == decided and given.items() <= known.items()


def _lines(session: Session, pool: SupplyPool) -> tuple[list[RequestLine], dict[UUID, Allocation]]:
    """Give the wishes that were not fetched yet, and the shares that were."""
    handed = queries.handed_over(session, pool)
    lines = [line for line in locked_lines(session, pool) if line.id not in handed]
    before = queries.last_run(session, pool)
    known = _shares_of(session, before) if before else {}
    return lines, {line_id: known[line_id] for line_id in handed}


def _taking(lines: Sequence[RequestLine]) -> list[RequestLine]:
    """Leave out whose member would not pay the price."""
    return [line for line in lines if line.state is not RequestState.DECLINED]


def _write(
    session: Session,
    pool: SupplyPool,
    brought: Brought,
    lines: Sequence[RequestLine],
    fetched: Mapping[UUID, Allocation],
    shares: Shares[UUID],
    at: datetime,
    *,
    by_hand: Decided | None = None,
) -> AllocationRun:
    """Write a run down: each share with its charge, and what follows from it for its wish."""
    taking = _taking(lines)
    given = {line.id: shares.given.get(line.id, 0) for line in lines}
    shares = Shares(given, shares.left, shares.dropped)
    paid = [share.parts for share in fetched.values()]
    shrunk, shrunk_cost = _beyond(brought, fetched)
    rest = charge_out(
        brought.net + shrunk_cost - sum(part.net for part in paid),
        shares.given,
        shares.left,
        discount=max(0, brought.discount - sum(part.discount for part in paid)),
        costs=still_to_split(brought.costs, sum(part.costs for part in paid)),
        margin=pool.margin,
    )
    before = queries.last_run(session, pool)
    charged = [*rest.members.values(), *paid]
    run = AllocationRun(
        cooperative_id=pool.cooperative_id,
        pool_id=pool.id,
        number=before.number + 1 if before else 1,
        available=brought.available,
        cost=Rupiah(brought.net),
        costs=Rupiah(sum(cost.amount for cost in brought.costs)),
        margin=Rupiah(sum(part.margin for part in charged)),
        to_stock=shares.left,
        stock_cost=Rupiah(rest.kept.total),
        shrunk=shrunk,
        shrunk_cost=Rupiah(shrunk_cost),
        inputs_hash=_fingerprint(brought, pool.margin, taking, fetched),
        manual_reason=by_hand.reason if by_hand else None,
        manual_by=by_hand.by if by_hand else None,
        at=at,
    )
    session.add(run)
    session.flush()
    book_shrinkage(session, pool, run, before.shrunk_cost if before else Rupiah(0), at=at)
    _write_shares(session, run, shares, rest, fetched)
    _remember_shortage(session, pool, before, taking, shares)
    totals = {line_id: part.total for line_id, part in rest.members.items()}
    keep_price(session, taking, totals, at=at)
    _move_on(session, pool, taking, shares, rest, at)
    return run


def _move_on(
    session: Session,
    pool: SupplyPool,
    lines: Sequence[RequestLine],
    shares: Shares[UUID],
    rest: Charges[UUID],
    at: datetime,
) -> None:
    """Say of each wish what came of it; a price above what was allowed is asked about first."""
    asked = asked_first(session, pool, lines, shares.given, rest.members)
    for line in lines:
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


def _write_shares(
    session: Session,
    run: AllocationRun,
    shares: Shares[UUID],
    rest: Charges[UUID],
    fetched: Mapping[UUID, Allocation],
) -> None:
    dropped = set(shares.dropped)
    for line_id, part in rest.members.items():
        _add(session, run, line_id, shares.given[line_id], part, dropped=line_id in dropped)
    for line_id, share in fetched.items():
        _add(session, run, line_id, share.given, share.parts)
    session.flush()


def _add(
    session: Session,
    run: AllocationRun,
    line_id: UUID,
    given: int,
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
    rows = session.scalars(
        select(Allocation).where(
            Allocation.cooperative_id == run.cooperative_id, Allocation.run_id == run.id
        )
    )
    return {row.line_id: row for row in rows}


def _fingerprint(
    brought: Brought,
    margin: int,
    lines: Sequence[RequestLine],
    fetched: Mapping[UUID, Allocation],
) -> str:
    """Prove later from which numbers a run was computed."""
    costs = [[cost.amount, cost.split_by.value] for cost in brought.costs]
    said = [[str(line.id), line.accept_min, line.want, line.flex_max] for line in lines]
    floors = sorted([str(line_id), share.given] for line_id, share in fetched.items())
    came = [brought.available, brought.net, brought.discount, costs, margin]
    return hashlib.sha256(json.dumps([*came, said, floors]).encode()).hexdigest()


def settle_if_done(session: Session, pool: SupplyPool, at: datetime) -> None:
    """Settle a pool when nobody waits for goods of it any more.

    One whose deliveries were all taken back waits for what really came.
    """
    if pool.state is not PoolState.READY or _anybody_waits(session, pool):
        return
    if queries.receipts(session, pool):
        pool.state = step(pool.state, PoolState.SETTLED)
        pool.changed_at = at
        session.flush()
        keep_up(session, pool, at=at)


def _anybody_waits(session: Session, pool: SupplyPool) -> bool:
    """Look among the wishes of a pool that is locked, so that none of them changes meanwhile."""
    waits = exists().where(
        RequestLine.cooperative_id == pool.cooperative_id,
        RequestLine.pool_id == pool.id,
        RequestLine.state.in_(WAITING),
    )
    return bool(session.scalar(select(waits)))
