"""A member who paid too much and left it with her cooperative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments.rules import PaymentMethod
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda", member_count=1)
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def keripik(session, sanan):
    return make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=20)


@pytest.fixture
def lilik(session: Session) -> Account:
    return make_account(session, "Bu Lilik")


@pytest.fixture
def member(session: Session, sanan: Cooperative, lilik: Account) -> Member:
    return make_member(session, sanan, "Bu Lilik", account=lilik)


@pytest.fixture
def treasurer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.TREASURER, "Bu Wati")


@pytest.fixture
def chair(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.CHAIR, "Pak Budi")


@pytest.fixture
def overpaid(session, keripik, lilik, member) -> Callable[[int], Order]:
    """Bu Lilik pays so much too much; the cooperative owes it to her."""

    def pay(amount: int) -> Order:
        order = buy(session, lilik, (keripik, 1), method=PaymentMethod.QRIS)
        paid = order.total + Rupiah(amount)
        orders.confirm_payment(session, order, paid, key="a", actor_id=None, at=SATURDAY)
        return order

    return pay


@pytest.fixture
def saved(session, overpaid, lilik) -> Callable[[int], Order]:
    """Bu Lilik leaves what she paid too much with the cooperative."""

    def save(amount: int) -> Order:
        order = overpaid(amount)
        orders.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
        return order

    return save


def buy(session, account, *wanted, method) -> Order:
    buyer = orders.Buyer(account.name, account.phone, account_id=account.id)
    request = replace(make_request(*wanted, method=method), buyer=buyer)
    return first(session, orders.place(session, request, at=SATURDAY).id)
