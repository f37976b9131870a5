"""A member leaves money with her cooperative when an order fails, and later spends part of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.demo import trade
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice
from marketplace.payments.rules import PaymentMethod

FAILED = (("Ayam geprek", 2), ("Sempol ayam", 2))
FETCHED = (("Pisang goreng", 2),)
REASON = "Dapur tutup, gas habis"
SOON = timedelta(hours=1)


def leave(session: Session, shop: Cooperative, member: Account, *, at: datetime) -> None:
    """Pay by QRIS, hear that the kitchen is closed, and keep the money as titipan."""
    order = _buy(session, shop, member, FAILED, PaymentMethod.QRIS, at)
    trade.bring(session, order, OrderState.NEW, at)
    service.cancel(session, order, reason=REASON, actor_id=None, at=at + SOON)
    service.ask_into_balance(session, order, account_id=member.id, at=at + 2 * SOON)


def spend(session: Session, shop: Cooperative, member: Account, *, at: datetime) -> None:
    """Buy with titipan."""
    order = _buy(session, shop, member, FETCHED, PaymentMethod.BALANCE, at)
    trade.bring(session, order, OrderState.FINISHED, at)


def _buy(
    session: Session,
    shop: Cooperative,
    member: Account,
    wanted: Sequence[tuple[str, int]],
    method: PaymentMethod,
    at: datetime,
) -> Order:
    buyer = Buyer(member.name, member.phone or "", account_id=member.id)
    basket = trade.basket_of(session, shop, wanted)
    return trade.place(session, basket, buyer, {shop.id: Choice(method=method)}, at)
