"""What cooperatives keep about a person's balance."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.balances import queries

MOST = 10_000


def of_saver(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's balances with all that changed them, newest first."""
    return {
        "balances": [
            {
                "cooperative": mine.cooperative.slug,
                "balance": mine.amount.amount,
                "held": mine.held.amount,
                "changes": [
                    {
                        "day": change.line.entry.dated.isoformat(),
                        "cause": str(change.cause),
                        "order": change.order.number if change.order else None,
                        "amount": change.line.change.amount,
                        "balance": change.line.balance.amount,
                    }
                    for change in queries.changes(session, mine.part, limit=MOST)[0]
                ],
            }
            for mine in queries.own(session, account_id)
        ]
    }
