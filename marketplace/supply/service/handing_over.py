"""Members fetch what was shared out to them, at once or in parts, and pay in the way they like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

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
    RequestLine,
    SupplyHandOver,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.queries import NOTHING_FETCHED, Fetched
from marketplace.supply.rules import (
    FREES,
    Charge,
    PaidWith,
    PoolState,
    RequestState,
    asked_of,
    part_of,
    step,
)
from marketplace.supply.service.booking import HAND_OVER, book_hand_over, unbook_hand_over
from marketplace.supply.service.locks import locked_line, locked_lines_of, locked_pool, locked_pools
from marketplace.supply.service.promises import REQUEST, keep_price
from marketplace.supply.service.settling import settle_if_done

UNDO_TIME = timedelta(minutes=15)


class NotReady(RuleBroken):
    """There is nothing to hand over for this wish."""

    code = "not_ready"


class WrongMoney(RuleBroken):
    """Another amount than the exact charge."""

    status = 422
    code = "wrong_amount"


class FetchedMeanwhile(RuleBroken):
    """Something was fetched since the officer looked."""

    code = "changed"


@dataclass(frozen=True, slots=True)
class Taking:
    """How much of a share is fetched now, and how much had been ``before``, as the page said."""

    quantity: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A wish of which something is handed over, and what that costs."""

    pool: SupplyPool
    line: RequestLine
    quantity: int
    price: Charge
    left: Rupiah
    is_last: bool


def hand_over(
    session: Session,
    line: RequestLine,
    *,
    paid: Rupiah,
    way: PaidWith = PaidWith.CASH,
    taking: Taking | None = None,
    actor_id: UUID,
    at: datetime,
) -> RequestLine:
    """Hand a member's share over, or a part of it, against what is asked for that.

    Without ``taking`` it is all that is left. Twice changes nothing. Raises NotReady,
    WrongMoney, BadPart, FetchedMeanwhile, and BalanceTooSmall or CreditTooSmall when there is
    not enough of what it is paid with.
    """
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    takings = None if taking is None else {locked.id: taking}
    _hand_over(session, [pool], [locked], takings, paid, way, actor_id=actor_id, at=at)
    return locked


def hand_over_basket(
    session: Session,
    round_: SupplyRound,
    member_id: UUID,
    *,
    paid: Rupiah,
    way: PaidWith,
    takings: Mapping[UUID, Taking] | None = None,
    actor_id: UUID,
    at: datetime,
) -> list[RequestLine]:
    """Hand goods of a round that are there for a member over, against one payment.

    Without ``takings`` it is all that is left; what they do not name stays. Gives the wishes of
    which something was handed over; none when that was done before. Raises what ``hand_over``
    raises.
    """
    pools = locked_pools(session, round_)
    lines = locked_lines_of(session, pools, member_id)
    return _hand_over(session, pools, lines, takings, paid, way, actor_id=actor_id, at=at)


def _hand_over(
    session: Session,
    pools: Sequence[SupplyPool],
    lines: Sequence[RequestLine],
    takings: Mapping[UUID, Taking] | None,
    paid: Rupiah,
    way: PaidWith,
    *,
    actor_id: UUID,
    at: datetime,
) -> list[RequestLine]:
    fetched = queries.fetched_of(session, lines)
    if takings is not None and _was_done(lines, takings, fetched):
        return []
    parts = _parts(session, {pool.id: pool for pool in pools}, lines, takings, fetched)
    if not parts and not fetched:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    if parts:
        _take(session, parts, paid, way, actor_id=actor_id, at=at)
    return [part.line for part in parts]


def _was_done(
    lines: Sequence[RequestLine],
    takings: Mapping[UUID, Taking],
    fetched: Mapping[UUID, Fetched],
) -> bool:
    """Say whether just this was fetched already. Raises FetchedMeanwhile if something else was."""
    now = {line.id: fetched.get(line.id, NOTHING_FETCHED) for line in lines}
    wanted = {line_id: one for line_id, one in takings.items() if one.quantity}
    if wanted.keys() - now.keys():
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    if all(now[line_id].quantity == one.before for line_id, one in wanted.items()):
        return False
    for line_id, one in wanted.items():
        had = now[line_id]
        last = had.last.quantity if had.hands else 0
        if (had.quantity, last) != (one.before + one.quantity, one.quantity):
            raise FetchedMeanwhile(say("Sebagian sudah diambil. Muat ulang halaman ini."))
    return True


def _parts(
    session: Session,
    pools: Mapping[UUID, SupplyPool],
    lines: Sequence[RequestLine],
    takings: Mapping[UUID, Taking] | None,
    fetched: Mapping[UUID, Fetched],
) -> list[Part]:
    """Say what of each wish is handed over now, and what it costs. Raises BadPart."""
    there = [line for line in lines if line.state is RequestState.ALLOCATED]
    shares, found = queries.shares_now(session, there), []
    for line in there:
        share, had = shares.get(line.id), fetched.get(line.id, NOTHING_FETCHED)
        if share is None or line.pool_id is None:
            continue
        left = share.given - had.quantity
        quantity = (
            left if takings is None else takings[line.id].quantity if line.id in takings else 0
        )
        if quantity:
            pool = pools[line.pool_id]
            price = part_of(
                share.parts, share.given, had.parts, had.quantity, taking=quantity,
                margin=pool.margin,
            )  # fmt: skip
            rest = Rupiah(share.parts.total - had.parts.total - price.total)
            found.append(Part(pool, line, quantity, price, rest, quantity == left))
    if takings is not None and len(found) < sum(one.quantity > 0 for one in takings.values()):
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return found


def _take(
    session: Session,
    parts: Sequence[Part],
    paid: Rupiah,
    way: PaidWith,
    *,
    actor_id: UUID,
    at: datetime,
) -> None:
    """Write down what was handed over, each part with its share of what rounding let off."""
    charges = [part.price.total for part in parts]
    total = Rupiah(sum(charges))
    cooperative = session.get_one(Cooperative, parts[0].pool.cooperative_id)
    asked = asked_of(way, total, cooperative.cash_rounding)
    if paid != asked:
        raise WrongMoney(say("Harganya %(charge)s, pas.", charge=asked))
    let_off = largest_remainder((total - asked).amount, charges)
    for part, off in zip(parts, let_off, strict=True):
        pool, line = part.pool, part.line
        hand = _hand(part, way, Rupiah(off), actor_id, at)
        session.add(hand)
        if part.is_last:
            line.state = step(line.state, RequestState.HANDED_OVER)
        line.changed_at = at
        session.flush()
        if way is PaidWith.CREDIT and hand.paid:
            _owe(session, part, hand)
        else:
            keep_price(session, [line], {line.id: part.left.amount}, at=at)
        book_hand_over(session, pool, hand, line.member_id, at=at)
        settle_if_done(session, pool, at)
        outbox.tell(
            session,
            "supply.handed_over",
            at=at,
            cooperative=line.cooperative_id,
            line=str(line.id),
        )


def _hand(
    part: Part, way: PaidWith, rounded: Rupiah, actor_id: UUID, at: datetime
) -> SupplyHandOver:
    price = part.price
    return SupplyHandOver(
        cooperative_id=part.line.cooperative_id,
        id=new_id(),
        line_id=part.line.id,
        quantity=part.quantity,
        paid=Rupiah(price.total),
        goods=Rupiah(price.goods),
        discount=Rupiah(price.discount),
        costs=Rupiah(price.costs),
        margin=Rupiah(price.margin),
        way=way,
        rounded=rounded,
        by=actor_id,
        at=at,
    )


def _owe(session: Session, part: Part, hand: SupplyHandOver) -> None:
    """Write the bon of what was handed over on account; for the rest, room is still kept."""
    pool, line = part.pool, part.line
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
        still_held=part.left if line.on_account else Rupiah(0),
    )


def _pool_of(session: Session, line: RequestLine) -> SupplyPool:
    """Find the pool of a wish; a wish whose pool was given up waits and has none."""
    if line.pool_id is None:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))


def undo_hand_over(session: Session, line: RequestLine, *, at: datetime) -> RequestLine:
    """Take what was handed over last back within a quarter of an hour: goods and money return."""
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    had = queries.fetched_of(session, [locked]).get(locked.id)
    if had is None:
        return locked
    if locked.state not in (RequestState.ALLOCATED, RequestState.HANDED_OVER):
        raise NotReady(say("Tunggu jawaban anggota tentang harganya dulu."))
    decision = queries.decision_on(session, locked)
    if decision is not None and decision.what in FREES:
        raise NotReady(say("Urungkan dulu keputusan tentang sisanya."))
    hand = had.last
    if queries.returns_of(session, [hand]):
        raise NotReady(say("Sebagian sudah dikembalikan, jadi tidak bisa diurungkan."))
    if at - hand.at > UNDO_TIME:
        raise NotReady(say("Sudah lewat 15 menit, tidak bisa diurungkan lagi."))
    hand.undone_at = at
    locked.state = RequestState.ALLOCATED  # the one way back, open for a quarter of an hour
    locked.changed_at = at
    if pool.state is PoolState.SETTLED:
        pool.state = PoolState.READY
        pool.changed_at = at
    session.flush()
    if hand.way is PaidWith.CREDIT:
        _owe_no_more(session, locked, hand, at)
    unbook_hand_over(session, pool, hand)
    return locked


def _owe_no_more(session: Session, line: RequestLine, hand: SupplyHandOver, at: datetime) -> None:
    """Take a bon back, and keep room again for all that is still to be fetched."""
    member = session.get_one(Member, (line.cooperative_id, line.member_id))
    credit.undo_charge(session, member, HAND_OVER, hand.id, by=None, at=at)
    share = queries.shares_now(session, [line])[line.id]
    had = queries.fetched_of(session, [line]).get(line.id, NOTHING_FETCHED)
    left = Rupiah(share.parts.total - had.parts.total)
    if line.on_account and left:
        credit.hold(session, member, REQUEST, line.id, left, at=at)
