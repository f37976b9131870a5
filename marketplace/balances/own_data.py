"""What cooperatives keep about a person's balance."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.ledger.queries import LedgerAccount, changes_of_parts, stories_of_parts
from marketplace.ledger.rules import Purpose
from marketplace.members.models import Member


def of_saver(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's balances with all that changed them, oldest first."""
    mine = and_(
        Member.cooperative_id == LedgerAccount.cooperative_id,
        Member.id == LedgerAccount.member_id,
        Member.account_id == account_id,
    )
    rows = session.execute(
        changes_of_parts(Purpose.MEMBER_BALANCE)
        .join(Member, mine)
        .join(Cooperative, Cooperative.id == LedgerAccount.cooperative_id)
        .add_columns(Cooperative.slug)
    ).all()
    slugs = {account.member_id: slug for account, *_, slug in rows}
    stories = stories_of_parts(tuple(row)[:4] for row in rows)
    return {
        "balances": [
            {
                "cooperative": slugs[member_id],
                "balance": part.balance.amount,
                "held": part.held.amount,
                "changes": [
                    {
                        "day": line.entry.dated.isoformat(),
                        "cause": line.entry.memo,
                        "amount": line.change.amount,
                        "balance": line.balance.amount,
                    }
                    for line in lines
                ],
            }
            for member_id, (part, lines) in stories.items()
        ]
    }
