"""What no news told is found by asking: jobs make pages, ask, and close what is not wanted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.kernel.money import Rupiah
from marketplace.orders import gateways, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.rules.attempts import ASK_EVERY, AttemptState
from marketplace.web.transactions import transaction
from tests.gateways.buying import Bought, buy
from tests.makers import (
    SATURDAY,
)


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

    assert len([text for text in world.notices() if "menyanggah" in text]) == 1


def test_an_answer_about_another_payment_is_not_taken_for_ours(
    app, session, stub, gateway, keripik
):
    bought: Bought = buy(session, stub, gateway, keripik).make_page()
    stub.pay(bought.reference).reference = "KM-2611-9999-A-1"

    with pytest.raises(gateways.GatewayFailed):
        bought.ask()

    assert bought.state == ("menunggu_bayar", "menunggu")
