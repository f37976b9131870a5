"""Goods handed over on account: the bon, and taking it back while nothing of it was paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.credit import queries
from marketplace.credit.models import CreditBill
from marketplace.credit.rules import (
    LONGEST_MEMO,
    NOTHING,
    USUAL_DAYS,
    AlreadyPaid,
    CreditKeyReused,
    check_amount,
    check_room,
    due_on,
)
from marketplace.credit.service.holding import held_for, keep, promise_of, without
from marketplace.credit.service.limits import lock_member, room
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.members.models import Member
from marketplace.outbox import service as outbox

CHARGED = "credit.charged"


def receivable(member_id: UUID) -> MemberAccount:
    """Name the account that whoever sells on account debits instead of the cash box."""
    return MemberAccount(Purpose.GOODS_ON_ACCOUNT, member_id)


def charge(
    session: Session,
    member: Member,
    source_type: str,
    source_id: UUID,
    amount: Rupiah,
    *,
    memo: str,
    by: UUID | None,
    at: datetime,
    held_by: tuple[str, UUID] | None = None,
    still_held: Rupiah = NOTHING,
) -> CreditBill:
    """Write the bon of a cause, and let go of what was kept for it. The same cause charges once.

    The caller posts the sale with ``receivable`` on its debit side, in the same transaction.
    ``held_by`` names the hold if it has another cause than the bon; ``still_held`` is what of it
    is kept for what the member has not fetched yet. What was kept may be charged also when the
    limit was lowered meanwhile. Raises Invalid, CreditTooSmall, CreditKeyReused.
    """
    check_amount(amount)
    shop = member.cooperative_id
    ledger.take_book(session, shop, Unit.SHOP, at=at)
    lock_member(session, member)
    known = queries.bill_of(session, shop, source_type, source_id)
    if known is not None:
        if (known.member_id, known.amount) != (member.id, amount):
            raise CreditKeyReused(say("Bon ini sudah tercatat dengan jumlah lain."))
        return known
    hold_type, hold_id = held_by or (source_type, source_id)
    held = held_for(session, member, hold_type, hold_id)
    promised = promise_of(held)
    use = without(room(session, member), promised)
    check_room(use, amount + still_held, promised=promised)
    if still_held:
        keep(session, member, held, hold_type, hold_id, still_held, at)
    elif held is not None and promised:
        held.released_at = at
    bill = _write(session, member, source_type, source_id, amount, memo, by, at)
    outbox.tell(session, CHARGED, at=at, cooperative=shop, bill=str(bill.id))
    return bill


def _write(
    session: Session,
    member: Member,
    source_type: str,
    source_id: UUID,
    amount: Rupiah,
    memo: str,
    by: UUID | None,
    at: datetime,
) -> CreditBill:
    """Write a bon with the next number; whoever has the books is alone to number."""
    shop, day = member.cooperative_id, local_day(at)
    terms = queries.limit_now(session, shop, member.id)
    last = session.scalar(
        select(func.max(CreditBill.number)).where(CreditBill.cooperative_id == shop)
    )
    bill = CreditBill(
        cooperative_id=shop,
        number=(last or 0) + 1,
        member_id=member.id,
        source_type=source_type,
        source_id=source_id,
        memo=" ".join(memo.split())[:LONGEST_MEMO],
        amount=amount,
        paid=NOTHING,
        dated=day,
        due_on=due_on(day, terms.due_days if terms else USUAL_DAYS),
        created_by=by,
        at=at,
    )
    session.add(bill)
    session.flush()
    return bill


def undo_charge(
    session: Session,
    member: Member,
    source_type: str,
    source_id: UUID,
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    """Take a bon back, as part of undoing its cause; the caller mirrors the entry of the sale.

    Without a bon there is nothing to do. Raises AlreadyPaid.
    """
    shop = member.cooperative_id
    ledger.take_book(session, shop, Unit.SHOP, at=at)
    lock_member(session, member)
    bill = queries.bill_of(session, shop, source_type, source_id)
    if bill is None:
        return
    session.refresh(bill)
    if bill.paid:
        raise AlreadyPaid(
            say("Bon nomor %(number)s sudah dibayar sebagian atau lunas.", number=bill.number)
        )
    bill.undone_by, bill.undone_at = by, at
    session.flush()
