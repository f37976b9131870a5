"""Paying bons: the oldest first, in the books in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit import queries
from marketplace.credit.models import CreditBill, CreditPart, CreditPayment
from marketplace.credit.rules import (
    LONGEST_KEY,
    PURSES,
    CreditKeyReused,
    NotAgreed,
    OpenBill,
    PaidBy,
    check_amount,
    pay_oldest,
)
from marketplace.credit.service.charging import receivable
from marketplace.credit.service.limits import lock_member
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Unit
from marketplace.members.models import Member
from marketplace.outbox import service as outbox

PAID = "credit.paid"
CREDIT_PAYMENT = "credit_payment"


def pay(
    session: Session,
    member: Member,
    amount: Rupiah,
    way: PaidBy,
    *,
    key: str,
    by: UUID | None,
    at: datetime,
    agreed: bool = False,
) -> CreditPayment:
    """Pay what a member owes, the oldest bon first; the same key pays once.

    Titipan is used when the member does so, or has ``agreed`` to it. Raises Invalid, NotAgreed,
    PaidTooMuch, BalanceTooSmall, CreditKeyReused.
    """
    check_amount(amount)
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid(say("Formulir ini tidak lengkap. Muat ulang halamannya."))
    shop = member.cooperative_id
    ledger.take_book(session, shop, Unit.SHOP, at=at)
    lock_member(session, member)
    known = _by_key(session, shop, key)
    if known is not None:
        if (known.member_id, known.amount, known.way) != (member.id, amount, way):
            raise CreditKeyReused(say("Formulir ini sudah dipakai untuk pembayaran lain."))
        return known
    if way is PaidBy.BALANCE and not agreed and (by is None or by != member.account_id):
        wrong = say("Titipan hanya dipakai kalau anggotanya setuju.")
        raise NotAgreed(wrong, fields={"agreed": wrong})
    payment = _write(session, member, amount, way, key, by, at)
    ledger.post(session, shop, Unit.SHOP, _posting(payment, at), at=at)
    outbox.tell(session, PAID, at=at, cooperative=shop, payment=str(payment.id))
    return payment


def _by_key(session: Session, cooperative_id: int, key: str) -> CreditPayment | None:
    return session.scalar(
        select(CreditPayment).where(
            CreditPayment.cooperative_id == cooperative_id, CreditPayment.key == key
        )
    )


def _write(
    session: Session,
    member: Member,
    amount: Rupiah,
    way: PaidBy,
    key: str,
    by: UUID | None,
    at: datetime,
) -> CreditPayment:
    """Write a payment with its parts, and what each bon has got by it."""
    shop = member.cooperative_id
    waiting = {bill.id: bill for bill in _open_bills(session, member)}
    parts = pay_oldest(
        [OpenBill(bill.id, bill.dated, bill.number, bill.left) for bill in waiting.values()], amount
    )
    payment = CreditPayment(
        cooperative_id=shop,
        id=new_id(),
        member_id=member.id,
        key=key,
        amount=amount,
        way=way,
        taken_by=by,
        at=at,
    )
    session.add(payment)
    session.flush()
    for bill_id, part in parts:
        waiting[bill_id].paid += part
        session.add(
            CreditPart(cooperative_id=shop, payment_id=payment.id, bill_id=bill_id, amount=part)
        )
    session.flush()
    return payment


def _open_bills(session: Session, member: Member) -> list[CreditBill]:
    wanted = (
        select(CreditBill)
        .where(
            CreditBill.cooperative_id == member.cooperative_id,
            CreditBill.member_id == member.id,
            queries.OPEN,
        )
        .order_by(CreditBill.id)
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(locked))


def _posting(payment: CreditPayment, at: datetime) -> Posting:
    purse: Place = PURSES[payment.way]
    if payment.way is PaidBy.BALANCE:
        purse = MemberAccount(PURSES[payment.way], payment.member_id)
    return Posting(
        key=f"{CREDIT_PAYMENT}:{payment.id}",
        memo="Bon dibayar",
        moves=(Move(purse, receivable(payment.member_id), payment.amount),),
        dated=local_day(at),
        source_type=CREDIT_PAYMENT,
        source_id=payment.id,
        created_by=payment.taken_by,
    )
