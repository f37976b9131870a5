"""Giving money back: asked for by one officer, above a limit agreed to by another, then paid.

The order is locked first, then its refund, so that two officers cannot give the same rupiah.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.cooperatives.models import Cooperative
from marketplace.files.models import StoredFile
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.rules import MemberAccount
from marketplace.orders.models import Order, Refund, RefundLine
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import (
    LONGEST_REASON,
    LineBack,
    NothingOwed,
    OrderState,
    ProofMissing,
    RefundKind,
    RefundMethod,
    RefundState,
    SecondOfficer,
    TooMuchBack,
    fee_back,
    needs_second,
    parts_back,
    refund_step,
    share_back,
)
from marketplace.orders.service.moving import count_sold, facts_of, intent_to_pay, locked_order
from marketplace.orders.service.owing import settle_owed
from marketplace.orders.service.returning import book_refund, book_return, purse_for
from marketplace.outbox import service as outbox
from marketplace.payments.service import attempts
from marketplace.stock import service as stock


class RefundKeyReused(RuleBroken):
    """The same key came with another refund."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What shall go back: an amount, pieces of lines, or an amount for pieces.

    Without a kind, money that is owed anyway goes back first. ``into_balance``: as soon as it
    is agreed to, it becomes the buyer's balance.
    """

    reason: str
    amount: Rupiah | None = None
    pieces: Mapping[UUID, int] = field(default_factory=dict)
    goods_back: bool = False
    kind: RefundKind | None = None
    into_balance: bool = False

    def fingerprint(self, order: Order) -> str:
        """Tell one request from another under the same key."""
        pieces = sorted((str(line), quantity) for line, quantity in self.pieces.items())
        said = [order.number, self.reason, str(self.amount), pieces, self.goods_back, self.kind]
        said += ["titipan"] if self.into_balance else []
        return hashlib.sha256(repr(said).encode()).hexdigest()


def request_refund(
    session: Session,
    order: Order,
    wanted: RefundRequest,
    *,
    key: str,
    by: UUID | None,
    at: datetime,
) -> Refund:
    """Ask for money to go back; up to the cooperative's limit that is agreed to at once.

    The same key asks once. Raises TooMuchBack, NothingOwed, RefundKeyReused, Invalid.
    """
    locked = locked_order(session, order)
    known = queries.refund_by_key(session, locked.cooperative_id, key)
    if known is not None:
        if known.request_hash != wanted.fingerprint(locked):
            raise RefundKeyReused(say("Formulir ini sudah dipakai untuk pengembalian lain."))
        return known
    _check_reason(wanted.reason)
    kind = _kind(session, locked, wanted)
    fee = _fee(session, locked, wanted) if kind is RefundKind.RETURN else Rupiah(0)
    lines = _lines(session, locked, wanted, fee) if kind is RefundKind.RETURN else []
    amount = (
        Rupiah.total(line.amount for line in lines) + fee
        if kind is RefundKind.RETURN
        else _owed(session, locked, wanted.amount)
    )
    limit = session.get_one(Cooperative, locked.cooperative_id).refund_limit
    refund = Refund(
        cooperative_id=locked.cooperative_id,
        order_id=locked.id,
        key=key,
        request_hash=wanted.fingerprint(locked),
        kind=kind,
        state=RefundState.REQUESTED,
        amount=amount,
        fee_amount=fee,
        reason=wanted.reason.strip(),
        goods_back=wanted.goods_back and any(line.quantity for line in lines),
        two_people=needs_second(limit, queries.asked_before(session, locked), amount),
        method=RefundMethod.BALANCE if wanted.into_balance else None,
        requested_by=by,
        requested_at=at,
        lines=[
            RefundLine(
                cooperative_id=locked.cooperative_id,
                line_id=line.line_id,
                quantity=line.quantity,
                amount=line.amount,
            )
            for line in lines
        ],
    )
    session.add(refund)
    session.flush()
    if refund.two_people:
        _tell(session, "order.refund_asked", locked, refund, at)
        return refund
    return approve_refund(session, refund, by=by, at=at)


def _check_reason(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        wrong = say("Tulis alasannya, paling panjang %(most)s huruf.", most=LONGEST_REASON)
        raise Invalid(wrong, fields={"reason": wrong})


def _kind(session: Session, order: Order, wanted: RefundRequest) -> RefundKind:
    if wanted.kind is None:
        free = queries.free_to_pay_back(session, order)
        fits = free and (wanted.amount is None or wanted.amount <= free)
        kind = RefundKind.OWED if fits and not wanted.pieces else RefundKind.RETURN
    else:
        kind = wanted.kind
    if kind is RefundKind.RETURN and order.state is not OrderState.FINISHED:
        raise NothingOwed(
            say("Barangnya belum diserahkan. Batalkan pesanannya, uangnya lalu bisa dikembalikan.")
        )
    return kind


def _fee(session: Session, order: Order, wanted: RefundRequest) -> Rupiah:
    """Say what goes back of the delivery; pieces that come back leave it paid."""
    if wanted.pieces:
        return Rupiah(0)
    goods = Rupiah.total(line.left for line in queries.sold_lines(session, order))
    left = queries.fee_left(session, order)
    if wanted.amount is not None and wanted.amount > goods + left:
        raise TooMuchBack(say("Paling banyak %(most)s yang bisa dikembalikan.", most=goods + left))
    return fee_back(goods, left, wanted.amount)


def _lines(session: Session, order: Order, wanted: RefundRequest, fee: Rupiah) -> list[LineBack]:
    amount = None if wanted.amount is None else wanted.amount - fee
    sold = queries.sold_lines(session, order)
    if fee and not (Rupiah.total(line.left for line in sold) if amount is None else amount):
        return []  # only the delivery is paid back
    return share_back(sold, wanted.pieces, amount)


def _owed(session: Session, order: Order, amount: Rupiah | None) -> Rupiah:
    free = queries.free_to_pay_back(session, order)
    if free <= Rupiah(0) or (amount is not None and amount <= Rupiah(0)):
        raise NothingOwed(say("Tidak ada uang yang bisa dikembalikan."))
    if amount is not None and amount > free:
        raise TooMuchBack(say("Paling banyak %(most)s yang bisa dikembalikan.", most=free))
    return amount or free


def approve_refund(session: Session, refund: Refund, *, by: UUID | None, at: datetime) -> Refund:
    """Agree that money goes back: the part of the sale is undone, its goods return.

    Agreeing again changes nothing. Raises SecondOfficer, WrongRefundStep.
    """
    order, mine = _locked(session, refund)
    if mine.state in queries.AGREED:
        return mine
    state = refund_step(mine.state, RefundState.APPROVED)
    if mine.two_people and by == mine.requested_by:
        raise SecondOfficer(
            say("Pengembalian sebesar ini perlu disetujui pengurus lain, bukan yang mengusulkan.")
        )
    if mine.kind is RefundKind.RETURN:
        _set_parts(session, order, mine)
    mine.state, mine.decided_by, mine.decided_at = state, by, at
    session.flush()
    if mine.kind is RefundKind.RETURN:
        costs = _bring_back(session, order, mine, by, at) if mine.goods_back else {}
        book_return(session, order, mine, costs, at=at)
        settle_owed(session, order, intent_to_pay(session, order))
    return mine if mine.method is None else pay_refund(session, mine, mine.method, by=by, at=at)


def _set_parts(session: Session, order: Order, refund: Refund) -> None:
    """Say whose the money was, after what was agreed to go back before."""
    sold = {line.id: line for line in queries.sold_lines(session, order, states=queries.AGREED)}
    for line in refund.lines:
        parts = parts_back(sold[line.line_id], line.amount)
        line.maker_amount, line.cooperative_amount = parts.maker, parts.cooperative


def _bring_back(
    session: Session, order: Order, refund: Refund, by: UUID | None, at: datetime
) -> dict[UUID, Rupiah]:
    back = {line.line_id: line.quantity for line in refund.lines if line.quantity}
    count_sold(session, {line: -back[line.id] for line in order.lines if line.id in back})
    return stock.bring_back(
        session,
        order.cooperative_id,
        back,
        cause="retur",
        at=at,
        actor_id=by,
    )


def refuse_refund(session: Session, refund: Refund, *, by: UUID | None, at: datetime) -> Refund:
    """Decline a refund, or take one's own back; doing so again changes nothing."""
    _, mine = _locked(session, refund)
    if mine.state is RefundState.REFUSED:
        return mine
    mine.state = refund_step(mine.state, RefundState.REFUSED)
    if mine.two_people and by == mine.requested_by:
        mine.two_people = False  # who takes back what they asked for needs nobody else
    mine.decided_by, mine.decided_at = by, at
    session.flush()
    return mine


def pay_refund(
    session: Session,
    refund: Refund,
    method: RefundMethod,
    *,
    reference: str | None = None,
    proof: StoredFile | None = None,
    by: UUID | None,
    at: datetime,
) -> Refund:
    """Write down that the money has gone back; doing so again changes nothing.

    Raises ProofMissing, NothingOwed, WrongRefundStep, Invalid.
    """
    order, mine = _locked(session, refund)
    if mine.state is RefundState.PAID:
        return mine
    state = refund_step(mine.state, RefundState.PAID)
    if method is RefundMethod.TRANSFER and not reference and proof is None:
        raise ProofMissing(say("Tulis nomor referensi transfernya atau kirim gambar buktinya."))
    if mine.amount > order.refund_due:
        raise NothingOwed(say("Uang pesanan ini tidak lagi cukup untuk pengembalian itu."))
    intent = intent_to_pay(session, order)
    purse = purse_for(session, order, intent, method)
    mine.state, mine.method, mine.paid_by, mine.paid_at = state, method, by, at
    mine.member_id = purse.member_id if isinstance(purse, MemberAccount) else None
    mine.reference, mine.file_id = reference or None, proof.id if proof else None
    share = queries.share_of(session, order)
    share.refunded = share.refunded + mine.amount
    session.flush()
    book_refund(session, order, mine, purse, at=at)
    settle_owed(session, order, intent)
    if method is RefundMethod.SAME_WAY:
        key, reason = str(mine.id), mine.reason
        attempts.want_refund(session, intent, mine.amount, key=key, reason=reason, at=at)
    _tell(session, "order.refunded", order, mine, at)
    return mine


def _locked(session: Session, refund: Refund) -> tuple[Order, Refund]:
    order = session.get_one(Order, (refund.cooperative_id, refund.order_id))
    locked = locked_order(session, order)
    mine = session.scalars(
        select(Refund)
        .where(Refund.cooperative_id == refund.cooperative_id, Refund.id == refund.id)
        .options(selectinload(Refund.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return locked, mine


def _tell(session: Session, what: str, order: Order, refund: Refund, at: datetime) -> None:
    outbox.tell(session, what, at=at, refund=str(refund.id), **facts_of(order))
