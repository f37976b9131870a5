"""News from a gateway: whatever it says, however often, only asking decides, and once."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from sqlalchemy import select

from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.orders import service
from marketplace.orders.rules import OrderState
from marketplace.outbox.models import OutboxMessage
from marketplace.payments.models import PaymentEvent
from marketplace.payments.rules.attempts import AttemptState
from marketplace.web.clock import now
from tests.gateways.buying import buy, send
from tests.gateways.conftest import plug_in
from tests.gateways.stub import CALLBACK_TOKEN

PAID = ("baru", "lunas")
WAITING = ("menunggu_bayar", "menunggu")


@pytest.fixture
def bought(session, stub, gateway, keripik):
    return buy(session, stub, gateway, keripik).make_page()


@pytest.fixture
def at_midtrans(app, session, stub, keripik):
    """Words that only Midtrans knows."""
    plug_in(app, stub, "midtrans")
    yield buy(session, stub, "midtrans", keripik).make_page()
    app.extensions["gateways"] = {}


def balances(session, cooperative_id) -> dict[str, int]:
    book = books.book_of(session, cooperative_id, Unit.SHOP)
    return {row.code: row.balance.amount for row in books.trial_balance(session, book)}


def test_news_of_a_payment_pays_the_order(client, stub, bought):
    answer = send(client, stub.news(stub.pay(bought.reference)))

    assert answer.status_code == 200
    assert bought.state == PAID
    assert bought.attempts[0].state is AttemptState.PAID
    assert bought.money == [(bought.attempts[0].provider, 30_000)]
    assert bought.is_sound()


def test_a_hundred_replays_have_one_effect(client, stub, bought):
    news = stub.news(stub.pay(bought.reference))

    answers = {send(client, news).status_code for _ in range(100)}

    assert answers == {200}
    assert bought.state == PAID
    assert bought.money == [(bought.attempts[0].provider, 30_000)]
    assert len(bought.events) == 2
    assert bought.order.refund_due == Rupiah(0)
    assert bought.is_sound()
    asked = [path for method, path in stub.told if method == "GET" and "status" in path]
    assert len(asked) <= 1


def test_news_that_says_paid_is_not_believed_while_the_gateway_does_not(client, stub, bought):
    attempt = stub.pending(bought.reference)
    words = {"transaction_status": "settlement", "status_code": "200", "status": "PAID"}

    answer = send(client, stub.news(attempt, **words))

    assert answer.status_code == 200
    assert bought.state == WAITING
    assert bought.money == []


def test_late_news_of_waiting_or_of_an_end_does_not_undo_a_payment(client, stub, bought):
    send(client, stub.news(stub.pay(bought.reference)))

    send(client, stub.news(stub.pending(bought.reference)))
    send(client, stub.news(stub.expire(bought.reference)))

    assert bought.state == PAID
    assert bought.attempts[0].state is AttemptState.PAID
    assert bought.is_sound()


def test_an_end_at_the_gateway_leaves_the_order_to_its_own_clock(client, stub, bought):
    send(client, stub.news(stub.expire(bought.reference)))

    assert bought.state == WAITING
    assert bought.attempts[0].state is AttemptState.OVER
    assert bought.attempts[0].ask_at is None


def test_news_that_comes_before_the_page_was_kept_still_pays(
    client, session, stub, gateway, keripik
):
    early = buy(session, stub, gateway, keripik)

    def pay_at_once(attempt) -> None:
        stub.before_answer = None
        assert send(client, stub.news(stub.pay(attempt.reference))).status_code == 200

    stub.before_answer = pay_at_once

    early.make_page()

    assert early.state == PAID
    assert early.attempts[0].state is AttemptState.PAID
    assert early.is_sound()


def test_the_gateway_may_be_down_when_its_news_comes(client, stub, bought):
    news = stub.news(stub.pay(bought.reference))
    stub.fails_with = 500

    answer = send(client, news)

    assert answer.status_code == 200
    assert bought.state == WAITING
    stub.fails_with = None
    bought.ask()
    assert bought.state == PAID


def test_money_that_comes_twice_is_kept_and_owed_back(client, stub, at_midtrans):
    bought = at_midtrans
    send(client, stub.news(stub.pay(bought.reference)))

    send(client, stub.news(stub.pay(bought.reference)))

    assert bought.state == ("baru", "lebih")
    assert len(bought.money) == 2
    assert bought.order.refund_due == Rupiah(30_000)
    assert bought.is_sound()


@pytest.mark.parametrize(
    ("amount", "state", "due"),
    [(1, ("menunggu_bayar", "kurang"), 0), (30_001, ("baru", "lebih"), 1)],
)
def test_another_amount_than_asked_for_is_a_state_and_never_lost(
    client, stub, bought, amount, state, due
):
    send(client, stub.news(stub.pay(bought.reference, amount)))

    assert bought.state == state
    assert bought.intent.received == Rupiah(amount)
    assert bought.order.refund_due == Rupiah(due)
    assert bought.is_sound()


def test_money_in_another_currency_is_told_to_the_officers_and_pays_nothing(
    client, stub, bought, session
):
    stub.only().currency = "SGD"

    send(client, stub.news(stub.pay(bought.reference)))

    assert bought.state == WAITING
    assert bought.money == []
    told = session.scalars(
        select(OutboxMessage).where(OutboxMessage.topic == "order.gateway_fact")
    ).one()
    assert told.facts["kind"] == "currency"


def test_money_after_the_deadline_revives_the_order(client, stub, bought, session):
    service.expire_overdue(session, at=bought.order.pay_by)
    session.commit()
    assert bought.state == ("kedaluwarsa", "kedaluwarsa")

    send(client, stub.news(stub.pay(bought.reference)))

    assert bought.state == ("baru", "lunas_terlambat")
    assert bought.is_sound()


def test_money_for_a_cancelled_order_is_owed_back_all_of_it(client, stub, at_midtrans, session):
    bought = at_midtrans
    send(client, stub.news(stub.pay(bought.reference)))
    service.cancel(session, bought.order, reason=None, actor_id=None, at=now())
    session.commit()
    assert bought.order.refund_due == Rupiah(30_000)

    send(client, stub.news(stub.pay(bought.reference)))

    assert bought.order.refund_due == Rupiah(60_000)
    assert bought.order.state is OrderState.CANCELLED
    assert bought.is_sound()


def test_the_money_is_booked_into_the_channel_until_the_goods_are_fetched(
    client, stub, bought, session
):
    send(client, stub.news(stub.pay(bought.reference)))
    held = balances(session, bought.cooperative_id)
    for wanted in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, bought.order, wanted, actor_id=None, at=now())
    session.commit()

    sold = balances(session, bought.cooperative_id)

    assert (held["1-1300"], held["2-1600"]) == (30_000, 30_000)
    assert (sold["1-1300"], sold.get("2-1600", 0)) == (30_000, 0)
    assert bought.state == ("selesai", "lunas")
    assert bought.is_sound()


# What nobody should believe


def test_news_without_or_with_a_false_signature_changes_nothing(client, stub, bought):
    attempt = stub.pay(bought.reference)
    forged = [
        stub.news(attempt, key="kunci-lain"),
        stub.news(attempt, drop="signature_key"),
    ]

    answers = [send(client, news).status_code for news in forged]

    assert answers == [403, 403]
    assert bought.state == WAITING
    assert bought.events == []


def test_an_amount_that_was_altered_after_signing_is_refused(client, stub, at_midtrans):
    bought = at_midtrans
    attempt = stub.pay(bought.reference)

    answer = send(client, stub.news(attempt, sign_first=True, gross_amount="1.00"))

    assert answer.status_code == 403
    assert bought.events == []


def test_signed_news_of_another_amount_is_kept_as_not_fitting(client, stub, bought):
    attempt = stub.pending(bought.reference)

    answer = send(client, stub.news(attempt, gross_amount="1.00", amount=1))

    assert answer.status_code == 200
    assert bought.state == WAITING
    assert [event.facts["fits"] for event in bought.events] == [False]


def test_news_of_an_unknown_order_is_taken_and_changes_nothing(client, stub, bought, session):
    before = len(stub.told)
    attempt = stub.pending(bought.reference)

    answer = send(client, stub.news(attempt, order_id="NOPE", external_id="NOPE"))

    assert answer.status_code == 200
    assert session.scalars(select(PaymentEvent)).all() == []
    assert len(stub.told) == before


def test_news_of_one_gateway_says_nothing_of_an_order_of_another(
    client, app, session, stub, keripik
):
    plug_in(app, stub, "midtrans", "xendit")
    bought = buy(session, stub, "midtrans", keripik).make_page()
    body = {"external_id": bought.reference, "id": "x", "status": "PAID", "amount": 30_000}

    answer = client.post(
        "/webhooks/xendit", json=body, headers={"X-Callback-Token": CALLBACK_TOKEN}
    )

    app.extensions["gateways"] = {}
    assert answer.status_code == 200
    assert bought.events == []


def test_without_a_gateway_there_is_nowhere_to_send_news_to(client, app):
    assert app.extensions["gateways"] == {}
    assert client.post("/webhooks/midtrans", data=b"{}").status_code == 404


def test_looking_at_the_hook_or_sending_megabytes_is_refused(client, stub, bought):
    path, body, headers = stub.news(stub.pay(bought.reference))

    assert client.get(path).status_code == 405
    huge = body[:-1] + b', "pad": "' + b"x" * 5_000_000 + b'"}'
    assert send(client, (path, huge, headers)).status_code == 413
    assert bought.events == []


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"[" * 60_000, b'{"a":NaN}'])
def test_what_is_no_news_at_all_is_a_plain_refusal(client, gateway, body):
    news = (f"/webhooks/{gateway}", body, {"X-Callback-Token": CALLBACK_TOKEN})

    answer = send(client, news)

    assert answer.status_code in (200, 400, 403)
    assert answer.is_json


@pytest.mark.parametrize("token", ["é", "\udce9", "x" * 8000])
def test_a_token_no_keyboard_types_is_refused(client, app, stub, token):
    plug_in(app, stub, "xendit")

    answer = client.post(
        "/webhooks/xendit",
        data=b"{}",
        environ_overrides={
            "HTTP_X_CALLBACK_TOKEN": token.encode("utf-8", "surrogateescape").decode("latin-1")
        },
    )

    app.extensions["gateways"] = {}
    assert answer.status_code == 403


def test_a_session_gives_no_right_on_the_hook(stub, bought, sign_in, session, sanan):
    from tests.makers import make_officer

    browser = sign_in(make_officer(session, sanan))

    answer = send(browser, stub.news(stub.pay(bought.reference), drop="signature_key"))

    assert answer.status_code == 403
    assert bought.events == []


def test_what_is_kept_of_news_holds_nothing_about_the_buyer(client, stub, bought):
    send(client, stub.news(stub.pay(bought.reference)))

    kept = json.dumps([event.facts for event in bought.events])

    assert "0812" not in kept
    assert "sari@" not in kept


# Words of officers


def test_a_payment_that_is_looked_at_stops_the_clock_until_it_is_decided(client, stub, at_midtrans):
    bought = at_midtrans
    before = bought.order.pay_by

    send(client, stub.news(stub.challenge(bought.reference)))
    reviewed, paused = bought.state, bought.order.pay_by
    send(client, stub.news(stub.deny(bought.reference)))
    refused = bought.state

    assert reviewed == ("menunggu_bayar", "diperiksa")
    assert (paused - before).total_seconds() == 48 * 3600
    assert refused == WAITING
    assert bought.order.pay_by == before
    assert bought.attempts[0].state is AttemptState.REFUSED


@pytest.mark.parametrize("what", ["chargeback", "refund", "cancel"])
def test_money_that_goes_back_at_the_gateway_is_a_fact_for_officers_once(
    client, session, stub, at_midtrans, what
):
    bought = at_midtrans
    send(client, stub.news(stub.pay(bought.reference)))
    if what == "refund":
        stub.give_back(bought.reference, 5_000)
    else:
        stub.set(bought.reference, what)

    for _ in range(3):
        send(client, stub.news(stub.only()))
        bought.ask()

    told = session.scalars(
        select(OutboxMessage).where(OutboxMessage.topic == "order.gateway_fact")
    ).all()
    assert [one.facts["kind"] for one in told] == [
        {"chargeback": "dispute", "refund": "refund", "cancel": "void"}[what]
    ]
    assert bought.state == PAID
    assert bought.is_sound()


# Any order


SEVEN = ("pending", "challenge", "deny", "pay", "expire", "give_back", "chargeback")


@pytest.mark.parametrize("order", list(permutations(SEVEN))[::504])
def test_seven_pieces_of_news_in_any_order_end_in_one_state(client, stub, at_midtrans, order):
    bought = at_midtrans
    for word in order:
        happen = getattr(stub, word)
        attempt = (
            happen(bought.reference, 5_000) if word == "give_back" else happen(bought.reference)
        )
        assert send(client, stub.news(attempt)).status_code == 200

    assert bought.state == PAID
    assert bought.money == [("midtrans", 30_000)]
    assert bought.attempts[0].state is AttemptState.PAID
    assert bought.is_sound()
