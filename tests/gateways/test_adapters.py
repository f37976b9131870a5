"""What the two clients make of what the gateways answer, also when they answer nothing."""

from __future__ import annotations

import json
import time

import pytest

from marketplace.adapters.calling import LARGEST_ANSWER, Caller, rupiah_of
from marketplace.adapters.midtrans import Midtrans
from marketplace.adapters.xendit import Xendit
from marketplace.kernel.money import Rupiah
from marketplace.payments.ports import (
    Facts,
    ForgedHint,
    Gateway,
    Handle,
    UnreadableHint,
    Wanted,
)
from marketplace.payments.rules.attempts import AttemptState, GatewayFailed, ReferenceUsed
from tests.gateways.stub import CALLBACK_TOKEN, MERCHANT, SECRET_KEY, SERVER_KEY, Stub

REFERENCE = "KM-2611-0042-A-1"
WANTED = Wanted(
    reference=REFERENCE,
    amount=Rupiah(87_500),
    title="Pesanan KM-2611-0042-A di Sanan Tempe Muda",
    buyer="Sari",
    minutes=60,
    back_to="https://guyub.example/p/KM-2611-0042/rahasia",
)


def midtrans(stub: Stub, seconds: float = 2.0) -> Midtrans:
    return Midtrans(Caller("midtrans", SERVER_KEY, seconds, seconds), stub.url)


def xendit(stub: Stub, seconds: float = 2.0) -> Xendit:
    return Xendit(Caller("xendit", SECRET_KEY, seconds, seconds), CALLBACK_TOKEN, stub.url)


@pytest.fixture(params=[midtrans, xendit])
def gateway(request: pytest.FixtureRequest, stub: Stub) -> Gateway:
    return request.param(stub)


def made(gateway: Gateway) -> Handle:
    return Handle(REFERENCE, gateway.create(WANTED).provider_id)


# Making a page


def test_a_page_is_made_for_the_very_amount(gateway, stub):
    checkout = gateway.create(WANTED)

    assert checkout.address == f"{stub.url}/halaman/{REFERENCE}"
    assert stub.only().amount == 87_500


def test_midtrans_is_told_items_that_add_up_and_how_long_the_page_lives(stub):
    midtrans(stub).create(WANTED)

    (said,) = stub.bodies
    items = said["item_details"]
    assert sum(item["price"] * item["quantity"] for item in items) == 87_500
    assert said["expiry"] == {"unit": "minutes", "duration": 60}
    assert said["callbacks"] == {"finish": WANTED.back_to}
    assert len(items[0]["name"]) <= 50


def test_midtrans_refuses_a_reference_the_second_time(stub):
    midtrans(stub).create(WANTED)

    with pytest.raises(ReferenceUsed):
        midtrans(stub).create(WANTED)


def test_xendit_gives_the_first_invoice_again_instead_of_a_second_one(stub):
    first = xendit(stub).create(WANTED)

    again = xendit(stub).create(WANTED)

    assert again == first
    assert [call for call in stub.told if call == ("POST", "/v2/invoices")] == [
        ("POST", "/v2/invoices")
    ]


def test_an_invoice_that_is_over_makes_xendit_want_another_reference(stub):
    xendit(stub).create(WANTED)
    stub.expire(REFERENCE)

    with pytest.raises(ReferenceUsed):
        xendit(stub).create(WANTED)


def test_the_key_says_which_of_the_two_worlds_of_midtrans_is_meant():
    sandbox = Midtrans(Caller("midtrans", SERVER_KEY))
    real = Midtrans(Caller("midtrans", "Mid-server-CONTOH"))

    assert sandbox._host("app") == "https://app.sandbox.midtrans.com"
    assert real._host("api") == "https://api.midtrans.com"


# Asking


def test_a_paid_attempt_says_how_much_and_by_which_transaction(gateway, stub):
    handle = made(gateway)
    stub.pay(REFERENCE)

    facts = gateway.status(handle)

    assert facts == Facts(
        reference=REFERENCE,
        state=AttemptState.PAID,
        amount=Rupiah(87_500),
        currency="IDR",
        transaction=f"{gateway.name}-tx-1",
        merchant=MERCHANT,
    )


def test_an_attempt_nobody_has_begun_is_unknown_to_midtrans_and_open_at_xendit(stub):
    first = midtrans(stub)
    handle = made(first)
    assert first.status(handle) is None
    stub.attempts.clear()

    second = xendit(stub)

    assert second.status(made(second)).state is AttemptState.OPEN
    assert second.status(Handle("KM-2611-0099-A-1")) is None
    assert second.status(Handle("KM-2611-0099-A-1", "hilang")) is None


@pytest.mark.parametrize(
    ("word", "fraud", "state"),
    [
        ("pending", "accept", AttemptState.OPEN),
        ("authorize", "accept", AttemptState.OPEN),
        ("capture", "accept", AttemptState.PAID),
        ("capture", "challenge", AttemptState.UNDER_REVIEW),
        ("capture", "deny", AttemptState.REFUSED),
        ("settlement", "accept", AttemptState.PAID),
        ("deny", "deny", AttemptState.REFUSED),
        ("expire", "accept", AttemptState.OVER),
        ("cancel", "accept", AttemptState.OVER),
        ("failure", "accept", AttemptState.OVER),
        ("refund", "accept", AttemptState.PAID),
        ("chargeback", "accept", AttemptState.PAID),
    ],
)
def test_every_word_of_midtrans_has_its_state(stub, word, fraud, state):
    handle = made(midtrans(stub))
    stub.set(REFERENCE, word, fraud=fraud)

    facts = midtrans(stub).status(handle)

    assert facts.state is state
    assert facts.disputed is (word == "chargeback")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("PENDING", AttemptState.OPEN),
        ("PAID", AttemptState.PAID),
        ("SETTLED", AttemptState.PAID),
        ("EXPIRED", AttemptState.OVER),
    ],
)
def test_every_word_of_xendit_has_its_state(stub, word, state):
    handle = made(xendit(stub))
    stub.set(REFERENCE, word)

    assert xendit(stub).status(handle).state is state


def test_money_that_went_back_is_told_beside_the_money_that_came(stub):
    handle = made(midtrans(stub))
    stub.pay(REFERENCE)
    stub.give_back(REFERENCE, 20_000)

    facts = midtrans(stub).status(handle)

    assert (facts.amount, facts.refunded) == (Rupiah(87_500), Rupiah(20_000))


def test_a_word_nobody_knows_is_a_failure_and_not_money(gateway, stub):
    handle = made(gateway)
    stub.set(REFERENCE, "teleported")

    with pytest.raises(GatewayFailed):
        gateway.status(handle)


# Closing and giving back


def test_a_page_that_is_not_wanted_any_more_is_closed(gateway, stub):
    handle = made(gateway)
    stub.pending(REFERENCE)

    gateway.expire(handle)

    assert gateway.status(handle).state is AttemptState.OVER


def test_closing_what_the_gateway_does_not_know_is_no_failure(stub):
    midtrans(stub).expire(Handle("KM-2611-0099-A-1"))
    xendit(stub).expire(Handle("KM-2611-0099-A-1"))

    assert stub.told == [("POST", "/v2/KM-2611-0099-A-1/expire")]


def test_money_goes_back_under_a_key_of_its_own(gateway, stub):
    handle = made(gateway)
    stub.pay(REFERENCE)

    gateway.refund(handle, Rupiah(20_000), key="kembali-1", reason="Barang kurang")

    said = stub.bodies[-1]
    assert said["amount"] == 20_000
    assert "kembali-1" in (said.get("refund_key"), said.get("reference_id"))


# Faults


def test_a_gateway_that_is_busy_for_a_moment_is_asked_again(gateway, stub):
    handle = made(gateway)
    stub.pay(REFERENCE)
    stub.fails_with, stub.failures_left = 503, 2

    assert gateway.status(handle).state is AttemptState.PAID


def test_making_a_page_is_not_repeated_when_it_may_have_arrived(stub):
    stub.fails_with = 500

    with pytest.raises(GatewayFailed):
        midtrans(stub).create(WANTED)

    assert len(stub.told) == 1


@pytest.mark.parametrize("quick", [True, False])
def test_a_gateway_that_is_down_is_a_plain_refusal_after_few_tries(gateway, stub, quick):
    handle = made(gateway)
    before = len(stub.told)
    stub.fails_with = 500

    with pytest.raises(GatewayFailed):
        gateway.status(handle, quick=quick)

    assert len(stub.told) - before == (1 if quick else 3)


def test_a_gateway_that_is_silent_for_half_a_minute_is_not_waited_for(stub):
    stub.is_slow = True
    started = time.monotonic()

    with pytest.raises(GatewayFailed):
        midtrans(stub, seconds=0.2).create(WANTED)

    assert time.monotonic() - started < 3


def test_nobody_listening_is_a_plain_refusal():
    nobody = Midtrans(Caller("midtrans", SERVER_KEY, 0.5, 0.5), "http://127.0.0.1:9")

    with pytest.raises(GatewayFailed):
        nobody.status(Handle(REFERENCE), quick=True)


def test_a_redirect_is_not_followed(gateway, stub):
    handle = made(gateway)
    before = len(stub.told)
    stub.redirects_to = f"{stub.url}/jebakan"

    for ask in (lambda: gateway.status(handle), lambda: gateway.create(WANTED)):
        with pytest.raises(GatewayFailed):
            ask()

    assert all("jebakan" not in path for _, path in stub.told[before:])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"[[]]",
        b"{}",
        b'{"redirect_url":5,"invoice_url":[],"id":{}}',
        b"[" * 100_000,
        b'{"a":"' + b"x" * LARGEST_ANSWER + b'"}',
    ],
)
def test_an_answer_that_makes_no_sense_is_a_plain_refusal(gateway, stub, answer):
    stub.answers_with = answer

    with pytest.raises(GatewayFailed):
        gateway.create(WANTED)


@pytest.mark.parametrize(
    "amount", ["87500.50", "-1.00", "1e4", "", None, True, [], {}, 87500.5, "9" * 16, "٨٧", "NaN"]
)
def test_an_amount_that_is_no_whole_rupiah_is_not_read(amount):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the value itself
        rupiah_of(amount)


@pytest.mark.parametrize("amount", [87_500, "87500", "87500.00", "87500.0", 87500.0])
def test_whole_rupiah_are_read_as_gateways_write_them(amount):
    assert rupiah_of(amount) == Rupiah(87_500)


# News


def test_the_worked_signature_of_midtrans_is_accepted(stub):
    body = {
        "order_id": "KM-2611-0042",
        "status_code": "200",
        "gross_amount": "87500.00",
        "transaction_status": "settlement",
        "transaction_id": "tx",
        "signature_key": "b6a95a7f79060ff863dc5e1c32c974e8668bc6309bf34951ac36f68669a9f6fb"
        "e0e9ebc33adaeeb5a682685a7d8fa738bbce741dd70e973aadb74c22b15e4500",
    }

    hint = midtrans(stub).read_hint(json.dumps(body).encode(), {})

    assert (hint.reference, hint.amount, hint.word) == (
        "KM-2611-0042",
        Rupiah(87_500),
        "settlement",
    )


def test_signed_news_is_read(gateway, stub):
    made(gateway)
    _, body, headers = stub.news(stub.pay(REFERENCE))
    lowered = {name.lower(): value for name, value in headers.items()}

    hint = gateway.read_hint(body, lowered)

    assert hint.reference == REFERENCE
    assert hint.amount == Rupiah(87_500)
    assert hint.merchant == MERCHANT


@pytest.mark.parametrize("given", ["", "é", "x" * 128, "x" * 100_000, None, 5, ["x"], {"a": 1}])
def test_another_signature_is_refused_whatever_it_is(stub, given):
    made(midtrans(stub))
    _, body, _ = stub.news(stub.pay(REFERENCE))
    forged = json.dumps({**json.loads(body), "signature_key": given}).encode()

    with pytest.raises(ForgedHint):
        midtrans(stub).read_hint(forged, {})


@pytest.mark.parametrize("given", ["", "é", "x", CALLBACK_TOKEN + " ", CALLBACK_TOKEN[:-1]])
def test_another_token_is_refused_before_anything_is_read(stub, given):
    for headers in ({"x-callback-token": given}, {}):
        with pytest.raises(ForgedHint):
            xendit(stub).read_hint(b"\xff not even json", headers)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"null", b"[]", b"5", b"[" * 100_000, b'{"a":"\\ud800"}', b'{"a":"\\u0000"}'],
)
def test_news_that_is_no_object_is_refused(gateway, body):
    with pytest.raises(UnreadableHint):
        gateway.read_hint(body, {"x-callback-token": CALLBACK_TOKEN})


def test_signed_news_of_an_amount_nobody_can_read_is_refused(gateway, stub):
    made(gateway)
    attempt = stub.pay(REFERENCE)
    _, body, headers = stub.news(attempt, gross_amount="1e4", amount="1e4", paid_amount="1e4")

    with pytest.raises(UnreadableHint):
        gateway.read_hint(body, {name.lower(): value for name, value in headers.items()})
