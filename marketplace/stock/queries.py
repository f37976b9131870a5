"""Reading the shelf."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session

from marketplace.stock.models import Hold, HoldState, StockDay, StockItem
from marketplace.stock.rules import Shelf

_SHOPS: BindParameter[int] = bindparam("shops", expanding=True)
_ITEMS: BindParameter[UUID] = bindparam("items", expanding=True)
_OVERDUE = (
    # The cast, since PostgreSQL sums whole numbers into decimals.
    select(Hold.item_id, cast(func.sum(Hold.quantity), BigInteger).label("quantity"))
    .where(
        Hold.cooperative_id.in_(_SHOPS),
        Hold.item_id.in_(_ITEMS),
        Hold.state == HoldState.HELD,
        Hold.day.is_(None),
        Hold.expires_at <= bindparam("at"),
    )
    .group_by(Hold.item_id)
    .subquery()
)
_SHELVES = (
    select(
        StockItem.id,
        StockItem.on_hand,
        StockItem.reserved - func.coalesce(_OVERDUE.c.quantity, 0),
        StockItem.backorder_limit,
        StockItem.daily_limit,
        func.coalesce(StockDay.taken, 0),
    )
    .outerjoin(_OVERDUE, _OVERDUE.c.item_id == StockItem.id)
    .outerjoin(
        StockDay,
        and_(
            StockDay.cooperative_id == StockItem.cooperative_id,
            StockDay.item_id == StockItem.id,
            StockDay.day == bindparam("day"),
        ),
    )
    .where(StockItem.cooperative_id.in_(_SHOPS), StockItem.id.in_(_ITEMS))
)


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
    asked = {"shops": list(cooperative_ids), "items": list(item_ids), "day": day, "at": at}
    return {row[0]: Shelf(*row) for row in session.execute(_SHELVES, asked)}


def shelves_of_many(
    session: Session, items: Collection[tuple[int, UUID]], *, day: date, at: datetime
) -> dict[UUID, Shelf]:
    """Fetch the shelves of several cooperatives, (cooperative, item) each, in one query."""
    return _shelves(
        session, {cooperative for cooperative, _ in items}, [id_ for _, id_ in items], day, at
    )


def shelf(
    session: Session, cooperative_id: int, item_id: UUID, *, day: date, at: datetime
) -> Shelf | None:
    """Fetch what can be promised of one item."""
    return shelves(session, cooperative_id, [item_id], day=day, at=at).get(item_id)
