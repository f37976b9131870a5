"""What cooperatives keep about a person's balance."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.ledger.queries import stories_of_parts
from marketplace.ledger.rules import Purpose
from marketplace.members.models import Member


def of_saver(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's balances with all that changed them, oldest first."""
    rows = session.execute(
        select(Cooperative.slug, Member.id)
        .join(Member, Member.cooperative_id == Cooperative.id)
        .where(Member.account_id == account_id)
        .order_by(Cooperative.name, Member.number)
    ).all()
    ids = [member_id for _, member_id in rows]
    stories = stories_of_parts(session, Purpose.MEMBER_BALANCE, ids) if ids else {}
    return {
        "balances": [
            {
                "cooperative": slug,
                "balance": stories[member_id][0].balance.amount,
                "held": stories[member_id][0].held.amount,
                "changes": [
                    {
                        "day": line.entry.dated.isoformat(),
                        "cause": line.entry.memo,
                        "amount": line.change.amount,
                        "balance": line.balance.amount,
                    }
                    for line in stories[member_id][1]
                ],
            }
            for slug, member_id in rows
            if member_id in stories
        ]
    }
