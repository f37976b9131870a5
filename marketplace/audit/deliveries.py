"""What must hold of orders that are brought to the door, and of the cash their couriers hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.delivery.models import CashHandIn, Courier, Shipment
from marketplace.delivery.rules import Fulfilment, ShipmentState
from marketplace.delivery.service import CASH_HAND_IN
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose
from marketplace.orders.models import Order, Refund
from marketplace.orders.queries.refunds import AGREED
from marketplace.orders.rules import OrderState
from marketplace.orders.service.booking import ORDER_MONEY, ORDER_SALE
from marketplace.orders.service.returning import ORDER_RETURN
from marketplace.payments.models import PaymentEvent
from marketplace.payments.rules import COURIER

Rows = Iterator[tuple[str, str]]
Whose = tuple[int, UUID | None]
NOTHING = Rupiah(0)


def cash(session: Session, _at: datetime) -> Rows:
    """Compare what couriers took and handed in with the debts that the books keep of them."""
    owed: dict[Whose, Rupiah] = {}
    for courier, open_ in _open(session).items():
        if open_ < NOTHING:
            yield f"couriers {courier[0]}/{courier[1]}", f"handed in {-open_} too much"
        whose = (courier[0], courier[2])
        owed[whose] = owed.get(whose, NOTHING) + open_
    kept = _booked(session)
    for whose in sorted({*owed, *kept}, key=str):
        one, other = owed.get(whose, NOTHING), kept.get(whose, NOTHING)
        if one != other:
            yield f"cooperatives {whose[0]}", f"couriers hold {one}, the books say {other}"


def _open(session: Session) -> dict[tuple[int, UUID, UUID | None], Rupiah]:
    took = {
        (shop, courier): amount
        for shop, courier, amount in session.execute(
            select(Shipment.cooperative_id, Shipment.courier_id, total_of(Shipment.cash))
            .where(Shipment.state == ShipmentState.ARRIVED)
            .group_by(Shipment.cooperative_id, Shipment.courier_id)
        )
    }
    gave = {
        (shop, courier): amount
        for shop, courier, amount in session.execute(
            select(CashHandIn.cooperative_id, CashHandIn.courier_id, total_of(CashHandIn.amount))
            .group_by(CashHandIn.cooperative_id, CashHandIn.courier_id)
        )
    }  # fmt: skip
    rows = session.execute(select(Courier.cooperative_id, Courier.id, Courier.member_id))
    return {
        (shop, courier, member): took.get((shop, courier), NOTHING)
        - gave.get((shop, courier), NOTHING)
        for shop, courier, member in rows
    }


def _booked(session: Session) -> dict[Whose, Rupiah]:
    """Sum what deliveries wrote to the accounts of couriers; entries by hand are left out."""
    return _net(
        session,
        Purpose.COD_RECEIVABLE,
        (ORDER_MONEY, CASH_HAND_IN),
        LedgerAccount.member_id,
    )


def _net(
    session: Session, purpose: Purpose, sources: tuple[str, ...], whose: object
) -> dict[Whose, Rupiah]:
    """Sum debits less credits of a purpose, but for sales that were undone, by what they are of."""
    undone = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            whose,  # type: ignore[call-overload]
            total_of(LedgerLine.amount, only=LedgerLine.debit_id == LedgerAccount.id),
            total_of(LedgerLine.amount, only=LedgerLine.credit_id == LedgerAccount.id),
        )
        .join(
            LedgerLine,
            (LedgerLine.cooperative_id == LedgerAccount.cooperative_id)
            & (
                (LedgerLine.debit_id == LedgerAccount.id)
                | (LedgerLine.credit_id == LedgerAccount.id)
            ),
        )
        .join(LedgerEntry, ENTRY_OF_LINE)
        .where(
            LedgerAccount.purpose == purpose,
            LedgerEntry.source_type.in_(sources),
            LedgerEntry.id.not_in(undone),
        )
        .group_by(LedgerAccount.cooperative_id, whose)
    )
    return {(shop, key): debit - credit for shop, key, debit, credit in rows}


def trips(session: Session, _at: datetime) -> Rows:
    """Find orders whose state and trips tell different stories, and cash that is not theirs."""
    going = _count(session, ShipmentState.ON_ITS_WAY)
    arrived = _count(session, ShipmentState.ARRIVED)
    rows = session.execute(
        select(Order.cooperative_id, Order.id, Order.state, Order.fulfilment).where(
            (Order.fulfilment == Fulfilment.DELIVERY) | Order.id.in_(select(Shipment.order_id))
        )
    )
    for shop, order, state, fulfilment in rows:
        brought = fulfilment is Fulfilment.DELIVERY
        wanted = (
            int(brought and state is OrderState.SHIPPED),
            int(brought and state is OrderState.FINISHED),
        )
        found = (going.get((shop, order), 0), arrived.get((shop, order), 0))
        if found != wanted:
            yield (
                f"orders {shop}/{order}",
                f"{state.value}, {found[0]} on the way, {found[1]} arrived",
            )
    yield from _taken(session)


def _count(session: Session, state: ShipmentState) -> dict[tuple[int, UUID], int]:
    rows = session.execute(
        select(Shipment.cooperative_id, Shipment.order_id, func.count())
        .where(Shipment.state == state)
        .group_by(Shipment.cooperative_id, Shipment.order_id)
    )
    return {(shop, order): count for shop, order, count in rows}


def _taken(session: Session) -> Rows:
    """Match the cash of each trip that arrived with the signs of money it left."""
    signs: dict[tuple[int, str], Rupiah] = {}
    rows = session.execute(
        select(PaymentEvent.cooperative_id, PaymentEvent.external_id, PaymentEvent.amount).where(
            PaymentEvent.source == COURIER
        )
    )
    for shop, name, amount in rows:
        key = (shop, name.partition(":")[0])
        signs[key] = signs.get(key, NOTHING) + amount
    for shop, trip, cash_ in session.execute(
        select(Shipment.cooperative_id, Shipment.id, Shipment.cash).where(
            Shipment.state == ShipmentState.ARRIVED
        )
    ):
        found = signs.get((shop, str(trip)), NOTHING)
        if found != cash_:
            yield f"shipments {shop}/{trip}", f"took {cash_}, payments say {found}"


def fees(session: Session, _at: datetime) -> Rows:
    """Compare the fees of what arrived, less what went back, with what the books earned."""
    rows = session.execute(
        select(Order.cooperative_id, Order.id, Order.delivery_fee).where(
            Order.state == OrderState.FINISHED, Order.delivery_fee > NOTHING
        )
    )
    earned: dict[Whose, Rupiah] = {(shop, order): fee for shop, order, fee in rows}
    for shop, order, back in session.execute(
        select(Refund.cooperative_id, Refund.order_id, total_of(Refund.fee_amount))
        .where(Refund.state.in_(AGREED))
        .group_by(Refund.cooperative_id, Refund.order_id)
    ):
        earned[shop, order] = earned.get((shop, order), NOTHING) - back
    booked = _net(
        session, Purpose.DELIVERY_INCOME, (ORDER_SALE, ORDER_RETURN), LedgerEntry.source_id
    )
    for key in sorted({*earned, *booked}, key=str):
        one, other = earned.get(key, NOTHING), -booked.get(key, NOTHING)
        if one != other:
            yield f"orders {key[0]}/{key[1]}", f"delivered for {one}, the books earned {other}"
