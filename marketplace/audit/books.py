"""Whether orders, payments and the books tell the same story, one to one.

What went back of a sale is looked at in ``refunds``; here it is taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.audit import refunds
from marketplace.audit.advances import booked, differences
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerBook, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.queries.joins import SHARE_OF_ORDER
from marketplace.orders.rules import OrderState
from marketplace.orders.service.booking import ORDER_MONEY, ORDER_SALE
from marketplace.orders.service.returning import ORDER_RETURN
from marketplace.payments.models import PaymentEvent, PaymentIntent, PaymentShare
from marketplace.payments.queries.intents import INTENT_OF_SHARE

Rows = Iterator[tuple[str, str]]
NOTHING = Rupiah(0)


def money(session: Session, _at: datetime) -> Rows:
    """Match every sign of money with the one entry that books it, amount for amount."""
    written = booked(session, ORDER_MONEY)
    rows = session.execute(
        select(PaymentEvent.cooperative_id, PaymentShare.order_id, total_of(PaymentEvent.amount))
        .join(
            PaymentShare,
            (PaymentShare.cooperative_id == PaymentEvent.cooperative_id)
            & (PaymentShare.intent_id == PaymentEvent.intent_id),
        )
        .group_by(PaymentEvent.cooperative_id, PaymentShare.order_id)
    )
    seen = {(shop, order): amount for shop, order, amount in rows}
    yield from differences(seen, written, "payments say {}, the books {}")


def sales(session: Session, _at: datetime) -> Rows:
    """Match every order that was handed over with one standing sale, and no other with any."""
    standing = _standing_sales(session)
    rows = session.execute(
        select(Order.cooperative_id, Order.id, PaymentIntent.amount_due)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentIntent,
            INTENT_OF_SHARE,
        )
        .where(Order.state == OrderState.FINISHED)
    )
    earned = {(shop, order): due for shop, order, due in rows}
    yield from differences(earned, standing, "handed over for {}, booked as sold for {}")


def _standing_sales(session: Session) -> dict[tuple[int, UUID], Rupiah]:
    undone = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    account = select(LedgerAccount.id).where(
        LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
        LedgerAccount.purpose == Purpose.BUYER_ADVANCES,
    )
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            total_of(LedgerLine.amount, only=LedgerLine.debit_id.in_(account)),
        )
        .join(
            LedgerLine,
            ENTRY_OF_LINE,
        )
        .where(LedgerEntry.source_type == ORDER_SALE, LedgerEntry.id.not_in(undone))
        .group_by(LedgerEntry.cooperative_id, LedgerEntry.source_id)
    )
    return {(shop, order): amount for shop, order, amount in rows if order}


def advances(session: Session, _at: datetime) -> Rows:
    """Compare buyers' money that is not earned yet with the account that keeps it."""
    rows = session.execute(
        select(
            PaymentIntent.cooperative_id,
            total_of(PaymentIntent.received),
            total_of(PaymentIntent.amount_due, only=Order.state == OrderState.FINISHED),
            total_of(PaymentShare.refunded),
        )
        .join(
            PaymentShare,
            INTENT_OF_SHARE,
        )
        .join(
            Order,
            SHARE_OF_ORDER,
        )
        .group_by(PaymentIntent.cooperative_id)
    )
    undone = refunds.returned_of_shops(session)
    owed = {
        shop: came - earned - back + undone.get(shop, NOTHING) for shop, came, earned, back in rows
    }
    kept = _kept(session, Purpose.BUYER_ADVANCES)
    for shop in sorted({*owed, *kept}):
        if owed.get(shop, Rupiah(0)) != kept.get(shop, Rupiah(0)):
            yield (
                f"cooperatives {shop}",
                f"owes buyers {owed.get(shop, Rupiah(0))}, the books keep "
                f"{kept.get(shop, Rupiah(0))}",
            )


def _kept(session: Session, purpose: Purpose) -> dict[int, Rupiah]:
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            total_of(LedgerAccount.credit),
            total_of(LedgerAccount.debit),
        )
        .join(
            LedgerBook,
            (LedgerBook.cooperative_id == LedgerAccount.cooperative_id)
            & (LedgerBook.id == LedgerAccount.book_id),
        )
        .where(LedgerAccount.purpose == purpose, LedgerBook.unit == Unit.SHOP)
        .group_by(LedgerAccount.cooperative_id)
    )
    return {shop: credit - debit for shop, credit, debit in rows}


def makers(session: Session, _at: datetime) -> Rows:
    """Compare what makers earned by goods handed over with what was credited to each."""
    rows = session.execute(
        select(OrderLine.cooperative_id, OrderLine.maker_id, total_of(OrderLine.maker_share))
        .join(
            Order,
            (Order.cooperative_id == OrderLine.cooperative_id) & (Order.id == OrderLine.order_id),
        )
        .where(Order.state == OrderState.FINISHED, OrderLine.maker_id.is_not(None))
        .group_by(OrderLine.cooperative_id, OrderLine.maker_id)
    )
    undone = refunds.returned_of_makers(session)
    earned = {
        (shop, maker): amount - undone.get((shop, maker), NOTHING)
        for shop, maker, amount in rows
        if maker
    }
    credited = _credited(session)
    for key in sorted({*earned, *credited}, key=str):
        one, other = earned.get(key, Rupiah(0)), credited.get(key, Rupiah(0))
        if one != other:
            yield f"members {key[0]}/{key[1]}", f"earned {one}, credited {other}"


def _credited(session: Session) -> dict[tuple[int, UUID], Rupiah]:
    """Sum what sales credited to each maker, less what reversals and returns took back."""
    undone = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            LedgerAccount.member_id,
            total_of(LedgerLine.amount, only=LedgerLine.credit_id == LedgerAccount.id),
            total_of(LedgerLine.amount, only=LedgerLine.debit_id == LedgerAccount.id),
        )
        .join(
            LedgerLine,
            (LedgerLine.cooperative_id == LedgerAccount.cooperative_id)
            & (
                (LedgerLine.credit_id == LedgerAccount.id)
                | (LedgerLine.debit_id == LedgerAccount.id)
            ),
        )
        .join(
            LedgerEntry,
            ENTRY_OF_LINE,
        )
        .where(
            LedgerAccount.purpose == Purpose.CONSIGNMENT_PAYABLE,
            LedgerAccount.member_id.is_not(None),
            LedgerEntry.source_type.in_((ORDER_SALE, ORDER_RETURN)),
            LedgerEntry.id.not_in(undone),
        )
        .group_by(LedgerAccount.cooperative_id, LedgerAccount.member_id)
    )
    return {(shop, member): into - out for shop, member, into, out in rows if member}


def balance(session: Session, _at: datetime) -> Rows:
    """Find books whose two sides differ; the shape of a line should make that impossible."""
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            LedgerAccount.book_id,
            total_of(LedgerAccount.debit),
            total_of(LedgerAccount.credit),
        )
        .group_by(LedgerAccount.cooperative_id, LedgerAccount.book_id)
        .having(func.sum(LedgerAccount.debit) != func.sum(LedgerAccount.credit))
    )
    for shop, book, debit, credit in rows:
        yield f"ledger_books {shop}/{book}", f"debit {debit}, credit {credit}"
