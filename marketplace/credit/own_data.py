"""What cooperatives keep about a person's credit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.credit.models import CreditBill, CreditHold, CreditLimit, CreditPayment
from marketplace.members.models import Member

Owned = CreditLimit | CreditHold | CreditBill | CreditPayment


def of_debtor(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's limits, what is held of them, bons and payments, oldest first."""
    return {
        "credit_limits": [
            {
                "cooperative": slug,
                "amount": row.amount.amount,
                "due_days": row.due_days,
                "set_at": row.set_at.isoformat(),
            }
            for slug, row in session.execute(_of(CreditLimit, account_id))
        ],
        "credit_holds": [
            {
                "cooperative": slug,
                "amount": row.amount.amount,
                "created_at": row.created_at.isoformat(),
                "released_at": row.released_at.isoformat() if row.released_at else None,
            }
            for slug, row in session.execute(_of(CreditHold, account_id))
        ],
        "credit_bills": [
            {
                "cooperative": slug,
                "number": row.number,
                "memo": row.memo,
                "amount": row.amount.amount,
                "paid": row.paid.amount,
                "dated": row.dated.isoformat(),
                "due_on": row.due_on.isoformat(),
                "undone_at": row.undone_at.isoformat() if row.undone_at else None,
            }
            for slug, row in session.execute(_of(CreditBill, account_id))
        ],
        "credit_payments": [
            {
                "cooperative": slug,
                "amount": row.amount.amount,
                "way": row.way.value,
                "at": row.at.isoformat(),
            }
            for slug, row in session.execute(_of(CreditPayment, account_id))
        ],
    }


def _of(table: type[Owned], account_id: UUID) -> Select[str, Any]:
    mine = and_(Member.cooperative_id == table.cooperative_id, Member.id == table.member_id)
    return (
        select(Cooperative.slug, table)
        .join(Cooperative, Cooperative.id == table.cooperative_id)
        .join(Member, mine)
        .where(Member.account_id == account_id)
        .order_by(table.id)
    )
