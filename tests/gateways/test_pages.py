"""A guest pays through a gateway, page by page; and what officers see and set."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import gateways, service
from marketplace.orders.models import Order, Purchase
from marketplace.orders.rules import OrderState
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.service import attempts
from marketplace.web.clock import now
from tests.gateways.buying import Bought, buy, send
from tests.gateways.conftest import plug_in
from tests.makers import make_officer


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def order_online(client, session, stub, sanan, keripik) -> tuple[Bought, str]:
    """Fill the basket, choose to pay online and order; gives the order and its page."""
    session.commit()
    client.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "2"})
    page = client.get("/keranjang").text
    answer = client.post(
        "/bayar",
        data={
            "name": "Nadia",
            "phone": "0812 3344 5566",
            "checkout_key": hidden(page, "checkout_key"),
            "expected_total": hidden(page, "expected_total"),
            f"bayar-{sanan.id}": "gateway",
        },
    )
    assert answer.status_code == 303, answer.text
    order = session.scalars(select(Order)).one()
    bought = Bought(session, order.cooperative_id, order.id, stub)
    session.commit()
    return bought, answer.location


def post(client, bought: Bought, path: str):
    bought.session.commit()
    return client.post(path, data={"pesanan": "A"})


def test_a_guest_pays_online_from_the_basket_to_the_counter(
    client, session, stub, gateway, sanan, keripik
):
    bought, page = order_online(client, session, stub, sanan, keripik)
    waiting = client.get(page).text
    assert "Bayar online" in waiting
    assert stub.attempts == {}

    opened = post(client, bought, f"{page}/bayar-online")
    shown = client.get(opened.location).text
    link = re.search(r'href="(http[^"]*/halaman/[^"]*)"', shown)[1]
    assert link == f"{stub.url}/halaman/{bought.reference}"
    session.commit()
    assert send(client, stub.news(stub.pay(bought.reference))).status_code == 200
    paid = client.get(page).text

    assert "Pesanan masuk" in paid
    assert bought.state == ("baru", "lunas")
    for wanted in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, bought.order, wanted, actor_id=None, at=now())
    session.commit()
    assert "Sudah diambil" in client.get(page).text
    assert audit.run(session, at=now()) == []


def test_the_page_is_made_once_however_often_it_is_asked_for(
    client, session, stub, gateway, sanan, keripik
):
    bought, page = order_online(client, session, stub, sanan, keripik)

    answers = {post(client, bought, f"{page}/bayar-online").status_code for _ in range(5)}

    assert answers == {303}
    assert len(stub.attempts) == 1
    assert len(bought.attempts) == 1


def test_a_page_that_somebody_else_is_making_is_told_of(
    client, session, stub, gateway, sanan, keripik, monkeypatch
):
    """The worker may have begun it when the order was placed, a moment before the buyer asks."""
    bought, page = order_online(client, session, stub, sanan, keripik)
    monkeypatch.setattr(gateways, "PATIENCE", 0.3)
    (attempt,) = bought.attempts
    attempts.claim(session, attempt, at=now())

    answer = post(client, bought, f"{page}/bayar-online")
    shown = client.get(answer.location).text

    assert answer.status_code == 303
    assert stub.attempts == {}
    assert "Halaman bayar sedang dibuka" in shown


def test_a_gateway_that_is_down_leaves_the_order_waiting_with_a_sentence(
    client, session, stub, gateway, sanan, keripik
):
    bought, page = order_online(client, session, stub, sanan, keripik)
    stub.fails_with = 500

    refused = post(client, bought, f"{page}/bayar-online")
    stub.fails_with = None
    again = post(client, bought, f"{page}/bayar-online")

    assert refused.status_code == 503
    assert "sedang tidak menjawab" in refused.text
    assert "Bayar online" in refused.text
    assert again.status_code == 303
    assert bought.attempts[0].address is not None


def test_a_silent_gateway_does_not_hold_the_buyer_up(
    client, app, session, stub, gateway, sanan, keripik
):
    plug_in(app, stub, gateway, seconds=0.2)
    bought, page = order_online(client, session, stub, sanan, keripik)
    stub.is_slow = True

    refused = post(client, bought, f"{page}/bayar-online")

    assert refused.status_code == 503
    assert bought.state == ("menunggu_bayar", "menunggu")


def test_a_page_whose_answer_was_lost_is_followed_by_another_one(
    client, app, session, stub, sanan, keripik
):
    plug_in(app, stub, "midtrans")
    bought, page = order_online(client, session, stub, sanan, keripik)
    stub._make("midtrans", bought.reference, 30_000)  # it was made, but we never heard so

    session.commit()
    answer = post(client, bought, f"{page}/bayar-online")

    app.extensions["gateways"] = {}
    assert answer.status_code == 303
    first, second = bought.attempts
    assert (first.address, second.number) == (None, 2)
    assert second.address.endswith(second.reference)


def test_after_a_refused_card_the_buyer_gets_a_new_page_and_either_may_pay(
    client, app, session, stub, sanan, keripik
):
    plug_in(app, stub, "midtrans")
    bought, page = order_online(client, session, stub, sanan, keripik)
    post(client, bought, f"{page}/bayar-online")
    first = bought.reference
    session.commit()
    send(client, stub.news(stub.deny(first)))
    refused = client.get(page).text

    post(client, bought, f"{page}/bayar-online")
    second = bought.reference
    session.commit()
    send(client, stub.news(stub.pay(first)))

    app.extensions["gateways"] = {}
    assert "Pembayaran terakhir ditolak" in refused
    assert (first[-2:], second[-2:]) == ("-1", "-2")
    assert bought.state == ("baru", "lunas")


def test_what_is_still_missing_is_paid_on_a_page_of_its_own(
    client, app, session, stub, sanan, keripik
):
    plug_in(app, stub, "midtrans")
    bought, page = order_online(client, session, stub, sanan, keripik)
    post(client, bought, f"{page}/bayar-online")
    reference = bought.reference
    session.commit()
    send(client, stub.news(stub.pay(reference, 20_000)))

    post(client, bought, f"{page}/bayar-online")
    rest = stub.attempts[bought.reference]
    session.commit()
    send(client, stub.news(stub.pay(rest.reference)))

    app.extensions["gateways"] = {}
    assert rest.amount == 10_000
    assert bought.state == ("baru", "lunas")
    assert bought.is_sound()


def test_a_buyer_may_have_the_gateway_asked(client, session, stub, gateway, sanan, keripik):
    bought, page = order_online(client, session, stub, sanan, keripik)
    post(client, bought, f"{page}/bayar-online")
    early = client.get(post(client, bought, f"{page}/cek-bayar").location).text
    stub.pay(bought.reference)

    answer = post(client, bought, f"{page}/cek-bayar")

    assert "Uangnya belum terlihat" in early
    assert answer.status_code == 303
    assert bought.state == ("baru", "lunas")


def test_coming_back_with_good_words_in_the_address_pays_nothing(
    client, session, stub, gateway, sanan, keripik
):
    bought, page = order_online(client, session, stub, sanan, keripik)

    answer = client.get(f"{page}?order_id={bought.reference}&transaction_status=settlement")

    assert answer.status_code == 200
    assert bought.state == ("menunggu_bayar", "menunggu")


@pytest.mark.parametrize("path", ["bayar-online", "cek-bayar"])
def test_a_wrong_key_opens_no_page(client, session, stub, gateway, sanan, keripik, path):
    bought, _ = order_online(client, session, stub, sanan, keripik)
    number = bought.purchase.number
    session.commit()

    assert client.post(f"/p/{number}/{'salah' * 5}/{path}").status_code == 404


def test_an_order_paid_another_way_has_no_page(client, session, stub, gateway, sanan, keripik):
    from tests.orders.conftest import make_request

    purchase = service.place(
        session, make_request((keripik, 1), method=PaymentMethod.QRIS), at=now()
    )
    session.commit()
    page = f"/p/{purchase.number}/{purchase.key}"
    session.commit()

    answer = client.post(f"{page}/bayar-online")

    assert answer.status_code == 409
    assert client.post(f"{page}/cek-bayar").status_code == 303


@pytest.mark.parametrize("switched_on", [True, False])
@pytest.mark.parametrize("plugged_in", [True, False])
def test_paying_online_is_offered_when_site_and_cooperative_both_can(
    client, app, session, stub, sanan, keripik, switched_on, plugged_in
):
    sanan.takes_gateway = switched_on
    session.commit()
    if plugged_in:
        plug_in(app, stub, "midtrans")
    client.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "1"})

    page = client.get("/keranjang").text
    quoted = client.post(
        "/api/v1/purchases/quote",
        json={"lines": [{"variant": to_text(keripik.id), "quantity": 1}]},
    ).get_json()

    app.extensions["gateways"] = {}
    offered = switched_on and plugged_in
    assert ('value="gateway"' in page) is offered
    assert ("gateway" in quoted["orders"][0]["payment_options"]) is offered


def test_what_is_not_offered_cannot_be_chosen(client, session, sanan, keripik):
    from marketplace.orders.service.requests import WrongChoice
    from tests.orders.conftest import make_request

    with pytest.raises(WrongChoice):
        service.place(session, make_request((keripik, 1), method=PaymentMethod.GATEWAY), at=now())


def test_a_program_orders_and_finds_the_page(client, session, stub, gateway, sanan, keripik):
    session.commit()
    placed = client.post(
        "/api/v1/purchases",
        headers={"Idempotency-Key": "pesan-lewat-program-1"},
        json={
            "lines": [{"variant": to_text(keripik.id), "quantity": 2}],
            "buyer": {"name": "Nadia", "phone": "081233445566"},
            "orders": {sanan.slug: {"payment": "gateway"}},
            "expected_total": 30_000,
        },
    ).get_json()
    order = session.scalars(select(Order)).one()
    Bought(session, order.cooperative_id, order.id, stub).make_page()

    found = client.get(f"/api/v1/purchases/{placed['number']}?key={placed['key']}").get_json()

    assert placed["orders"][0]["payment"]["checkout_url"] is None
    payment = found["orders"][0]["payment"]
    assert (payment["method"], payment["state"]) == ("gateway", "menunggu")
    assert payment["checkout_url"].startswith(f"{stub.url}/halaman/")


def test_the_treasurer_switches_paying_online_on(client, app, session, stub, sanan, sign_in):
    plug_in(app, stub, "midtrans")
    sanan.takes_gateway = False
    browser = sign_in(make_officer(session, sanan, Role.TREASURER))
    path = f"/k/{sanan.slug}/kelola/pembayaran"
    session.commit()
    page = browser.get(path).text

    answer = browser.post(
        path, data={"share": "10", "payment_minutes": "60", "takes_qris": "y", "takes_gateway": "y"}
    )

    app.extensions["gateways"] = {}
    assert 'name="takes_gateway"' in page
    assert answer.status_code == 303
    session.expire_all()
    assert sanan.takes_gateway
    session.commit()
    assert 'name="takes_gateway"' not in browser.get(path).text


def test_officers_see_that_an_order_was_paid_online(
    client, session, stub, gateway, sanan, keripik, sign_in
):
    bought = buy(session, stub, gateway, keripik).make_page()
    send(client, stub.news(stub.pay(bought.reference)))
    browser = sign_in(make_officer(session, sanan))
    number = bought.order.number
    session.commit()

    page = browser.get(f"/k/{sanan.slug}/kelola/pesanan/{number}").text

    assert "Lunas online" in page
    assert bought.intent.received == Rupiah(30_000)
    assert session.scalars(select(Purchase)).one().total == Rupiah(30_000)
