"""Reading the shelf."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session

from marketplace.stock.models import Hold, HoldState, StockDay, StockItem, StockMovement
from marketplace.stock.rules import Shelf

_OVERDUE = (
    # The cast, since PostgreSQL sums whole numbers into decimals.
    select(cast(func.coalesce(func.sum(Hold.quantity), 0), BigInteger))
    .where(
        Hold.cooperative_id == StockItem.cooperative_id,
        Hold.item_id == StockItem.id,
        Hold.state == HoldState.HELD,
        Hold.day.is_(None),
        Hold.expires_at <= bindparam("at"),
    )
    .scalar_subquery()
)
_SHELVES = select(
    StockItem.id,
    StockItem.on_hand,
    StockItem.reserved - _OVERDUE,
    StockItem.backorder_limit,
    StockItem.daily_limit,
    func.coalesce(StockDay.taken, 0),
    StockItem.value,
).outerjoin(
    StockDay,
    and_(
        StockDay.cooperative_id == StockItem.cooperative_id,
        StockDay.item_id == StockItem.id,
        StockDay.day == bindparam("day"),
    ),
)
_ONE_OF = StockItem.id.in_(bindparam("items", expanding=True))
_OF_ONE = _SHELVES.where(StockItem.cooperative_id == bindparam("cooperative"), _ONE_OF)
# By id alone, each is one look into an index; two lists would be looked up crosswise.
OF_MANY = _SHELVES.add_columns(StockItem.cooperative_id).where(_ONE_OF)


def shelves(
    session: Session, cooperative_id: int, item_ids: Collection[UUID], *, day: date, at: datetime
) -> dict[UUID, Shelf]:
    """Fetch what can be promised of these items; overdue holds count as given back already."""
    asked = {"cooperative": cooperative_id, "items": list(item_ids), "day": day, "at": at}
    return {row[0]: Shelf(*row) for row in session.execute(_OF_ONE, asked)}


def shelves_of_many(
    session: Session, items: Collection[tuple[int, UUID]], *, day: date, at: datetime
) -> dict[UUID, Shelf]:
    """Fetch the shelves of several cooperatives, (cooperative, item) each, in one query."""
    asked = {"items": [id_ for _, id_ in items], "day": day, "at": at}
    wanted = set(items)
    return {
        id_: Shelf(id_, *facts)
        for id_, *facts, cooperative_id in session.execute(OF_MANY, asked)
        if (cooperative_id, id_) in wanted
    }


def shelf(
    session: Session, cooperative_id: int, item_id: UUID, *, day: date, at: datetime
) -> Shelf | None:
    """Fetch what can be promised of one item."""
    return shelves(session, cooperative_id, [item_id], day=day, at=at).get(item_id)


def sold_since(
    session: Session, cooperative_id: int, item_ids: Collection[UUID], since: datetime
) -> dict[UUID, int]:
    """Count what has left each of these shelves for orders since then, less what came back."""
    rows = session.execute(
        select(StockMovement.item_id, func.sum(StockMovement.quantity))
        .where(
            StockMovement.cooperative_id == cooperative_id,
            StockMovement.item_id.in_(list(item_ids)),
            StockMovement.cause_id.is_not(None),
            StockMovement.at >= since,
        )
        .group_by(StockMovement.item_id)
    )
    return {item_id: -int(moved) for item_id, moved in rows}
