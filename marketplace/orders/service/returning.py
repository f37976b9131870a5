"""What money that goes back writes into the books.

Undoing a part of a sale is its mirror: what it earned the maker and the cooperative becomes
the buyer's again. Giving the money out of the drawer or the bank is an entry of its own.
Sources: worked journals JRN-18, ORDER-DISCOUNT-01.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Purpose, Unit
from marketplace.orders.models import Order, OrderLine, Refund
from marketplace.orders.queries.balances import holder_of
from marketplace.orders.rules import RefundMethod
from marketplace.orders.service.booking import ORDER_SALE, given_as, purse_of
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import events_of

ORDER_RETURN, ORDER_REFUND = "order_return", "order_refund"
TO_MEMBERS = frozenset({Purpose.MEMBER_SALES, Purpose.MEMBER_COST})


def book_return(
    session: Session, order: Order, refund: Refund, costs: Mapping[UUID, Rupiah], *, at: datetime
) -> None:
    """Mirror the part of a sale that a refund undoes, with the cost of goods that came back."""
    member = _sold_to_member(session, order)
    revenue = Purpose.MEMBER_SALES if member else Purpose.PUBLIC_SALES
    cost_of = Purpose.MEMBER_COST if member else Purpose.PUBLIC_COST
    moves = [
        *_taken_back(order, refund, revenue),
        *(Move(Purpose.STOCK, cost_of, cost) for cost in costs.values() if cost),
    ]
    ledger.post(
        session,
        order.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"return:{refund.id}",
            memo=f"Retur pesanan {order.number}",
            moves=tuple(moves),
            dated=local_day(at),
            source_type=ORDER_RETURN,
            source_id=order.id,
            created_by=refund.requested_by,
            approved_by=_another(refund.decided_by, refund.requested_by),
        ),
        at=at,
    )


def _taken_back(order: Order, refund: Refund, revenue: Purpose) -> Iterator[Move]:
    """Take each part from whom it was credited to; a discount goes back whence it came."""
    lines = {line.id: line for line in order.lines}
    for back in refund.lines:
        discount = back.maker_amount + back.cooperative_amount - back.amount
        for place, amount in _earners(lines[back.line_id], revenue, back.maker_amount,
                                      back.cooperative_amount):  # fmt: skip
            given = min(discount, amount)
            discount = discount - given
            for target, part in (
                (given_as(order), given),
                (Purpose.BUYER_ADVANCES, amount - given),
            ):
                if part:
                    yield Move(place, target, part)
    if refund.fee_amount:
        yield Move(Purpose.DELIVERY_INCOME, Purpose.BUYER_ADVANCES, refund.fee_amount)


def _earners(
    line: OrderLine, revenue: Purpose, maker: Rupiah, cooperative: Rupiah
) -> list[tuple[Place, Rupiah]]:
    if line.maker_id is None or not line.earned.maker:
        return [(revenue, maker + cooperative)]
    return [
        (Purpose.COMMISSION, cooperative),
        (MemberAccount(Purpose.CONSIGNMENT_PAYABLE, line.maker_id), maker),
    ]


def _sold_to_member(session: Session, order: Order) -> bool:
    """Say as whose purchase the sale stands in the books, whoever has joined or left since."""
    for entry in books.entries_of_source(session, order.cooperative_id, ORDER_SALE, order.id):
        if books.reversal_of(session, entry) is None:
            written = books.lines_of(session, [entry])[entry.id]
            return any(line.account.purpose in TO_MEMBERS for line in written)
    return False


def book_refund(
    session: Session, order: Order, refund: Refund, purse: Place, *, at: datetime
) -> None:
    """Write that the buyer's money has left, into or out of the purse that the refund means."""
    ledger.post(
        session,
        order.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"refund:{refund.id}",
            memo=f"Uang pesanan {order.number} dikembalikan",
            moves=(Move(Purpose.BUYER_ADVANCES, purse, refund.amount),),
            dated=local_day(at),
            source_type=ORDER_REFUND,
            source_id=order.id,
            created_by=refund.paid_by,
            approved_by=_another(refund.decided_by, refund.paid_by),
        ),
        at=at,
    )


def _another(approved: UUID | None, created: UUID | None) -> UUID | None:
    """Name who approved, if that was somebody else: the books take nobody twice."""
    return approved if approved != created else None


def purse_for(session: Session, order: Order, intent: PaymentIntent, method: RefundMethod) -> Place:
    """Say where money of an order goes, or out of what it is given. Raises Invalid."""
    if method is RefundMethod.CASH:
        return Purpose.CASH
    if method is RefundMethod.TRANSFER:
        return Purpose.BANK
    if method is RefundMethod.BALANCE:
        member_id = holder_of(session, order, intent)
        if member_id is None:
            raise Invalid(say("Hanya anggota koperasi yang punya titipan."))
        return MemberAccount(Purpose.MEMBER_BALANCE, member_id)
    came = [event for event in events_of(session, intent) if event.amount > Rupiah(0)]
    purse = purse_of(intent, came[-1]) if came else Purpose.CASH
    # What was paid at the door goes back out of the drawer: the courier owes what was taken.
    return Purpose.CASH if purse is Purpose.COD_RECEIVABLE else purse
