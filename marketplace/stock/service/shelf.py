"""Goods that come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from marketplace.database.bulk import insert_many
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.stock.models import StockItem, StockMovement
from marketplace.stock.queries import shelf
from marketplace.stock.rules import OutOfStock, cost_out

NOTHING = Rupiah(0)


def open_item(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    *,
    backorder_limit: int = 0,
    daily_limit: int | None = None,
) -> None:
    """Make room on the shelf for a new item, empty at first."""
    session.add(
        StockItem(
            cooperative_id=cooperative_id,
            id=item_id,
            backorder_limit=backorder_limit,
            daily_limit=daily_limit,
        )
    )
    session.flush()


def open_items(
    session: Session,
    rows: Sequence[tuple[int, UUID, int]],
    *,
    cause: str,
    at: datetime,
    backorder_limits: Mapping[UUID, int] | None = None,
    daily_limits: Mapping[UUID, int] | None = None,
    actor_id: UUID | None = None,
) -> None:
    """Make room for many items at once, each (cooperative, item, quantity on hand).

    Items that are ordered ahead or made daily stand in the two mappings by their id.
    """
    if not rows:
        return
    ahead, daily = backorder_limits or {}, daily_limits or {}
    insert_many(
        session,
        StockItem,
        [
            {
                "cooperative_id": cooperative_id,
                "id": item_id,
                "on_hand": quantity,
                "reserved": 0,
                "value": NOTHING,
                "backorder_limit": ahead.get(item_id, 0),
                "daily_limit": daily.get(item_id),
            }
            for cooperative_id, item_id, quantity in rows
        ],
    )
    movements = [
        {
            "cooperative_id": cooperative_id,
            "id": new_id(),
            "item_id": item_id,
            "quantity": quantity,
            "value": NOTHING,
            "cause": cause,
            "actor_id": actor_id,
            "at": at,
        }
        for cooperative_id, item_id, quantity in rows
        if quantity
    ]
    insert_many(session, StockMovement, movements)


def set_kind(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    *,
    backorder_limit: int = 0,
    daily_limit: int | None = None,
) -> None:
    """Change how an item comes to be: counted, pre-order with a limit, or made daily.

    A backorder limit below what is promised already stays at what is promised.
    """
    item = locked(session, cooperative_id, item_id)
    item.backorder_limit = max(backorder_limit, item.reserved - item.on_hand)
    item.daily_limit = daily_limit
    session.flush()


def allow_ahead(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    available: int,
    *,
    at: datetime,
    actor_id: UUID | None = None,
) -> Rupiah:
    """Let so many be ordered now, ahead of being made: what the shelf lacks may be promised.

    Returns what goods taken off for it had cost.
    """
    item = locked(session, cooperative_id, item_id)
    free = item.on_hand - item.reserved
    item.daily_limit = None
    item.backorder_limit = max(0, available - free)
    session.flush()
    if free > available:
        return count(session, cooperative_id, item_id, available, at=at, actor_id=actor_id)
    return NOTHING


def put(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    quantity: int,
    *,
    cause: str,
    at: datetime,
    value: Rupiah = NOTHING,
    cause_id: UUID | None = None,
    actor_id: UUID | None = None,
) -> Rupiah:
    """Add goods to the shelf at what they cost, or take some off with a negative quantity.

    Returns what the goods that were taken off had cost. Raises OutOfStock when goods that
    are promised to somebody would have to go.
    """
    if quantity < 0:
        item = locked(session, cooperative_id, item_id)
        value = -cost_out(item.on_hand, item.value, -quantity)
    done = session.execute(
        update(StockItem)
        .where(
            StockItem.cooperative_id == cooperative_id,
            StockItem.id == item_id,
            StockItem.on_hand + StockItem.backorder_limit + quantity >= StockItem.reserved,
        )
        .values(on_hand=StockItem.on_hand + quantity, value=StockItem.value + value)
        .execution_options(synchronize_session=False)
    )
    if not changed(done):
        raise OutOfStock(item_id, left(session, cooperative_id, item_id, None, at))
    note(session, cooperative_id, item_id, quantity, cause, cause_id, actor_id, at, value=value)
    return max(-value, NOTHING)


def count(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    available: int,
    *,
    at: datetime,
    actor_id: UUID | None = None,
) -> Rupiah:
    """Say how many are free to sell now; the difference becomes a movement "hitung ulang".

    Overdue holds count as given back, as they do wherever the number is shown. Returns what
    goods that were not found had cost; goods found cost nothing.
    """
    locked(session, cooperative_id, item_id)
    seen = shelf(session, cooperative_id, item_id, day=at.date(), at=at)
    difference = available - (seen.on_hand - seen.reserved if seen else 0)
    if not difference:
        return NOTHING
    return put(
        session,
        cooperative_id,
        item_id,
        difference,
        cause="hitung ulang",
        at=at,
        actor_id=actor_id,
    )


def locked(session: Session, cooperative_id: int, item_id: UUID) -> StockItem:
    """Fetch an item for changing it; others who want it wait."""
    return session.scalars(
        select(StockItem)
        .where(StockItem.cooperative_id == cooperative_id, StockItem.id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def left(
    session: Session, cooperative_id: int, item_id: UUID, day: date | None, at: datetime
) -> int:
    """Count what may still be promised of an item."""
    found = shelf(session, cooperative_id, item_id, day=day or at.date(), at=at)
    return found.available if found else 0


def changed(result: object) -> bool:
    """Say whether a conditional UPDATE found its row."""
    return isinstance(result, CursorResult) and result.rowcount == 1


def note(
    session: Session,
    cooperative_id: int,
    item_id: UUID,
    quantity: int,
    cause: str,
    cause_id: UUID | None,
    actor_id: UUID | None,
    at: datetime,
    *,
    value: Rupiah = NOTHING,
) -> None:
    """Write a movement down, with what the goods cost on the way they went."""
    session.add(
        StockMovement(
            cooperative_id=cooperative_id,
            item_id=item_id,
            quantity=quantity,
            value=value,
            cause=cause,
            cause_id=cause_id,
            actor_id=actor_id,
            at=at,
        )
    )
