"""Many checkouts of one balance at once, against databases that really commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import audit
from marketplace.balances import service as balances
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders import checkout, service
from marketplace.orders.models import Order
from marketplace.orders.service import Buyer, OrderRequest
from marketplace.payments.models import PaymentEvent
from marketplace.payments.rules import CREDIT, PaymentMethod
from marketplace.stock.queries import shelves
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
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

pytestmark = [pytest.mark.race, pytest.mark.slow]
TRIES, THREADS = 64, 8
SAVED = 20_000  # enough for one order of Rp 15.000, not for two


@dataclass(frozen=True, slots=True)
class Till:
    """A cooperative with a member who has a balance."""

    app: Flask
    shop: int
    variant: UUID
    member: UUID
    officer: UUID
    request: OrderRequest


@pytest.fixture
def till(own_app: Flask) -> Iterator[Till]:
    with own_app.app_context():
        with transaction() as session:
            sanan = make_cooperative(session, "Sanan Tempe Muda", member_count=1)
            make_point(session, sanan)
            keripik = make_listing(session, sanan, "Keripik", price=15_000, stock_count=200)
            lilik = make_account(session, "Bu Lilik")
            member = make_member(session, sanan, "Bu Lilik", account=lilik)
            buyer = Buyer(lilik.name, lilik.phone or "", account_id=lilik.id)
            request = replace(make_request((keripik, 1), method=PaymentMethod.QRIS), buyer=buyer)
            order = first(session, service.place(session, request, at=SATURDAY).id)
            paid = order.total + Rupiah(SAVED)
            service.confirm_payment(session, order, paid, key="a", actor_id=None, at=SATURDAY)
            service.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
            spend = make_request((keripik, 1), method=PaymentMethod.BALANCE)
            till = Till(
                own_app, sanan.id, keripik.id, member.id,
                make_officer(session, sanan).id, replace(spend, buyer=buyer),
            )  # fmt: skip
        yield till


def at_once(till: Till, count: int, work: Callable[[int], object]) -> list[object]:
    """Do something as often, as many at a time as there are threads; gives what came of each."""
    together = Barrier(THREADS)

    def one(number: int) -> object:
        with till.app.app_context():
            if number < THREADS:
                together.wait(30)
            try:
                return work(number)
            except RuleBroken as broken:
                return broken.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(count)))


def balance(till: Till) -> int:
    session = db.session()
    session.expire_all()
    book = books.book_of(session, till.shop, Unit.SHOP)
    assert book is not None
    kept = books.balance_of(session, book, Purpose.MEMBER_BALANCE, member_id=till.member)
    return kept.amount


def whole(till: Till) -> bool:
    """Say whether nothing half done is left: one spending, its goods, and true books."""
    session = db.session()
    spent = session.scalars(select(PaymentEvent).where(PaymentEvent.source == CREDIT)).all()
    orders = session.scalar(
        select(func.count(Order.id)).where(Order.method == PaymentMethod.BALANCE)
    )
    shelf = shelves(session, till.shop, [till.variant], day=SATURDAY.date(), at=SATURDAY)
    found = [f for f in audit.run(session, at=SATURDAY) if not f.check.startswith("outbox")]
    left = shelf[till.variant].available
    assert [str(finding) for finding in found] == []
    return len(spent) == orders == 1 and left == 200 - 1 - 1


def test_of_64_checkouts_of_one_balance_one_passes(till):
    def pay(number: int) -> object:
        request = replace(till.request, checkout_key=f"kunci-checkout-nomor-{number}")
        return checkout.place(request, at=SATURDAY).number

    outcomes = at_once(till, TRIES, pay)

    refused = [code for code in outcomes if code in ("balance_too_small", "invalid")]
    assert len(refused) == TRIES - 1
    assert balance(till) == SAVED - 15_000
    assert whole(till)


def test_the_same_checkout_twenty_times_spends_once(till):
    outcomes = at_once(till, 20, lambda _: checkout.place(till.request, at=SATURDAY).number)

    assert len(set(outcomes)) == 1
    assert balance(till) == SAVED - 15_000
    assert whole(till)


def test_a_checkout_and_pay_outs_never_take_the_same_money(till):
    def go(number: int) -> object:
        if number % 2:
            request = replace(till.request, checkout_key=f"kunci-checkout-nomor-{number}")
            return checkout.place(request, at=SATURDAY).number
        with transaction() as session:
            shop = session.get_one(Cooperative, till.shop)
            balances.ask(
                session, shop, till.member, Rupiah(15_000), key=str(number), by=till.officer,
                at=SATURDAY,
            )  # fmt: skip
        return "held"

    outcomes = at_once(till, 32, go)

    taken = [each for each in outcomes if each not in ("balance_too_small", "invalid")]
    assert len(taken) == 1
    assert balance(till) in (SAVED, SAVED - 15_000)
