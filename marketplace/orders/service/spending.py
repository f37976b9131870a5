"""Paying with the money a member has with the cooperative (titipan), in the checkout itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Unit
from marketplace.members import queries as members
from marketplace.orders.models import Order
from marketplace.orders.queries.balances import balances_of
from marketplace.orders.service.booking import book_money
from marketplace.orders.service.requests import Buyer
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentIntent
from marketplace.payments.rules import CREDIT, PaymentMethod


class BalanceTooLow(RuleBroken):
    """The buyer's balance does not cover the order any more."""

    code = "balance_too_small"


def take_books(session: Session, orders: Iterable[Order], *, at: datetime) -> None:
    """Let nobody else spend from the balances that pay these orders.

    In the order of cooperatives, and before anything is numbered: the numbers are what all
    buyers wait for.
    """
    for order in orders:
        if order.method is PaymentMethod.BALANCE:
            ledger.take_book(session, order.cooperative_id, Unit.SHOP, at=at)


def spend(
    session: Session, order: Order, intent: PaymentIntent, buyer: Buyer, *, at: datetime
) -> None:
    """Pay a new order from its buyer's balance: all of it or, with the order, nothing.

    Raises BalanceTooLow.
    """
    if order.method is not PaymentMethod.BALANCE:
        return
    member = (
        members.member_of(session, order.cooperative_id, buyer.account_id)
        if buyer.account_id
        else None
    )
    mine = balances_of(session, [order.cooperative_id], buyer.account_id)
    free = mine.get(order.cooperative_id, Rupiah(0))
    if member is None or free < order.total:
        raise BalanceTooLow(
            say(
                "Titipanmu tinggal %(free)s, kurang %(short)s. Pilih cara bayar lain.",
                free=max(free, Rupiah(0)),
                short=order.total - max(free, Rupiah(0)),
            )
        )
    payments.record(
        session,
        intent,
        order.total,
        source=CREDIT,
        external_id=order.number,
        actor_id=buyer.account_id,
        member_id=member.id,
        at=at,
    )
    book_money(session, order, intent, at=at)
