"""How much a member may take on account: decided by an officer, never by themselves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit import queries
from marketplace.credit.models import CreditLimit
from marketplace.credit.rules import NOTHING, OwnLimit, Use, check_terms
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member


def set_limit(
    session: Session, member: Member, amount: Rupiah, *, due_days: int, by: UUID, at: datetime
) -> CreditLimit:
    """Decide what a member may take from now on, and in how many days it is due; Rp 0 ends it.

    What is owed and held already stays as it is. The same decision again changes nothing.
    Raises Invalid, OwnLimit.
    """
    if member.account_id == by:
        raise OwnLimit(say("Batas bonmu sendiri ditentukan pengurus lain."))
    check_terms(amount, due_days)
    lock_member(session, member)
    if member.left_on is not None and amount > NOTHING:
        wrong = say("Anggota ini sudah keluar. Batasnya hanya bisa Rp 0.")
        raise Invalid(wrong, fields={"limit": wrong})
    last = queries.limit_now(session, member.cooperative_id, member.id)
    if last is not None and (last.amount, last.due_days) == (amount, due_days):
        return last
    limit = CreditLimit(
        cooperative_id=member.cooperative_id,
        member_id=member.id,
        number=last.number + 1 if last else 1,
        amount=amount,
        due_days=due_days,
        set_by=by,
        set_at=at,
    )
    session.add(limit)
    session.flush()
    return limit


def lock_member(session: Session, member: Member) -> None:
    """Let nobody else decide by this member's credit until this transaction ends.

    Rows that only point at the member do not wait for it.
    """
    session.scalars(
        select(Member)
        .where(Member.cooperative_id == member.cooperative_id, Member.id == member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def room(session: Session, member: Member) -> Use:
    """Say what of the limit of a member who is locked is used; who has left has none."""
    use = queries.use_of(session, member.cooperative_id, member.id)
    return Use(NOTHING, use.owed, use.held) if member.left_on else use
