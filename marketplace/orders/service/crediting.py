"""Money that becomes a member's balance (titipan): given back at once, or because they ask."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders.models import Order, Refund
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import NothingOwed, RefundKind, RefundMethod, RefundState
from marketplace.orders.service.moving import intent_to_pay, locked_order
from marketplace.orders.service.refunds import RefundRequest, pay_refund, request_refund
from marketplace.payments.queries import events_of
from marketplace.payments.rules import CREDIT

ASKED, CANCELLED = "Diminta pembeli menjadi titipan", "Pesanan batal, kembali ke titipan"


def give_back(session: Session, order: Order, *, by: UUID | None, at: datetime) -> None:
    """Give what was paid from a balance back to it, because the order was cancelled.

    Nobody need agree: the money only returns to where it came from. What came in by another
    way meanwhile is owed like all money.
    """
    events = events_of(session, intent_to_pay(session, order))
    spent = Rupiah.total(event.amount for event in events if event.source == CREDIT)
    amount = min(spent, queries.free_to_pay_back(session, order))
    if amount <= Rupiah(0):
        return
    refund = Refund(
        cooperative_id=order.cooperative_id,
        id=new_id(),
        order_id=order.id,
        key=f"batal:{order.id}",
        request_hash=RefundRequest(CANCELLED, amount).fingerprint(order),
        kind=RefundKind.OWED,
        state=RefundState.APPROVED,
        amount=amount,
        reason=CANCELLED,
        requested_by=by,
        requested_at=at,
        decided_by=by,
        decided_at=at,
        lines=[],
    )
    session.add(refund)
    session.flush()
    pay_refund(session, refund, RefundMethod.BALANCE, by=by, at=at)


def ask_into_balance(session: Session, order: Order, *, account_id: UUID, at: datetime) -> Refund:
    """Turn all that is owed to a buyer into their balance, because they ask.

    Above the cooperative's limit an officer has to agree. Asking again gives what was asked
    for before. Raises NothingOwed, NotFound.
    """
    locked = locked_order(session, order)
    member = queries.buyer_as_member(session, locked)
    if member is None or member.account_id != account_id:
        raise NotFound(say("Hanya anggota koperasi yang punya titipan."))
    before = [each for each in queries.refunds_of(session, locked) if each.requested_by]
    mine = [each for each in before if each.requested_by == account_id and each.method]
    if queries.free_to_pay_back(session, locked) <= Rupiah(0):
        if mine:
            return mine[-1]
        raise NothingOwed(say("Tidak ada uang yang bisa dikembalikan."))
    return request_refund(
        session,
        locked,
        RefundRequest(ASKED, kind=RefundKind.OWED, into_balance=True),
        key=f"titipan:{locked.id}:{len(mine)}",
        by=account_id,
        at=at,
    )
