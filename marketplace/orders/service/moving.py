"""What every change of an order shares: its lock, its step written down, what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from marketplace.kernel.calendar import local_day
from marketplace.kernel.text import say
from marketplace.listings.models import Listing
from marketplace.orders.models import Order, OrderEvent, OrderLine
from marketplace.orders.rules import Actor, OrderState, WrongStep
from marketplace.outbox import service as outbox
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import intent_of

UNDONE = "diurungkan"


def move(
    session: Session,
    order: Order,
    wanted: OrderState,
    actor: Actor,
    actor_id: UUID | None,
    at: datetime,
    *,
    note: str | None = None,
) -> OrderEvent:
    """Write the step down and tell of it. Who, when and why are never lost."""
    taken = OrderEvent(
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        before=order.state,
        after=wanted,
        actor=actor,
        actor_id=actor_id,
        note=note,
        day=local_day(at),
        at=at,
    )
    session.add(taken)
    order.state = wanted
    order.changed_at = at
    session.flush()
    outbox.tell(session, "order.moved", at=at, undone=note == UNDONE, **facts_of(order))
    return taken


def facts_of(order: Order) -> dict[str, object]:
    """Say of an order what the outbox tells."""
    return {
        "cooperative": order.cooperative_id,
        "order": str(order.id),
        "state": order.state.value,
        "listings": sorted({str(line.listing_id) for line in order.lines}),
    }


def line_ids(order: Order) -> list[UUID]:
    """Name what the order's goods are promised to."""
    return [line.id for line in order.lines]


def intent_to_pay(session: Session, order: Order) -> PaymentIntent:
    """Fetch what pays for an order; every order has one."""
    found = intent_of(session, order.cooperative_id, order.id)
    if found is None:
        raise WrongStep(say("Pesanan ini tidak punya tagihan."))
    return found


def locked_order(session: Session, order: Order) -> Order:
    """Fetch an order as it is now, and let nobody else change it meanwhile."""
    return lock(session, order.cooperative_id, order.id)


def lock(session: Session, cooperative_id: int, order_id: UUID) -> Order:
    """Lock an order of which only the ids are known."""
    return session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.id == order_id)
        .options(selectinload(Order.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def count_sold(session: Session, pieces: Mapping[OrderLine, int]) -> None:
    """Count pieces as sold of their listings; what comes back counts below nought."""
    for line in sorted(pieces, key=lambda line: line.listing_id):
        session.execute(
            update(Listing)
            .where(Listing.cooperative_id == line.cooperative_id, Listing.id == line.listing_id)
            .values(sold_count=Listing.sold_count + pieces[line])
            .execution_options(synchronize_session=False)
        )
