"""What cooperatives keep about a person's balance."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.balances import queries
from marketplace.ledger.queries import all_lines_of


def of_saver(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's balances with all that changed them, oldest first."""
    found = queries.own(session, account_id)
    lines = all_lines_of(session, [mine.part for mine in found if mine.part])
    return {
        "balances": [
            {
                "cooperative": mine.cooperative.slug,
                "balance": mine.amount.amount,
                "held": mine.held.amount,
                "changes": [
                    {
                        "day": line.entry.dated.isoformat(),
                        "cause": line.entry.memo,
                        "amount": line.change.amount,
                        "balance": line.balance.amount,
                    }
                    for line in (lines[mine.part.account_id] if mine.part else [])
                ],
            }
            for mine in found
        ]
    }
