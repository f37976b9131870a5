"""Members bring goods back: money and goods go back in the same transaction, to the rupiah."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.credit.rules import PaidBy
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.service import KeyReused
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import RequestLine, SupplyHandOver, SupplyPool, SupplyReturn
from marketplace.supply.rules import (
    BadReturn,
    PaidWith,
    RequestState,
    ReturnedPart,
    ReturnedTo,
    ReturnFixed,
    returned_part,
    step,
    ways_back,
)
from marketplace.supply.service.booking import book_return, unbook_return
from marketplace.supply.service.handing_over import UNDO_TIME
from marketplace.supply.service.locks import locked_line, locked_pool

LONGEST_REASON, LONGEST_KEY = 200, 200


@dataclass(frozen=True, slots=True)
class Returning:
    """How much is brought back, why, where it goes, and how the money goes back."""

    quantity: int
    reason: str
    goes_to: ReturnedTo
    way: PaidWith


def return_goods(
    session: Session,
    hand: SupplyHandOver,
    back: Returning,
    *,
    key: str,
    by: UUID,
    at: datetime,
) -> SupplyReturn:
    """Take goods back that a member had fetched, against what they had cost; a key counts once.

    Money that pays a bon goes to the member's titipan and from there to their oldest bons; what
    is more than they owe stays titipan. Raises BadReturn, ReturnFixed, KeyReused, Invalid.
    """
    line, pool = _locked(session, hand)
    why = _checked(back.reason, key)
    known = session.scalar(
        select(SupplyReturn).where(
            SupplyReturn.cooperative_id == line.cooperative_id, SupplyReturn.key == key
        )
    )
    if known is not None:
        said = (known.hand_id, known.quantity, known.reason, known.goes_to, known.way)
        if said != (hand.id, back.quantity, why, back.goes_to, back.way):
            raise KeyReused(say("Formulir ini sudah dipakai untuk pengembalian lain."))
        return known
    session.refresh(hand)
    if hand.undone_at is not None:
        raise ReturnFixed(say("Penyerahan ini sudah diurungkan."))
    before = queries.returned_of(session, hand)
    part = returned_part(queries.whole_part(hand), before, back.quantity)
    owed = credit_queries.use_of(session, line.cooperative_id, line.member_id).owed
    if back.way not in ways_back(hand.way, owed):
        wrong = say("Uangnya tidak bisa kembali dengan cara ini.")
        raise BadReturn(wrong, fields={"way": wrong})
    done = _write(session, hand, back, part, why, key, by, at)
    _follow(session, line, at)
    book_return(session, pool, done, line.member_id, at=at)
    _pay_bons(session, line, done, min(owed, done.back))
    outbox.tell(
        session, "supply.returned", at=at, cooperative=line.cooperative_id,
        supply_return=str(done.id),
    )  # fmt: skip
    return done


def _locked(session: Session, hand: SupplyHandOver) -> tuple[RequestLine, SupplyPool]:
    line = session.get_one(RequestLine, (hand.cooperative_id, hand.line_id))
    pool = locked_pool(session, session.get_one(SupplyPool, (line.cooperative_id, line.pool_id)))
    return locked_line(session, line), pool


def _checked(reason: str, key: str) -> str:
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        wrong = say("Isi alasannya, paling panjang 200 huruf.")
        raise BadReturn(wrong, fields={"reason": wrong})
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid(say("Formulir ini tidak lengkap. Muat ulang halamannya."))
    return why


def _write(
    session: Session,
    hand: SupplyHandOver,
    back: Returning,
    part: ReturnedPart,
    why: str,
    key: str,
    by: UUID,
    at: datetime,
) -> SupplyReturn:
    price = part.price
    done = SupplyReturn(
        cooperative_id=hand.cooperative_id,
        id=new_id(),
        hand_id=hand.id,
        key=key,
        quantity=part.quantity,
        paid=Rupiah(price.total),
        goods=Rupiah(price.goods),
        discount=Rupiah(price.discount),
        costs=Rupiah(price.costs),
        margin=Rupiah(price.margin),
        rounded=Rupiah(part.rounded),
        way=back.way,
        goes_to=back.goes_to,
        reason=why,
        by=by,
        at=at,
    )
    session.add(done)
    session.flush()
    return done


def _follow(session: Session, line: RequestLine, at: datetime) -> None:
    """Say of a wish that all of it was brought back, or that it was not."""
    had = queries.fetched_of(session, [line]).get(line.id, queries.NOTHING_FETCHED)
    returned = sum(one.quantity for one in queries.returns_of(session, had.hands))
    if line.state is RequestState.HANDED_OVER and returned == had.quantity:
        line.state = step(line.state, RequestState.RETURNED)
    elif line.state is RequestState.RETURNED and returned < had.quantity:
        line.state = RequestState.HANDED_OVER  # the one way back, open for a quarter of an hour
    line.changed_at = at
    session.flush()


def _pay_bons(session: Session, line: RequestLine, done: SupplyReturn, amount: Rupiah) -> None:
    if done.way is PaidWith.CREDIT and amount:
        member = session.get_one(Member, (line.cooperative_id, line.member_id))
        credit.pay(
            session, member, amount, PaidBy.BALANCE, key=f"retur:{done.id}", by=done.by,
            at=done.at, agreed=True,
        )  # fmt: skip


def undo_return(session: Session, done: SupplyReturn, *, by: UUID, at: datetime) -> SupplyReturn:
    """Take a return back within a quarter of an hour, by its mirror; twice is once.

    Raises ReturnFixed, and BalanceTooSmall when the money was spent meanwhile.
    """
    hand = session.get_one(SupplyHandOver, (done.cooperative_id, done.hand_id))
    line, pool = _locked(session, hand)
    session.refresh(done)
    if done.undone_at is not None:
        return done
    if done.way is PaidWith.CREDIT:
        raise ReturnFixed(
            say("Uangnya sudah membayar bon, jadi pengembalian ini tidak bisa diurungkan.")
        )
    if at - done.at > UNDO_TIME:
        raise ReturnFixed(say("Sudah lewat 15 menit, tidak bisa diurungkan lagi."))
    done.undone_by, done.undone_at = by, at
    session.flush()
    _follow(session, line, at)
    unbook_return(session, pool, done)
    return done
