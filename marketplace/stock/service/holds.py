"""Goods that are promised. Taken by conditional UPDATE, never read-then-write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketplace.database.bulk import insert_many
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.stock.models import Hold, HoldState, StockDay, StockItem
from marketplace.stock.rules import Claim, OutOfStock, cost_out, summed
from marketplace.stock.service.shelf import changed, left, locked, note, put

_TAKE = (
    update(StockItem)
    .where(
        StockItem.cooperative_id == bindparam("shop"),
        StockItem.id == bindparam("item"),
        StockItem.on_hand + StockItem.backorder_limit - StockItem.reserved >= bindparam("quantity"),
    )
    .values(reserved=StockItem.reserved + bindparam("quantity"))
    .execution_options(synchronize_session=False)
)


def hold(session: Session, claims: Sequence[Claim], *, at: datetime) -> None:
    """Promise goods to all claims, or to none of them.

    Quantities are summed per item and items taken in id order. The caller has given back
    overdue holds of these items before. Raises OutOfStock.
    """
    _take_all(session, claims, at)
    insert_many(session, Hold, [_promise(claim, at) for claim in claims])


def _promise(claim: Claim, at: datetime) -> dict[str, object]:
    return {
        "cooperative_id": claim.cooperative_id,
        "id": new_id(),
        "item_id": claim.item_id,
        "cause_id": claim.cause_id,
        "quantity": claim.quantity,
        "day": claim.day,
        "state": HoldState.HELD,
        "expires_at": claim.expires_at,
        "value": Rupiah(0),
        "returned": 0,
        "returned_value": Rupiah(0),
        "created_at": at,
    }


def hold_again(session: Session, claims: Sequence[Claim], *, at: datetime) -> None:
    """Promise goods once more to causes whose hold was given back, on the same day as before."""
    held_before = {
        hold_.cause_id: hold_
        for hold_ in session.scalars(
            select(Hold)
            .where(
                Hold.cooperative_id == claims[0].cooperative_id,
                Hold.cause_id.in_([claim.cause_id for claim in claims]),
                Hold.state == HoldState.RELEASED,
            )
            .with_for_update()
        )
    }
    claims = [replace(claim, day=held_before[claim.cause_id].day) for claim in claims]
    _take_all(session, claims, at)
    for hold_ in held_before.values():
        hold_.state = HoldState.HELD
        hold_.expires_at = None
    session.flush()


def _take_all(session: Session, claims: Sequence[Claim], at: datetime) -> None:
    for (cooperative_id, item_id, day), quantity in summed(claims).items():
        if not _take(session, cooperative_id, item_id, day, quantity):
            raise OutOfStock(item_id, left(session, cooperative_id, item_id, day, at))


def _take(
    session: Session, cooperative_id: int, item_id: UUID, day: date | None, quantity: int
) -> bool:
    if day is not None:
        return _take_of_day(session, cooperative_id, item_id, day, quantity)
    wanted = {"shop": cooperative_id, "item": item_id, "quantity": quantity}
    return changed(session.execute(_TAKE, wanted))


def _take_of_day(
    session: Session, cooperative_id: int, item_id: UUID, day: date, quantity: int
) -> bool:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    blank = {"cooperative_id": cooperative_id, "id": new_id(), "item_id": item_id, "day": day}
    row = (sqlite_insert if on_sqlite else postgresql_insert)(StockDay).values(**blank, taken=0)
    session.execute(row.on_conflict_do_nothing())
    limit = (
        select(StockItem.daily_limit)
        .where(StockItem.cooperative_id == cooperative_id, StockItem.id == item_id)
        .scalar_subquery()
    )
    done = session.execute(
        update(StockDay)
        .where(
            StockDay.cooperative_id == cooperative_id,
            StockDay.item_id == item_id,
            StockDay.day == day,
            StockDay.taken + quantity <= limit,
        )
        .values(taken=StockDay.taken + quantity)
        .execution_options(synchronize_session=False)
    )
    return changed(done)


def firm(session: Session, cooperative_id: int, causes: Collection[UUID]) -> None:
    """Take the deadline off holds, because what they wait for has come (money)."""
    hold_until(session, cooperative_id, causes, None)


def hold_until(
    session: Session, cooperative_id: int, causes: Collection[UUID], until: datetime | None
) -> None:
    """Move the deadline of open holds; without one they are firm."""
    session.execute(
        update(Hold)
        .where(
            Hold.cooperative_id == cooperative_id,
            Hold.cause_id.in_(list(causes)),
            Hold.state == HoldState.HELD,
        )
        .values(expires_at=until)
    )


def release(session: Session, cooperative_id: int, causes: Collection[UUID]) -> int:
    """Give promised goods back to the shelf; returns how many holds ended."""
    ended = _end(session, cooperative_id, causes, HoldState.RELEASED)
    for hold_ in ended:
        _give_back(session, hold_, hold_.quantity)
    return len(ended)


def release_part(session: Session, cooperative_id: int, pieces: Mapping[UUID, int]) -> None:
    """Give a part of what is promised to each cause back to the shelf; all of it ends the hold.

    Raises RuleBroken when a cause is promised less than that.
    """
    found = _ended(session, cooperative_id, pieces, HoldState.HELD)
    if len(found) < len(pieces):
        raise RuleBroken(say("Barang itu tidak lagi disisihkan untuk pesanan ini."))
    for hold_ in found:
        quantity = pieces[hold_.cause_id]
        if not 0 < quantity <= hold_.quantity:
            raise RuleBroken(say("Tinggal %(left)s yang disisihkan.", left=hold_.quantity))
        _give_back(session, hold_, quantity)
        if quantity == hold_.quantity:
            hold_.state = HoldState.RELEASED
        else:
            hold_.quantity -= quantity
    session.flush()


def consume(
    session: Session,
    cooperative_id: int,
    causes: Collection[UUID],
    *,
    cause: str,
    at: datetime,
    actor_id: UUID | None = None,
) -> dict[UUID, Rupiah]:
    """Let promised goods leave the shelf: promised and on hand fall together.

    Returns what the goods of each cause had cost the cooperative.
    """
    costs = {}
    for hold_ in _end(session, cooperative_id, causes, HoldState.CONSUMED):
        if hold_.day is None:
            item = locked(session, cooperative_id, hold_.item_id)
            hold_.value = cost_out(item.on_hand, item.value, hold_.quantity)
            costs[hold_.cause_id] = hold_.value
            _shift(session, hold_, -1, cause, actor_id, at)
    session.flush()
    return costs


def take_back(
    session: Session,
    cooperative_id: int,
    causes: Collection[UUID],
    *,
    cause: str,
    at: datetime,
    actor_id: UUID | None = None,
) -> None:
    """Undo a consumption: the goods are promised again, as before, at what they had cost."""
    for hold_ in _ended(session, cooperative_id, causes, HoldState.CONSUMED):
        hold_.state = HoldState.HELD
        if hold_.day is None:
            _shift(session, hold_, 1, cause, actor_id, at)
            hold_.value = Rupiah(0)
    session.flush()


def bring_back(
    session: Session,
    cooperative_id: int,
    pieces: Mapping[UUID, int],
    *,
    cause: str,
    at: datetime,
    actor_id: UUID | None = None,
) -> dict[UUID, Rupiah]:
    """Put a part of goods that had left back on the shelf, free to sell, at what they had cost.

    ``pieces`` says how many of which cause. Returns the cost that comes back with each; the
    last pieces bring the whole rest, so nothing stays behind. Raises RuleBroken.
    """
    costs = {}
    for hold_ in _ended(session, cooperative_id, pieces, HoldState.CONSUMED):
        quantity = pieces[hold_.cause_id]
        there = hold_.quantity - hold_.returned
        if not 0 < quantity <= there:
            raise RuleBroken(say("Tinggal %(left)s yang bisa kembali ke rak.", left=there))
        value = cost_out(there, hold_.value - hold_.returned_value, quantity)
        hold_.returned += quantity
        hold_.returned_value += value
        if hold_.day is None:
            costs[hold_.cause_id] = value
            put(
                session,
                cooperative_id,
                hold_.item_id,
                quantity,
                cause=cause,
                at=at,
                value=value,
                cause_id=hold_.cause_id,
                actor_id=actor_id,
            )
    session.flush()
    return costs


def _shift(
    session: Session,
    hold_: Hold,
    sign: int,
    cause: str,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """Move a hold's goods off the shelf (−1) or back to it (+1), with their value."""
    quantity, value = sign * hold_.quantity, hold_.value * sign
    session.execute(
        update(StockItem)
        .where(*_is(StockItem, hold_))
        .values(
            reserved=StockItem.reserved + quantity,
            on_hand=StockItem.on_hand + quantity,
            value=StockItem.value + value,
        )
        .execution_options(synchronize_session=False)
    )
    note(
        session,
        hold_.cooperative_id,
        hold_.item_id,
        quantity,
        cause,
        hold_.cause_id,
        actor_id,
        at,
        value=value,
    )


def _ended(
    session: Session, cooperative_id: int, causes: Collection[UUID], state: HoldState
) -> Sequence[Hold]:
    return session.scalars(
        select(Hold)
        .where(
            Hold.cooperative_id == cooperative_id,
            Hold.cause_id.in_(list(causes)),
            Hold.state == state,
        )
        .order_by(Hold.item_id, Hold.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _end(
    session: Session, cooperative_id: int, causes: Collection[UUID], state: HoldState
) -> Sequence[Hold]:
    """End open holds; a hold that somebody else ended meanwhile is left out."""
    open_holds = _ended(session, cooperative_id, causes, HoldState.HELD)
    for hold_ in open_holds:
        hold_.state = state
    session.flush()
    return open_holds


def _give_back(session: Session, hold_: Hold, quantity: int) -> None:
    if hold_.day is None:
        session.execute(
            update(StockItem)
            .where(*_is(StockItem, hold_))
            .values(reserved=StockItem.reserved - quantity)
            .execution_options(synchronize_session=False)
        )
        return
    session.execute(
        update(StockDay)
        .where(
            StockDay.cooperative_id == hold_.cooperative_id,
            StockDay.item_id == hold_.item_id,
            StockDay.day == hold_.day,
        )
        .values(taken=StockDay.taken - quantity)
        .execution_options(synchronize_session=False)
    )


def _is(table: type[StockItem], hold_: Hold) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.cooperative_id == hold_.cooperative_id, table.id == hold_.item_id
