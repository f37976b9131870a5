"""Members fetch what was shared out to them, and pay in the way they like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.credit import service as credit
from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    Allocation,
    RequestLine,
    SupplyHandOver,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.rules import PaidWith, PoolState, RequestState, asked_of, step
from marketplace.supply.service.booking import HAND_OVER, book_hand_over, unbook_hand_over
from marketplace.supply.service.locks import locked_line, locked_lines_of, locked_pool, locked_pools
from marketplace.supply.service.promises import REQUEST, let_go
from marketplace.supply.service.sharing_out import settle_if_done

_THERE = RequestState.ALLOCATED
UNDO_TIME = timedelta(minutes=15)


class NotReady(RuleBroken):
    """There is nothing to hand over for this wish."""

    code = "not_ready"


class WrongMoney(RuleBroken):
    """Another amount than the exact charge."""

    status = 422
    code = "wrong_amount"


def hand_over(
    session: Session,
    line: RequestLine,
    *,
    paid: Rupiah,
    way: PaidWith = PaidWith.CASH,
    actor_id: UUID,
    at: datetime,
) -> RequestLine:
    """Hand a member's share of one good over against what is asked for it; twice changes nothing.

    Raises NotReady, WrongMoney, and BalanceTooSmall or CreditTooSmall when there is not
    enough of what it is paid with.
    """
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    if locked.state is RequestState.HANDED_OVER:
        return locked
    share = _share_of(session, pool, locked)
    if share is None or locked.state is not RequestState.ALLOCATED:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    _take(session, [(pool, locked, share)], paid, way, actor_id=actor_id, at=at)
    return locked


def hand_over_basket(
    session: Session,
    round_: SupplyRound,
    member_id: UUID,
    *,
    paid: Rupiah,
    way: PaidWith,
    actor_id: UUID,
    at: datetime,
) -> list[RequestLine]:
    """Hand all goods of a round that are there for a member over, against one payment.

    Gives the wishes that were met; none when all was fetched before. Raises NotReady when
    there is nothing yet, and what ``hand_over`` raises.
    """
    pools = {pool.id: pool for pool in locked_pools(session, round_)}
    lines = locked_lines_of(session, list(pools.values()), member_id)
    fetched = any(line.state is RequestState.HANDED_OVER for line in lines)
    shares = queries.shares_now(session, [line for line in lines if line.state is _THERE])
    parts = [
        (pools[line.pool_id], line, shares[line.id])
        for line in lines
        if line.pool_id is not None and line.id in shares
    ]
    if not parts and not fetched:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    if parts:
        _take(session, parts, paid, way, actor_id=actor_id, at=at)
    return [line for _, line, _ in parts]


def _take(
    session: Session,
    parts: Sequence[tuple[SupplyPool, RequestLine, Allocation]],
    paid: Rupiah,
    way: PaidWith,
    *,
    actor_id: UUID,
    at: datetime,
) -> None:
    """Write down what was handed over, each part with its share of what rounding let off."""
    charges = [share.charge.amount for _, _, share in parts]
    total = Rupiah(sum(charges))
    cooperative = session.get_one(Cooperative, parts[0][0].cooperative_id)
    asked = asked_of(way, total, cooperative.cash_rounding)
    if paid != asked:
        raise WrongMoney(say("Harganya %(charge)s, pas.", charge=asked))
    let_off = largest_remainder((total - asked).amount, charges)
    for (pool, line, share), off in zip(parts, let_off, strict=True):
        hand = SupplyHandOver(
            cooperative_id=line.cooperative_id,
            id=new_id(),
            line_id=line.id,
            quantity=share.given,
            paid=share.charge,
            margin=share.margin,
            way=way,
            rounded=Rupiah(off),
            by=actor_id,
            at=at,
        )
        session.add(hand)
        line.state = step(line.state, RequestState.HANDED_OVER)
        line.changed_at = at
        session.flush()
        if way is PaidWith.CREDIT and hand.paid:
            _owe(session, pool, line, hand)
        else:
            let_go(session, [line], at=at)
        book_hand_over(session, pool, hand, line.member_id, at=at)
        settle_if_done(session, pool, at)
        outbox.tell(
            session,
            "supply.handed_over",
            at=at,
            cooperative=line.cooperative_id,
            line=str(line.id),
        )


def _owe(session: Session, pool: SupplyPool, line: RequestLine, hand: SupplyHandOver) -> None:
    """Write the bon of what was handed over on account."""
    member = session.get_one(Member, (line.cooperative_id, line.member_id))
    memo = f"Kulakan {pool.number}: {pool.item_name}"
    credit.charge(
        session,
        member,
        HAND_OVER,
        hand.id,
        hand.paid,
        memo=memo,
        by=hand.by,
        at=hand.at,
        held_by=(REQUEST, line.id),
    )


def _pool_of(session: Session, line: RequestLine) -> SupplyPool:
    """Find the pool of a wish; a wish whose pool was given up waits and has none."""
    if line.pool_id is None:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))


def _share_of(session: Session, pool: SupplyPool, line: RequestLine) -> Allocation | None:
    run = queries.last_run(session, pool)
    if run is None:
        return None
    return session.scalar(
        select(Allocation).where(
            Allocation.cooperative_id == run.cooperative_id,
            Allocation.run_id == run.id,
            Allocation.line_id == line.id,
        )
    )


def undo_hand_over(session: Session, line: RequestLine, *, at: datetime) -> RequestLine:
    """Take a handing over back within a quarter of an hour: goods and money return."""
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    hand = queries.handed_over(session, pool).get(locked.id)
    if hand is None or locked.state is not RequestState.HANDED_OVER:
        return locked
    if at - hand.at > UNDO_TIME:
        raise NotReady(say("Sudah lewat 15 menit, tidak bisa diurungkan lagi."))
    if hand.way is PaidWith.CREDIT:
        member = session.get_one(Member, (locked.cooperative_id, locked.member_id))
        credit.undo_charge(session, member, HAND_OVER, hand.id, by=None, at=at)
        if locked.on_account and hand.paid:
            credit.hold(session, member, REQUEST, locked.id, hand.paid, at=at)
    hand.undone_at = at
    locked.state = RequestState.ALLOCATED  # the one way back, open for a quarter of an hour
    locked.changed_at = at
    if pool.state is PoolState.SETTLED:
        pool.state = PoolState.READY
        pool.changed_at = at
    session.flush()
    unbook_hand_over(session, pool, hand)
    return locked
