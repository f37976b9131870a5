"""What is kept about a person who asked for supplies."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.members.models import Member
from marketplace.supply.models import RequestLine, SupplyItem
from marketplace.supply.queries.requests import WHAT_GOOD, WHO_ASKED


def of_asker(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give the wishes of all a person's memberships, oldest first."""
    rows = session.execute(
        select(Cooperative.slug, SupplyItem.name, RequestLine)
        .join(RequestLine, RequestLine.cooperative_id == Cooperative.id)
        .join(Member, WHO_ASKED)
        .outerjoin(SupplyItem, WHAT_GOOD)
        .where(Member.account_id == account_id)
        .order_by(RequestLine.id)
    )
    return {
        "supply_requests": [
            {
                "cooperative": slug,
                "item": item or line.words,
                "at_least": line.accept_min,
                "wanted": line.want,
                "at_most": line.flex_max,
                "price_cap": line.price_cap.amount if line.price_cap else None,
                "on_account": line.on_account,
                "state": line.state.value,
                "asked_at": line.asked_at.isoformat(),
            }
            for slug, item, line in rows
        ]
    }
