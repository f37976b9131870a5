"""What wishes said before and after each change, and who changed them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.supply.models import RequestLine, RequestLineEvent


def said(line: RequestLine) -> dict[str, object]:
    """Write down what a wish says, for its history."""
    return {
        "want": line.want,
        "accept_min": line.accept_min,
        "flex_max": line.flex_max,
        "on_account": line.on_account,
        "price_cap": line.price_cap.amount if line.price_cap else None,
        "item": str(line.item_id) if line.item_id else None,
        "second": str(line.second_item_id) if line.second_item_id else None,
        "pool": str(line.pool_id) if line.pool_id else None,
        "state": line.state.value,
    }


def note(
    session: Session,
    line: RequestLine,
    before: dict[str, object],
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """Add to the history of a wish what it said before and says now."""
    session.add(
        RequestLineEvent(
            cooperative_id=line.cooperative_id,
            line_id=line.id,
            actor_id=actor_id,
            before=before,
            after=said(line),
            at=at,
        )
    )
    session.flush()
