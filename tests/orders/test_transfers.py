"""Paying by transfer: an amount that names its order, and money that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.app import create_app
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Variant
from marketplace.orders import checkout, queries, service
from marketplace.orders.models import Order, Purchase
from marketplace.orders.queries import methods_of
from marketplace.orders.rules import OrderState
from marketplace.orders.rules.fetching import TooSoonToPay, slot_for
from marketplace.orders.service.requests import WrongChoice
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentIntent, Transfer
from marketplace.payments.queries import intent_of, transfer_of
from marketplace.payments.rules import (
    BankAccount,
    CodesUsedUp,
    PaymentMethod,
    PaymentState,
)
from marketplace.web.clock import now
from marketplace.web.components import hari, jam
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.conftest import close, make_settings
from tests.makers import SATURDAY, make_cooperative, make_listing, make_point
from tests.orders.conftest import first, make_request

TRANSFER = PaymentMethod.TRANSFER
JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def account(session: Session, sanan: Cooperative) -> None:
    payments.propose(session, sanan, JATIM, by=None, at=SATURDAY)


def placed(session, *wanted, at=SATURDAY, **choice) -> tuple[Order, PaymentIntent]:
    purchase = service.place(session, make_request(*wanted, method=TRANSFER, **choice), at=at)
    order = first(session, purchase.id)
    return order, intent_of(session, order.cooperative_id, order.id)


def confirm(session, order, amount, key="1", at=SATURDAY):
    return service.confirm_payment(session, order, amount, key=key, actor_id=None, at=at)


# Asking


def test_a_transfer_asks_for_a_little_less_and_says_where_to(session, keripik):
    order, intent = placed(session, (keripik, 2))

    to = transfer_of(session, intent)

    assert order.total == Rupiah(30_000)
    assert Rupiah(29_001) <= intent.amount_due <= Rupiah(29_999)
    assert to.transfer.amount == intent.amount_due
    assert to.transfer.discount == order.total - intent.amount_due
    assert to.account.account == "Bank Jatim 1234567890"
    assert audit.run(session, at=SATURDAY) == []


def test_a_transfer_has_a_day_and_half_a_day_of_grace(session, keripik):
    order, intent = placed(session, (keripik, 2))

    assert intent.expires_at == SATURDAY + DAY
    assert order.pay_by == SATURDAY + DAY + timedelta(hours=12)
    assert service.expire_overdue(session, at=order.pay_by - timedelta(seconds=1)) == 0
    assert service.expire_overdue(session, at=order.pay_by) == 1


def test_amounts_of_one_account_are_all_different(session, sanan):
    keripik = make_listing(session, sanan, "Keripik", stock_count=100)

    dues = [placed(session, (keripik, 1))[1].amount_due for _ in range(40)]

    assert len(set(dues)) == 40


@pytest.mark.parametrize("ended", ["paid", "cancelled", "expired"])
def test_an_amount_names_its_order_for_a_week_after_its_end(session, sanan, ended):
    tiny = make_listing(session, sanan, "Cilok", price=1_000, stock_count=5_000)
    order, intent = placed(session, (tiny, 1))
    _take_all_others(session, intent)
    if ended == "paid":
        confirm(session, order, intent.amount_due)
    elif ended == "cancelled":
        service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)
    else:
        service.expire_overdue(session, at=order.pay_by)
    held = transfer_of(session, intent).transfer.held_until
    assert held == SATURDAY + timedelta(days=8, hours=12)

    with pytest.raises(CodesUsedUp):
        placed(session, (tiny, 1), at=held - timedelta(seconds=1))
    _, later = placed(session, (tiny, 1), at=held)

    assert later.amount_due == intent.amount_due


def _take_all_others(session: Session, intent: PaymentIntent) -> None:
    """Let every other amount below the total name some order for a long time."""
    mine = transfer_of(session, intent).transfer
    total = mine.amount + mine.discount
    for code in range(1, 1000):
        if Rupiah(code) != mine.discount:
            other = PaymentIntent(
                cooperative_id=intent.cooperative_id,
                method=TRANSFER,
                state=PaymentState.WAITING,
                amount_due=total - Rupiah(code),
                created_at=SATURDAY,
            )
            session.add(other)
            session.flush()
            session.add(
                Transfer(
                    cooperative_id=intent.cooperative_id,
                    intent_id=other.id,
                    account_id=mine.account_id,
                    amount=total - Rupiah(code),
                    discount=Rupiah(code),
                    held_until=SATURDAY + timedelta(days=365),
                )
            )
    session.flush()


def test_a_transfer_that_cannot_be_told_apart_leaves_nothing_behind(session, sanan):
    tiny = make_listing(session, sanan, "Cilok", price=1_000, stock_count=5)
    _, intent = placed(session, (tiny, 1))
    _take_all_others(session, intent)
    session.commit()

    with pytest.raises(CodesUsedUp):
        checkout.place(make_request((tiny, 1), method=TRANSFER), at=SATURDAY)

    assert queries.quote(session, {tiny.id: 1}, at=SATURDAY).orders[0].lines[0].left == 4


# Offering


def test_transfer_is_offered_where_there_is_an_account_and_it_is_switched_on(session, sanan):
    assert methods_of(sanan) == [PaymentMethod.QRIS, TRANSFER, PaymentMethod.COD]

    sanan.takes_transfer = False

    assert TRANSFER not in methods_of(sanan)


def test_sums_too_small_to_carry_a_code_are_not_transferred(session, sanan):
    cheap = make_listing(session, sanan, "Permen", price=999)

    assert TRANSFER not in queries.quote(session, {cheap.id: 1}, at=SATURDAY).orders[0].methods
    with pytest.raises(WrongChoice):
        placed(session, (cheap, 1))
    _, intent = placed(session, (cheap, 2))
    assert intent.amount_due > Rupiah(0)


def test_an_order_keeps_the_account_it_was_placed_with(session, sanan, officer, keripik):
    _, intent = placed(session, (keripik, 1))
    other = BankAccount("BRI", "998877665544", "Koperasi Sanan")
    row = payments.propose(session, sanan, other, by=None, at=SATURDAY)
    payments.approve(session, sanan, row.id, by=officer.id, at=SATURDAY)
    payments.take_effect(session, at=SATURDAY + DAY)

    _, later = placed(session, (keripik, 1), at=SATURDAY + DAY)

    assert transfer_of(session, intent).account.number == "1234567890"
    assert transfer_of(session, later).account.number == "998877665544"


# Paying


def test_the_exact_amount_makes_the_order_a_new_one(session, keripik):
    order, intent = placed(session, (keripik, 2))

    order = confirm(session, order, intent.amount_due)

    assert order.state is OrderState.NEW
    assert intent.state is PaymentState.PAID
    assert audit.run(session, at=SATURDAY) == []


def test_a_paid_transfer_is_handed_over_without_asking_for_the_code_again(session, keripik):
    order, intent = placed(session, (keripik, 2))
    order = confirm(session, order, intent.amount_due)
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        order = service.advance(session, order, state, actor_id=None, at=SATURDAY)

    assert order.state is OrderState.FINISHED
    assert audit.run(session, at=SATURDAY) == []


def test_late_money_revives_the_order_while_the_goods_are_there(session, keripik):
    order, intent = placed(session, (keripik, 2))
    service.expire_overdue(session, at=order.pay_by)

    order = confirm(session, order, intent.amount_due, at=SATURDAY + 3 * DAY)

    assert (order.state, order.refund_due) == (OrderState.NEW, Rupiah(0))
    assert intent.state is PaymentState.PAID_LATE


def test_late_money_for_goods_that_are_gone_is_owed_back(session, sanan):
    last = make_listing(session, sanan, "Keripik terakhir", stock_count=1)
    order, intent = placed(session, (last, 1))
    service.expire_overdue(session, at=order.pay_by)
    placed(session, (last, 1), at=SATURDAY + 2 * DAY)

    order = confirm(session, order, intent.amount_due, at=SATURDAY + 3 * DAY)

    assert order.state is OrderState.EXPIRED
    assert order.refund_due == intent.amount_due


def test_late_money_in_two_parts_is_owed_back_until_it_is_enough(session, keripik):
    order, intent = placed(session, (keripik, 2))
    service.expire_overdue(session, at=order.pay_by)

    order = confirm(session, order, Rupiah(10_000), key="1", at=SATURDAY + 2 * DAY)
    assert (order.state, order.refund_due) == (OrderState.EXPIRED, Rupiah(10_000))
    order = confirm(session, order, order.total, key="2", at=SATURDAY + 3 * DAY)

    assert order.state is OrderState.NEW
    assert order.refund_due == Rupiah(10_000) + order.total - intent.amount_due


def test_too_much_moves_the_order_on_and_the_rest_is_owed_back(session, keripik):
    order, intent = placed(session, (keripik, 2))

    order = confirm(session, order, intent.amount_due + Rupiah(500))

    assert (order.state, order.refund_due) == (OrderState.NEW, Rupiah(500))
    assert intent.state is PaymentState.OVER
    assert audit.run(session, at=SATURDAY) == []


# Pages


def page_of(session, client, order: Order) -> str:
    found = session.get_one(Purchase, order.purchase_id)
    session.commit()
    return client.get(f"/p/{found.number}/{found.key}").text


def test_the_buyer_sees_where_how_much_and_until_when(app, session, client, keripik):
    at = now()
    order, intent = placed(session, (keripik, 2), at=at)
    until = intent.expires_at
    digits = f"{intent.amount_due.amount:,}".replace(",", ".")

    page = page_of(session, client, order)
    with app.test_request_context():
        told = f"{hari(until)} pukul {jam(until)}"

    assert "Bank Jatim, atas nama Koperasi Sanan" in page
    assert 'data-copy="1234567890"' in page
    assert f'data-copy="{intent.amount_due.amount}"' in page
    assert f'<span class="mark">{digits[-3:]}</span>' in page
    assert "Potongan kode unik" in page
    assert until == at + timedelta(days=1)
    assert told in page


# Races


BUYERS = 40


@pytest.fixture
def wide_app(
    database: str, fresh_database: Callable[[str], str], tmp_path: Path
) -> Iterator[Flask]:
    """An application that opens a connection for every buyer at once."""
    settings = make_settings(fresh_database(database), tmp_path, web_threads=BUYERS)
    app = create_app(settings)
    yield app
    close(app)


@pytest.fixture
def cilok(wide_app: Flask) -> Variant:
    with wide_app.app_context():
        with transaction() as session:
            sanan = make_cooperative(session, "Sanan", word="SANAN")
            make_point(session, sanan, slots=[[day, 0, 1440] for day in range(7)])
            payments.propose(session, sanan, JATIM, by=None, at=SATURDAY)
            cilok = make_listing(session, sanan, "Cilok", price=1_000, stock_count=100)
        session.refresh(cilok)
        session.expunge(cilok)
        db.session.remove()
    return cilok


@pytest.mark.race
@pytest.mark.slow
def test_forty_buyers_at_once_get_forty_amounts(wide_app, cilok):
    requests = [make_request((cilok, 1), method=TRANSFER) for _ in range(BUYERS)]

    def buy(request):
        with wide_app.app_context():
            try:
                return checkout.place(request, at=SATURDAY)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(BUYERS) as pool:
        list(pool.map(buy, requests))

    with wide_app.app_context():
        amounts = list(db.session.scalars(select(PaymentIntent.amount_due)))
        assert len(amounts) == len(set(amounts)) == BUYERS
        db.session.remove()


# Fetching


def slots(session, sanan, keripik):
    (part,) = queries.quote(session, {keripik.id: 1}, at=SATURDAY).orders
    return part.places[0].slots


def test_goods_paid_by_transfer_are_fetched_when_their_money_can_be_there(session, sanan, keripik):
    first_of_all = slots(session, sanan, keripik)[0]

    with pytest.raises(TooSoonToPay):
        placed(session, (keripik, 1), slot_starts=first_of_all.starts)
    order, intent = placed(session, (keripik, 1))
    cash = service.place(session, make_request((keripik, 1)), at=SATURDAY)

    assert first_of_all.ends <= SATURDAY + DAY
    assert order.pickup_until > intent.expires_at
    assert first(session, cash.id).pickup_from == first_of_all.starts


def test_a_cooperative_that_hands_out_only_today_takes_no_transfer(sanan, session, keripik):
    today = slots(session, sanan, keripik)[:1]

    with pytest.raises(TooSoonToPay):
        slot_for(today, None, TRANSFER, SATURDAY + DAY)
    assert slot_for(today, None, PaymentMethod.QRIS, SATURDAY + DAY) == today[0]
