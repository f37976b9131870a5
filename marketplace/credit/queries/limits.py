"""Reading what a member may take on account, and what of it is used."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.credit.models import CreditBill, CreditHold, CreditLimit
from marketplace.credit.queries.bills import OPEN
from marketplace.credit.rules import NOTHING, Use
from marketplace.database import total_of


def use_of(session: Session, cooperative_id: int, member_id: UUID) -> Use:
    """Say what of a member's limit is used; whoever decides by it has locked the member."""
    limit = _limits(cooperative_id, member_id).with_only_columns(CreditLimit.amount).limit(1)
    owed = select(total_of(CreditBill.amount - CreditBill.paid)).where(
        CreditBill.cooperative_id == cooperative_id, CreditBill.member_id == member_id, OPEN
    )
    held = select(total_of(CreditHold.amount)).where(
        CreditHold.cooperative_id == cooperative_id,
        CreditHold.member_id == member_id,
        CreditHold.released_at.is_(None),
    )
    found = session.execute(select(*(part.scalar_subquery() for part in (limit, owed, held)))).one()
    return Use(*(amount or NOTHING for amount in found))


def limit_now(session: Session, cooperative_id: int, member_id: UUID) -> CreditLimit | None:
    """Find what counts for a member now; None when nobody has decided anything."""
    return session.scalar(_limits(cooperative_id, member_id).limit(1))


def decisions(
    session: Session, cooperative_id: int, member_id: UUID, *, limit: int
) -> list[tuple[CreditLimit, str]]:
    """List what was decided about a member with who did so, newest first."""
    wanted = _limits(cooperative_id, member_id).limit(limit)
    named = wanted.join(Account, Account.id == CreditLimit.set_by).add_columns(Account.name)
    return [(decided, name) for decided, name in session.execute(named)]


def _limits(cooperative_id: int, member_id: UUID) -> Select[CreditLimit]:
    return (
        select(CreditLimit)
        .where(CreditLimit.cooperative_id == cooperative_id, CreditLimit.member_id == member_id)
        .order_by(CreditLimit.number.desc())
    )
