"""Reading the shelf."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import Session

from marketplace.stock.models import Hold, HoldState, StockDay, StockItem
from marketplace.stock.rules import Shelf


def shelves(
    session: Session, cooperative_id: int, item_ids: Collection[UUID], *, day: date, at: datetime
) -> dict[UUID, Shelf]:
    """Fetch what can be promised of these items; overdue holds count as given back already."""
    return _shelves(session, [cooperative_id], item_ids, day, at)


def _shelves(
    session: Session,
    cooperative_ids: Collection[int],
    item_ids: Collection[UUID],
    day: date,
    at: datetime,
) -> dict[UUID, Shelf]:
    overdue = _overdue(cooperative_ids, item_ids, at)
    rows = session.execute(
        select(
            StockItem.id,
            StockItem.on_hand,
            StockItem.reserved - func.coalesce(overdue.c.quantity, 0),
            StockItem.backorder_limit,
            StockItem.daily_limit,
            func.coalesce(StockDay.taken, 0),
        )
        .outerjoin(overdue, overdue.c.item_id == StockItem.id)
        .outerjoin(
            StockDay,
            and_(
                StockDay.cooperative_id == StockItem.cooperative_id,
                StockDay.item_id == StockItem.id,
                StockDay.day == day,
            ),
        )
        .where(
            StockItem.cooperative_id.in_(list(cooperative_ids)), StockItem.id.in_(list(item_ids))
        )
    )
    return {row[0]: Shelf(*row) for row in rows}


def shelves_of_many(
    session: Session, items: Collection[tuple[int, UUID]], *, day: date, at: datetime
) -> dict[UUID, Shelf]:
    """Fetch the shelves of several cooperatives, (cooperative, item) each, in one query."""
    return _shelves(
        session, {cooperative for cooperative, _ in items}, [id_ for _, id_ in items], day, at
    )


def _overdue(
    cooperative_ids: Collection[int], item_ids: Collection[UUID], at: datetime
) -> Subquery:
    return (
        select(Hold.item_id, func.sum(Hold.quantity).label("quantity"))
        .where(
            Hold.cooperative_id.in_(list(cooperative_ids)),
            Hold.item_id.in_(list(item_ids)),
            Hold.state == HoldState.HELD,
            Hold.day.is_(None),
            Hold.expires_at <= at,
        )
        .group_by(Hold.item_id)
        .subquery()
    )


def shelf(
    session: Session, cooperative_id: int, item_id: UUID, *, day: date, at: datetime
) -> Shelf | None:
    """Fetch what can be promised of one item."""
    return shelves(session, cooperative_id, [item_id], day=day, at=at).get(item_id)
