"""Taking pieces off an order: goods go back to the shelf, the price falls, money is owed back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders.models import LineCut, Order, OrderLine, Purchase
from marketplace.orders.rules import WrongStep
from marketplace.orders.rules.reducing import (
    REDUCIBLE,
    CutKeyReused,
    check_cut,
    commission_left,
)
from marketplace.orders.service.moving import facts_of, intent_to_pay, locked_order
from marketplace.orders.service.owing import settle_owed
from marketplace.outbox import service as outbox
from marketplace.payments import service as payments
from marketplace.stock import service as stock


def reduce(
    session: Session,
    order: Order,
    pieces: Mapping[UUID, int],
    *,
    key: str,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> Order:
    """Take pieces off an order's lines in an officer's name; the same key takes them once.

    What was paid for them is owed back. Raises WrongStep, NothingLeft, Invalid, CutKeyReused.
    """
    locked = locked_order(session, order)
    if _done_before(session, locked, pieces, key):
        return locked
    if locked.state not in REDUCIBLE:
        raise WrongStep(
            say("Barang hanya bisa dikurangi setelah pesanan masuk dan sebelum diserahkan.")
        )
    check_cut({line.id: line.quantity for line in locked.lines}, pieces, reason)
    stock.release_part(session, locked.cooperative_id, pieces)
    amount = Rupiah.total(
        _cut(session, line, pieces[line.id], key=key, reason=reason, by=by, at=at)
        for line in locked.lines
        if line.id in pieces
    )
    locked.items_total, locked.total = locked.items_total - amount, locked.total - amount
    session.execute(
        update(Purchase)
        .where(Purchase.id == locked.purchase_id)
        .values(total=Purchase.total - amount)
        .execution_options(synchronize_session=False)
    )
    intent = intent_to_pay(session, locked)
    payments.lower(session, intent, amount)
    settle_owed(session, locked, intent)
    outbox.tell(
        session,
        "order.reduced",
        at=at,
        cut=key,
        pieces=sum(pieces.values()),
        amount=amount.amount,
        reason=reason.strip(),
        **facts_of(locked),
    )
    return locked


def _done_before(session: Session, order: Order, pieces: Mapping[UUID, int], key: str) -> bool:
    rows = session.execute(
        select(LineCut.order_id, LineCut.line_id, LineCut.quantity).where(
            LineCut.cooperative_id == order.cooperative_id, LineCut.key == key
        )
    ).all()
    if not rows:
        return False
    if {(order.id, *piece) for piece in pieces.items()} != {tuple(row) for row in rows}:
        raise CutKeyReused(say("Formulir ini sudah dipakai. Muat ulang halamannya."))
    return True


def _cut(
    session: Session,
    line: OrderLine,
    quantity: int,
    *,
    key: str,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> Rupiah:
    """Make a line smaller and write down by how much; gives what it was worth."""
    left, amount = line.quantity - quantity, line.price * quantity
    commission = commission_left(line.cooperative_share, line.quantity, left)
    line.quantity, line.total = left, line.total - amount
    line.cooperative_share, line.maker_share = commission, line.total - commission
    session.add(
        LineCut(
            cooperative_id=line.cooperative_id,
            id=new_id(),
            order_id=line.order_id,
            line_id=line.id,
            key=key,
            quantity=quantity,
            amount=amount,
            reason=reason.strip(),
            actor_id=by,
            at=at,
        )
    )
    session.flush()
    return amount
