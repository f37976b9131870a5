"""Goods arrive, perhaps short, perhaps twice, and are shared out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.files.models import StoredFile
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply import queries
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyHandOver,
    SupplyPool,
)
from marketplace.supply.rules import (
    Bill,
    PoolState,
    Proposal,
    ReceiptReason,
    RequestState,
    bill,
    check_contested,
    expected,
    propose,
    step,
)
from marketplace.supply.service.booking import book_receipt
from marketplace.supply.service.buying import tell
from marketplace.supply.service.drafting import keep_up
from marketplace.supply.service.locks import locked_lines, locked_pool
from marketplace.supply.service.promises import keep_price
from marketplace.supply.service.supplier_claims import open_claim

LARGEST_COST = 10**12
LARGEST_QUANTITY = 10**9


class NothingArrived(Invalid):
    """A delivery that brought and cost nothing, or something impossible."""


def proposal(
    session: Session, pool: SupplyPool, *, quantity: int, damaged: int, cost: Rupiah
) -> Proposal:
    """Propose what of a bill to claim from the supplier. Raises NothingArrived, BadReceipt."""
    _check(0, quantity, cost)
    before = sum(receipt.quantity for receipt in queries.receipts(session, pool))
    ordered = (pool.ordered_packs or 0) * pool.pack_size
    wanted = expected(ordered, pool.ordered_cost.amount if pool.ordered_cost else 0, before)
    return propose(wanted, came=quantity, damaged=damaged, cost=cost.amount)


def receive(
    session: Session,
    pool: SupplyPool,
    *,
    key: str,
    packs: int,
    quantity: int,
    cost: Rupiah,
    damaged: int = 0,
    contested: Rupiah | None = None,
    kind: ReceiptReason | None = None,
    reason: str | None = None,
    note: StoredFile | None = None,
    actor_id: UUID,
    at: datetime,
) -> AllocationRun:
    """Record a delivery and share out all that has come so far.

    ``key`` names the form, so that sending it again changes nothing. What members have
    fetched already stays theirs at the price they paid; everything else is shared anew.
    ``contested`` of the bill becomes a claim on the supplier: nothing when members are to
    pay it all, None for what ``proposal`` says. ``note`` is the supplier's, as a picture.
    Raises NothingArrived, BadReceipt, WrongStep.
    """
    _check(packs, quantity, cost)
    locked = locked_pool(session, pool)
    run = queries.last_run(session, locked)
    if run is not None and _known(session, locked, key):
        return run
    said = proposal(session, locked, quantity=quantity, damaged=damaged, cost=cost)
    claimed = Rupiah(said.contested) if contested is None else contested
    check_contested(claimed, cost)
    receipt = GoodsReceipt(
        cooperative_id=locked.cooperative_id,
        pool_id=locked.id,
        key=key,
        packs=packs,
        quantity=quantity,
        damaged=damaged,
        cost=cost,
        contested=claimed,
        kind=kind or said.reason,
        reason=reason,
        note_file_id=note.id if note else None,
        received_by=actor_id,
        at=at,
    )
    run = take_in(session, locked, receipt, at=at)
    open_claim(session, locked, receipt, at=at)
    return run


def _check(packs: int, quantity: int, cost: Rupiah) -> None:
    if not 0 < quantity <= LARGEST_QUANTITY or packs < 0 or not 0 <= cost.amount <= LARGEST_COST:
        raise NothingArrived(say("Isi berapa yang datang dan berapa harganya."))


def _known(session: Session, pool: SupplyPool, key: str) -> bool:
    known = session.scalar(
        select(GoodsReceipt.id).where(
            GoodsReceipt.cooperative_id == pool.cooperative_id,
            GoodsReceipt.pool_id == pool.id,
            GoodsReceipt.key == key,
        )
    )
    return known is not None


def take_in(
    session: Session, locked: SupplyPool, receipt: GoodsReceipt, *, at: datetime
) -> AllocationRun:
    """Keep and book a delivery of a locked pool, and share out all that has come so far."""
    run = queries.last_run(session, locked)
    _step_to_receiving(locked)
    session.add(receipt)
    session.flush()
    book_receipt(session, locked, receipt, at=at)
    run = _share_out(session, locked, run, at)
    locked.state = step(locked.state, PoolState.READY)
    locked.changed_at = at
    settle_if_done(session, locked, at)
    session.flush()
    keep_up(session, locked, at=at)
    tell(session, locked, "supply.arrived", at)
    return run


def _step_to_receiving(pool: SupplyPool) -> None:
    if pool.state is PoolState.LOCKED:
        pool.state = step(pool.state, PoolState.ORDERED)
    pool.state = step(pool.state, PoolState.RECEIVING)


def _share_out(
    session: Session, pool: SupplyPool, before: AllocationRun | None, at: datetime
) -> AllocationRun:
    received = queries.receipts(session, pool)
    available = sum(receipt.good for receipt in received)
    cost = sum(receipt.charged.amount for receipt in received)
    fetched = queries.handed_over(session, pool)
    lines = locked_lines(session, pool)
    open_lines = [line for line in lines if line.id not in fetched]
    scores = _scores(session, pool, open_lines)
    rest = bill(
        cost - sum(hand.paid.amount for hand in fetched.values()),
        available - sum(hand.quantity for hand in fetched.values()),
        [queries.wish_of(line, scores[line.member_id]) for line in open_lines],
    )
    run = AllocationRun(
        cooperative_id=pool.cooperative_id,
        pool_id=pool.id,
        number=before.number + 1 if before else 1,
        available=available,
        cost=Rupiah(cost),
        to_stock=rest.to_stock,
        stock_cost=Rupiah(rest.stock_cost),
        inputs_hash=_fingerprint(available, cost, lines),
        at=at,
    )
    session.add(run)
    session.flush()
    _write_shares(session, run, open_lines, rest, fetched)
    _remember_shortage(session, pool, before, open_lines, rest)
    keep_price(session, open_lines, rest.charges, at=at)
    for line in open_lines:
        wanted = RequestState.ALLOCATED if rest.given[line.id] else RequestState.DROPPED
        if line.state is not wanted:
            line.state = step(line.state, wanted)
        line.changed_at = at
    session.flush()
    return run


def _scores(session: Session, pool: SupplyPool, lines: Sequence[RequestLine]) -> dict[UUID, int]:
    rows = session.execute(
        select(Member.id, Member.shortage_score).where(
            Member.cooperative_id == pool.cooperative_id,
            Member.id.in_([line.member_id for line in lines]),
        )
    )
    return {member_id: score for member_id, score in rows}  # noqa: C416 - rows, not pairs


def _write_shares(
    session: Session,
    run: AllocationRun,
    lines: Sequence[RequestLine],
    rest: Bill[UUID],
    fetched: Mapping[UUID, SupplyHandOver],
) -> None:
    dropped = set(rest.dropped)
    for line in lines:
        session.add(
            Allocation(
                cooperative_id=run.cooperative_id,
                run_id=run.id,
                line_id=line.id,
                given=rest.given[line.id],
                dropped=line.id in dropped,
                charge=Rupiah(rest.charges[line.id]),
            )
        )
    for line_id, hand in fetched.items():
        session.add(
            Allocation(
                cooperative_id=run.cooperative_id,
                run_id=run.id,
                line_id=line_id,
                given=hand.quantity,
                charge=hand.paid,
            )
        )
    session.flush()


def _remember_shortage(
    session: Session,
    pool: SupplyPool,
    before: AllocationRun | None,
    lines: Sequence[RequestLine],
    rest: Bill[UUID],
) -> None:
    """Who was cut more goes first at the next tie; a later delivery takes that back."""
    earlier = _given_before(session, before)
    for line in lines:
        cut_before = line.want - earlier[line.id] if line.id in earlier else 0
        cut_now = max(0, line.want - rest.given[line.id])
        change = cut_now - max(0, cut_before)
        if change:
            member = session.get_one(Member, (pool.cooperative_id, line.member_id))
            member.shortage_score = max(0, member.shortage_score + change)


def _given_before(session: Session, before: AllocationRun | None) -> dict[UUID, int]:
    if before is None:
        return {}
    rows = session.scalars(
        select(Allocation).where(
            Allocation.cooperative_id == before.cooperative_id, Allocation.run_id == before.id
        )
    )
    return {row.line_id: row.given for row in rows}


def _fingerprint(available: int, cost: int, lines: Sequence[RequestLine]) -> str:
    """Prove later from which numbers a run was computed."""
    said = [[str(line.id), line.accept_min, line.want, line.flex_max] for line in lines]
    return hashlib.sha256(json.dumps([available, cost, said]).encode()).hexdigest()


def settle_if_done(session: Session, pool: SupplyPool, at: datetime) -> None:
    """Settle a pool when nobody waits for goods of it any more."""
    waiting = [
        line
        for line in locked_lines(session, pool)
        if line.state in (RequestState.ALLOCATED, RequestState.LOCKED)
    ]
    if not waiting and pool.state is PoolState.READY:
        pool.state = step(pool.state, PoolState.SETTLED)
        pool.changed_at = at
        session.flush()
        keep_up(session, pool, at=at)
