"""What an order writes into the cooperative's books, in the transaction that causes it.

Money is the buyer's until the goods are handed over: it is booked as an advance when it
comes, and becomes the makers' share, the cooperative's commission or its own sale with the
goods. Sources: worked journals JRN-07 and JRN-10 to JRN-13, CONSIGN-01.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.delivery import service as deliveries
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Purpose, Unit
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.queries.deliveries import courier_of_event
from marketplace.orders.queries.refunds import buyer_as_member
from marketplace.payments.models import PaymentEvent, PaymentIntent
from marketplace.payments.queries import events_of
from marketplace.payments.rules import CREDIT, MEMBER, PaymentMethod, arrives_in

ORDER_MONEY, ORDER_SALE = "order_money", "order_sale"


def book_money(session: Session, order: Order, intent: PaymentIntent, *, at: datetime) -> None:
    """Write every sign of money for an order that is not in the books yet, each once."""
    for event in events_of(session, intent):
        if event.amount:
            ledger.post(
                session,
                order.cooperative_id,
                Unit.SHOP,
                _money(session, order, intent, event),
                at=at,
            )


def _money(session: Session, order: Order, intent: PaymentIntent, event: PaymentEvent) -> Posting:
    purse = purse_of(intent, event)
    if purse is Purpose.COD_RECEIVABLE:  # the part of the courier who took it
        purse = deliveries.cash_place(courier_of_event(session, event))
    came = event.amount > Rupiah(0)
    amount = event.amount if came else -event.amount
    move = (
        Move(purse, Purpose.BUYER_ADVANCES, amount)
        if came
        else Move(Purpose.BUYER_ADVANCES, purse, amount)
    )
    return Posting(
        key=f"payment:{event.id}",
        memo=f"Uang pesanan {order.number}" if came else f"Uang pesanan {order.number} ditarik",
        moves=(move,),
        dated=local_day(event.at),
        source_type=ORDER_MONEY,
        source_id=order.id,
        created_by=event.actor_id,
    )


def purse_of(intent: PaymentIntent, event: PaymentEvent) -> Place:
    """Say where a sign of money came into, and out of where it goes back the way it came."""
    if event.source == CREDIT:
        return MemberAccount(Purpose.MEMBER_BALANCE, UUID(event.facts[MEMBER]))
    return arrives_in(intent.method, event.source)


def book_sale(
    session: Session,
    order: Order,
    intent: PaymentIntent,
    *,
    costs: Mapping[UUID, Rupiah],
    step_id: UUID,
    actor_id: UUID | None,
    at: datetime,
) -> None:
    """Turn the buyer's advance into what the makers and the cooperative have earned.

    ``costs`` says what the goods of each line had cost the cooperative. ``step_id`` names
    the handing over, so that one that was undone can be done again.
    """
    book_money(session, order, intent, at=at)
    revenue = _revenue(session, order)
    earned = [part for line in order.lines for part in _earned(line, revenue)]
    earned.append((Purpose.DELIVERY_INCOME, order.delivery_fee))
    cost_of = Purpose.MEMBER_COST if revenue is Purpose.MEMBER_SALES else Purpose.PUBLIC_COST
    moves = [
        *_from_the_buyer(earned, order.total - intent.amount_due, given_as(order)),
        *(Move(cost_of, Purpose.STOCK, cost) for cost in costs.values() if cost),
    ]
    if not moves:
        return
    ledger.post(
        session,
        order.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"sale:{step_id}",
            memo=f"Pesanan {order.number} diserahkan",
            moves=tuple(moves),
            dated=local_day(at),
            source_type=ORDER_SALE,
            source_id=order.id,
            created_by=actor_id,
        ),
        at=at,
    )


def _revenue(session: Session, order: Order) -> Purpose:
    """Keep sales to members apart: the surplus they share comes from their own trade."""
    return Purpose.MEMBER_SALES if buyer_as_member(session, order) else Purpose.PUBLIC_SALES


def _earned(line: OrderLine, revenue: Purpose) -> list[tuple[Place, Rupiah]]:
    """Split one line: goods of a maker earn the maker and a commission, own goods all."""
    earned = line.earned
    if line.maker_id is None or not earned.maker:
        return [(revenue, earned.cooperative)]
    return [
        (MemberAccount(Purpose.CONSIGNMENT_PAYABLE, line.maker_id), earned.maker),
        (Purpose.COMMISSION, earned.cooperative),
    ]


def given_as(order: Order) -> Purpose:
    """Name the account of what was asked less: a code of a transfer, or the rounding of cash."""
    return Purpose.ROUNDING if order.method is PaymentMethod.COD else Purpose.DISCOUNTS


def _from_the_buyer(
    earned: Iterable[tuple[Place, Rupiah]], given: Rupiah, account: Purpose
) -> list[Move]:
    """Pay what was earned out of the buyer's advance, and out of the discount first.

    ``given`` is what the cooperative asked less for than the goods cost (kode unik, cash that
    was rounded): its own cost, never the makers'.
    """
    moves = []
    for place, amount in earned:
        discount = min(given, amount)
        given = given - discount
        for source, part in (
            (account, discount),
            (Purpose.BUYER_ADVANCES, amount - discount),
        ):
            if part:
                moves.append(Move(source, place, part))
    return moves


def unbook_sale(session: Session, order: Order, *, actor_id: UUID | None, at: datetime) -> None:
    """Mirror the sale of a handing over that was undone."""
    for entry in books.entries_of_source(session, order.cooperative_id, ORDER_SALE, order.id):
        if books.reversal_of(session, entry) is None:
            ledger.reverse(
                session,
                entry,
                memo=f"Penyerahan {order.number} diurungkan",
                key=f"undo:{entry.id}",
                created_by=actor_id,
                dated=local_day(at),
                at=at,
            )
