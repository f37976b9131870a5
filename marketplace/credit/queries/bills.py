"""Reading bons, and what was paid of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.credit.models import CreditBill, CreditPart, CreditPayment
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say

OPEN = and_(CreditBill.undone_at.is_(None), CreditBill.paid < CreditBill.amount)


def bill_of(
    session: Session, cooperative_id: int, source_type: str, source_id: UUID
) -> CreditBill | None:
    """Find the bon of a cause that is in force."""
    return session.scalar(
        select(CreditBill).where(
            CreditBill.cooperative_id == cooperative_id,
            CreditBill.source_type == source_type,
            CreditBill.source_id == source_id,
            CreditBill.undone_at.is_(None),
        )
    )


def bill(session: Session, cooperative_id: int, bill_id: UUID) -> CreditBill:
    """Fetch one bon. Raises NotFound."""
    found = session.get(CreditBill, (cooperative_id, bill_id))
    if found is None:
        raise NotFound(say("Bon itu tidak ada."))
    return found


def bills(
    session: Session, cooperative_id: int, member_id: UUID, *, limit: int, offset: int = 0
) -> tuple[Sequence[CreditBill], int]:
    """List a page of a member's bons, and count them all.

    What is still open comes first, the oldest at the top; then what is paid, the newest first.
    """
    mine = and_(
        CreditBill.cooperative_id == cooperative_id,
        CreditBill.member_id == member_id,
        CreditBill.undone_at.is_(None),
    )
    paid_up = CreditBill.paid == CreditBill.amount
    order = case((paid_up, -CreditBill.number), else_=CreditBill.number)
    page = select(CreditBill).where(mine).order_by(paid_up, order)
    count = session.scalar(select(func.count(CreditBill.id)).where(mine)) or 0
    return session.scalars(page.limit(limit).offset(offset)).all(), count


def due_between(session: Session, first: date, last: date) -> Sequence[CreditBill]:
    """List the open bons of all cooperatives that are due in these days, oldest first."""
    wanted = select(CreditBill).where(OPEN, CreditBill.due_on.between(first, last))
    return session.scalars(wanted.order_by(CreditBill.due_on, CreditBill.id)).all()


def payment(session: Session, cooperative_id: int, payment_id: UUID) -> CreditPayment:
    """Fetch one payment. Raises NotFound."""
    found = session.get(CreditPayment, (cooperative_id, payment_id))
    if found is None:
        raise NotFound(say("Pembayaran bon itu tidak ada."))
    return found


def payments(
    session: Session, cooperative_id: int, member_id: UUID, *, limit: int
) -> Sequence[CreditPayment]:
    """List a member's latest payments with the bons that each of them paid, newest first."""
    return session.scalars(
        select(CreditPayment)
        .where(CreditPayment.cooperative_id == cooperative_id, CreditPayment.member_id == member_id)
        .options(selectinload(CreditPayment.parts).joinedload(CreditPart.bill))
        .order_by(CreditPayment.id.desc())
        .limit(limit)
    ).all()
