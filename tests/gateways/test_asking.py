"""What no news told is found by asking: jobs make pages, ask, and close what is not wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.app import create_app
from marketplace.kernel.money import Rupiah
from marketplace.orders import gateways, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.models import PaymentAttempt
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.attempts import ASK_EVERY, AttemptState
from marketplace.web.extensions import db
from marketplace.web.jobs import Jobs
from marketplace.web.transactions import transaction
from tests.conftest import close, make_settings
from tests.gateways.buying import Bought, buy
from tests.gateways.conftest import plug_in
from tests.gateways.stub import Stub
from tests.makers import (
    SATURDAY,
    make_cooperative,
    make_listing,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request


class World:
    """A site that really commits, with its jobs, its gateway and a clock of its own."""

    def __init__(self, app: Flask, stub: Stub, clock: Path) -> None:
        self.app, self.stub, self.clock = app, stub, clock
        self.jobs: Jobs = app.extensions["jobs"]
        with app.app_context(), transaction() as session:
            shop = make_cooperative(session, "Sanan Tempe Muda", takes_gateway=True)
            make_point(session, shop)
            self.officer = make_officer(session, shop).id
            self.variant = make_listing(session, shop, "Keripik tempe", stock_count=20)
            session.flush()
            session.expunge_all()

    def at(self, moment: datetime) -> None:
        self.clock.write_text(moment.isoformat())

    def buy(self, gateway: str = "midtrans") -> tuple[int, object]:
        with self.app.app_context(), transaction() as session:
            wanted = make_request((self.variant, 2), method=PaymentMethod.GATEWAY, gateway=gateway)
            purchase = service.place(session, wanted, at=SATURDAY)
            order = first(session, purchase.id)
            return order.cooperative_id, order.id

    def order(self, key: tuple[int, object]) -> Order:
        with self.app.app_context():
            found = db.session().get_one(Order, key)
            db.session().expunge_all()
            return found

    def attempts(self) -> list[PaymentAttempt]:
        with self.app.app_context():
            found = db.session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id)).all()
            db.session().expunge_all()
            return list(found)


@pytest.fixture
def world(database, fresh_database, tmp_path: Path, stub: Stub) -> Iterator[World]:
    clock = tmp_path / "clock"
    clock.write_text(SATURDAY.isoformat())
    app = create_app(make_settings(fresh_database(database), tmp_path, clock_file=str(clock)))
    app.config["WTF_CSRF_ENABLED"] = False
    plug_in(app, stub, "midtrans", "xendit")
    yield World(app, stub, clock)
    close(app)


@pytest.mark.parametrize("gateway", ["midtrans", "xendit"])
def test_money_that_no_news_told_of_is_found_within_ten_minutes(world, stub, gateway):
    key = world.buy(gateway)
    world.jobs.drain()
    stub.pay(stub.only().reference)

    minutes = 0
    while world.order(key).state is OrderState.AWAITING_PAYMENT and minutes < 60:
        minutes += 1
        world.at(SATURDAY + timedelta(minutes=minutes))
        world.jobs.drain()

    assert minutes <= 10
    assert world.order(key).state is OrderState.NEW
    (attempt,) = world.attempts()
    assert (attempt.state, attempt.ask_at) == (AttemptState.PAID, None)


def test_the_worker_makes_the_page_after_the_order_was_kept(world, stub):
    world.buy()
    assert stub.told == []

    world.jobs.drain()
    world.jobs.drain()

    (attempt,) = world.attempts()
    assert attempt.address == f"{stub.url}/halaman/{attempt.reference}"
    assert len(stub.attempts) == 1


def test_a_page_that_could_not_be_made_is_made_at_the_next_try(world, stub):
    world.buy()
    stub.fails_with = 500
    world.jobs.drain()
    assert world.attempts()[0].address is None
    stub.fails_with = None

    world.jobs.drain()

    assert world.attempts()[0].address is not None


def test_a_gateway_is_asked_no_more_than_every_few_minutes_and_never_after_the_end(world, stub):
    key = world.buy()
    world.jobs.drain()
    pages = len(stub.told)

    for minute in range(90):
        world.at(SATURDAY + timedelta(minutes=minute))
        world.jobs.drain()

    asked = len([call for call in stub.told[pages:] if call[0] == "GET"])
    assert 60 // (ASK_EVERY // timedelta(minutes=1)) <= asked <= 24
    assert world.order(key).state is OrderState.EXPIRED
    assert world.attempts()[0].ask_at is None


def test_money_of_the_last_second_is_found_before_the_goods_go_back(world, stub):
    key = world.buy()
    world.jobs.drain()
    stub.pay(stub.only().reference)

    world.at(SATURDAY + timedelta(minutes=61))
    world.jobs.drain()

    assert world.order(key).state is OrderState.NEW


def test_a_gateway_that_is_down_is_not_asked_for_everybody(world, stub):
    for _ in range(8):
        world.buy()
    world.jobs.drain()
    before = len(stub.told)
    stub.fails_with = 500
    world.at(SATURDAY + timedelta(minutes=4))

    with world.app.app_context():
        gateways.ask_all(SATURDAY + timedelta(minutes=4))

    assert len(stub.told) - before == gateways.MOST_FAILURES * 3


def test_ten_minutes_of_silence_lose_nothing(world, stub):
    key = world.buy()
    world.jobs.drain()
    stub.pay(stub.only().reference)
    stub.fails_with = 503
    for minute in range(4, 14):
        world.at(SATURDAY + timedelta(minutes=minute))
        world.jobs.drain()
    assert world.order(key).state is OrderState.AWAITING_PAYMENT
    stub.fails_with = None

    world.at(SATURDAY + timedelta(minutes=17))
    world.jobs.drain()

    assert world.order(key).state is OrderState.NEW


def test_the_page_of_a_cancelled_order_is_closed(world, stub):
    key = world.buy()
    world.jobs.drain()
    reference = stub.only().reference
    stub.pending(reference)

    with world.app.app_context(), transaction() as session:
        order = session.get_one(Order, key)
        service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)
    world.jobs.drain()

    assert ("POST", f"/v2/{reference}/expire") in stub.told
    assert world.attempts()[0].state is AttemptState.OVER


def test_money_that_was_faster_than_the_cancelling_is_owed_back(world, stub):
    key = world.buy()
    world.jobs.drain()
    stub.pay(stub.only().reference)

    with world.app.app_context(), transaction() as session:
        order = session.get_one(Order, key)
        service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)
    world.jobs.drain()

    assert world.order(key).state is OrderState.CANCELLED
    assert world.order(key).refund_due == Rupiah(30_000)


def test_a_gateway_that_was_taken_away_is_waited_for_and_breaks_nothing(world, stub):
    key = world.buy()
    world.jobs.drain()
    world.app.extensions["gateways"] = {}

    world.at(SATURDAY + timedelta(minutes=4))
    world.jobs.drain()

    assert world.order(key).state is OrderState.AWAITING_PAYMENT
    assert world.attempts()[0].ask_at > SATURDAY + timedelta(minutes=4)


def test_officers_hear_of_a_dispute_once(world, stub):
    world.buy()
    world.jobs.drain()
    reference = stub.only().reference
    stub.pay(reference)
    stub.chargeback(reference)

    for minute in (4, 8, 12):
        world.at(SATURDAY + timedelta(minutes=minute))
        world.jobs.drain()

    with world.app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.account_id == world.officer)).all()
        texts = [notice.text for notice in told if "menyanggah" in notice.text]
    assert len(texts) == 1


def test_an_answer_about_another_payment_is_not_taken_for_ours(
    app, session, stub, gateway, keripik
):
    bought: Bought = buy(session, stub, gateway, keripik).make_page()
    stub.pay(bought.reference).reference = "KM-2611-9999-A-1"

    with pytest.raises(gateways.GatewayFailed):
        bought.ask()

    assert bought.state == ("menunggu_bayar", "menunggu")
