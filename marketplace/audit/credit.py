"""Whether what members owe is in the books, and nobody has more than was ever allowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from marketplace.audit.parts import by_hand, parts_of
from marketplace.credit.models import CreditBill, CreditHold, CreditLimit, CreditPart, CreditPayment
from marketplace.credit.rules import PURSES, PaidBy, due_on
from marketplace.credit.service import CREDIT_PAYMENT
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose

Rows = Iterator[tuple[str, str]]
Whose = tuple[int, UUID]
NOTHING = Rupiah(0)
IN_FORCE = CreditBill.undone_at.is_(None)


def receivables(session: Session, _at: datetime) -> Rows:
    """Compare what each member owes by the books with their open bons.

    What two officers wrote by hand counts as well: what members owed before they came here.
    """
    said: dict[Whose, Rupiah] = defaultdict(Rupiah, _owed(session))
    for shop, member, amount in by_hand(session, Purpose.GOODS_ON_ACCOUNT):
        said[shop, member] -= amount
    booked = {
        whose: -amount for whose, amount in parts_of(session, Purpose.GOODS_ON_ACCOUNT).items()
    }
    for whose in sorted({*said, *booked}, key=str):
        bons, books = said.get(whose, NOTHING), booked.get(whose, NOTHING)
        if bons != books:
            yield f"members {whose[0]}/{whose[1]}", f"owes {bons} by bons, {books} by the books"


def _owed(session: Session) -> dict[Whose, Rupiah]:
    rows = session.execute(
        select(
            CreditBill.cooperative_id,
            CreditBill.member_id,
            total_of(CreditBill.amount - CreditBill.paid),
        )
        .where(IN_FORCE)
        .group_by(CreditBill.cooperative_id, CreditBill.member_id)
    )
    return {(shop, member): amount for shop, member, amount in rows}


def parts(session: Session, _at: datetime) -> Rows:
    """Add up the parts of payments: by payment, and by bon of the same member."""
    by_payment: dict[Whose, Rupiah] = defaultdict(Rupiah)
    by_bill: dict[Whose, Rupiah] = defaultdict(Rupiah)
    rows = session.execute(
        select(CreditPart, CreditPayment.member_id, CreditBill.member_id)
        .join(
            CreditPayment,
            and_(
                CreditPayment.cooperative_id == CreditPart.cooperative_id,
                CreditPayment.id == CreditPart.payment_id,
            ),
        )
        .join(
            CreditBill,
            and_(
                CreditBill.cooperative_id == CreditPart.cooperative_id,
                CreditBill.id == CreditPart.bill_id,
            ),
        )
    )
    for part, payer, debtor in rows:
        by_payment[part.cooperative_id, part.payment_id] += part.amount
        by_bill[part.cooperative_id, part.bill_id] += part.amount
        if payer != debtor:
            yield f"credit_payment_parts {part.cooperative_id}/{part.id}", "pays somebody else's"
    for payment in session.scalars(select(CreditPayment)):
        shared = by_payment[payment.cooperative_id, payment.id]
        if shared != payment.amount:
            row = f"credit_payments {payment.cooperative_id}/{payment.id}"
            yield row, f"{payment.amount}, its parts {shared}"
    for bill in session.scalars(select(CreditBill)):
        got = by_bill[bill.cooperative_id, bill.id]
        if got != bill.paid:
            row = f"credit_bills {bill.cooperative_id}/{bill.id}"
            yield row, f"paid {bill.paid}, its parts {got}"


def payments(session: Session, _at: datetime) -> Rows:
    """Match every payment with its entry: from where, whose debt, how much."""
    into, of = aliased(LedgerAccount), aliased(LedgerAccount)
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            into.purpose,
            into.member_id,
            of.purpose,
            of.member_id,
            LedgerLine.amount,
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(into, _is(into, LedgerLine.debit_id))
        .join(of, _is(of, LedgerLine.credit_id))
        .where(LedgerEntry.source_type == CREDIT_PAYMENT)
    )
    booked = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    for each in session.scalars(select(CreditPayment)):
        saver = each.member_id if each.way is PaidBy.BALANCE else None
        right = (PURSES[each.way], saver, Purpose.GOODS_ON_ACCOUNT, each.member_id, each.amount)
        if booked.pop((each.cooperative_id, each.id), None) != right:
            row = f"credit_payments {each.cooperative_id}/{each.id}"
            yield row, f"{each.way.value} {each.amount}: its entry says something else"
    for shop, source in booked:
        yield f"credit_payments {shop}/{source}", "is booked, and there is no such payment"


def sales(session: Session, _at: datetime) -> Rows:
    """Match every bon, also one that was undone, with the entry of what was sold on account."""
    of = aliased(LedgerAccount)
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_type,
            LedgerEntry.source_id,
            of.member_id,
            total_of(LedgerLine.amount),
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(of, _is(of, LedgerLine.debit_id))
        .where(of.purpose == Purpose.GOODS_ON_ACCOUNT, of.member_id.is_not(None))
        .group_by(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_type,
            LedgerEntry.source_id,
            of.member_id,
        )
    )
    booked = {(shop, kind, id_): (member, amount) for shop, kind, id_, member, amount in rows}
    for bill in session.scalars(select(CreditBill)):
        source = (bill.cooperative_id, bill.source_type, bill.source_id)
        if booked.get(source) != (bill.member_id, bill.amount):
            row = f"credit_bills {bill.cooperative_id}/{bill.id}"
            yield row, f"{bill.amount}, and no entry has sold that to this member"


def _is(account: type[LedgerAccount], side: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return and_(account.cooperative_id == LedgerLine.cooperative_id, account.id == side)


def limits(session: Session, _at: datetime) -> Rows:
    """Compare what each member owes and has held with the most they were ever allowed.

    A hold is let in only under the limit of its day, and a bon only under a hold or that limit.
    """
    highest: dict[Whose, Rupiah] = {}
    for shop, member, last, count, most in session.execute(
        select(
            CreditLimit.cooperative_id,
            CreditLimit.member_id,
            func.max(CreditLimit.number),
            func.count(CreditLimit.id),
            func.max(CreditLimit.amount),
        ).group_by(CreditLimit.cooperative_id, CreditLimit.member_id)
    ):
        highest[shop, member] = most
        if last != count:
            yield f"members {shop}/{member}", f"{count} limits, the last has number {last}"
    used: dict[Whose, Rupiah] = defaultdict(Rupiah, _owed(session))
    for held in session.scalars(select(CreditHold).where(CreditHold.released_at.is_(None))):
        used[held.cooperative_id, held.member_id] += held.amount
    for whose, amount in used.items():
        allowed = highest.get(whose, NOTHING)
        if amount > allowed:
            yield f"members {whose[0]}/{whose[1]}", f"has {amount}, was allowed {allowed}"


def bills(session: Session, _at: datetime) -> Rows:
    """Count bons without a gap, and find for each the decision by which it is due."""
    days: dict[Whose, set[int]] = defaultdict(set)
    for limit in session.scalars(select(CreditLimit)):
        days[limit.cooperative_id, limit.member_id].add(limit.due_days)
    last: dict[int, int] = defaultdict(int)
    for bill in session.scalars(
        select(CreditBill).order_by(CreditBill.cooperative_id, CreditBill.number)
    ):
        shop, row = bill.cooperative_id, f"credit_bills {bill.cooperative_id}/{bill.id}"
        last[shop] += 1
        if bill.number != last[shop]:
            yield row, f"number {bill.number} is the bon {last[shop]}"
            last[shop] = bill.number
        if bill.due_on not in {due_on(bill.dated, each) for each in days[shop, bill.member_id]}:
            yield row, f"due on {bill.due_on}, which nobody has decided"
