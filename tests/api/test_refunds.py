"""Money that goes back by program: once however often it is sent, and never too much."""

from __future__ import annotations

import pytest

from marketplace.kernel.money import Rupiah
from marketplace.web.extensions import db
from tests.api.test_orders import number_of


@pytest.fixture
def sold(officer, placed, sanan):
    """An order of Rp 30.000 that was paid and handed over; gives its address."""
    order = placed()["orders"][0]
    path = f"/cooperatives/{sanan.slug}/orders/{order['number']}"
    officer.post(f"{path}/payment", {"received": order["total"]})
    for step in ("diproses", "siap_diambil", "selesai"):
        officer.post(f"{path}/advance", {"to": step})
    return path, order


def test_a_refund_by_line_is_agreed_to_and_paid(officer, sold, sanan):
    path, order = sold
    line = {"variant": order["lines"][0]["variant"], "quantity": 1}

    asked = officer.post(
        f"{path}/refund", {"reason": "pecah", "lines": [line], "goods_back": False}
    )
    refund = asked.get_json()
    refunds = f"/cooperatives/{sanan.slug}/refunds"
    without = officer.post(f"{refunds}/{refund['id']}/pay", {"method": "transfer"})
    paid = officer.post(
        f"{refunds}/{refund['id']}/pay", {"method": "transfer", "reference": "TRF-1"}
    )
    listed = officer.get(refunds, state="dibayar").get_json()

    assert (asked.status_code, refund["state"], refund["amount"]) == (201, "disetujui", 15_000)
    assert refund["lines"] == [
        {**line, "title": order["lines"][0]["title"], "amount": 15_000},
    ]
    assert (without.status_code, without.get_json()["code"]) == (422, "proof_missing")
    assert paid.get_json()["state"] == "dibayar"
    assert [each["id"] for each in listed["items"]] == [refund["id"]]


def test_the_same_key_asks_once_and_never_for_more_than_was_paid(officer, sold):
    path, _ = sold
    body = {"reason": "pecah", "amount": 20_000}

    first, again = (officer.post(f"{path}/refund", body, "one-refund-only") for _ in range(2))
    other = officer.post(f"{path}/refund", {**body, "amount": 1}, "one-refund-only")
    more = officer.post(f"{path}/refund", body)

    assert first.data == again.data
    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")
    assert (more.status_code, more.get_json()["code"]) == (409, "refund_too_much")


def test_above_the_limit_another_officer_has_to_agree(officer, sold, sanan):
    path, _ = sold
    sanan.refund_limit = Rupiah(10_000)
    db.session.commit()

    refund = officer.post(f"{path}/refund", {"reason": "pecah", "amount": 20_000}).get_json()
    address = path.partition("/orders/")[0] + f"/refunds/{refund['id']}"
    alone = officer.post(f"{address}/approve", {})
    early = officer.post(f"{address}/pay", {"method": "tunai"})
    back = officer.post(f"{address}/refuse", {})

    assert (refund["state"], refund["two_people"]) == ("diminta", True)
    assert (alone.status_code, alone.get_json()["code"]) == (403, "needs_another_person")
    assert (early.status_code, early.get_json()["code"]) == (409, "wrong_step")
    assert back.get_json()["state"] == "ditolak"


def test_an_order_that_goes_on_is_cancelled_before_its_money_goes_back(officer, placed, sanan):
    number = number_of(placed())
    path = f"/cooperatives/{sanan.slug}/orders/{number}"
    officer.post(f"{path}/payment", {"received": 30_000})

    early = officer.post(f"{path}/refund", {"reason": "habis"})
    officer.post(f"{path}/cancel", {"reason": "habis"})
    refund = officer.post(f"{path}/refund", {"reason": "habis"}).get_json()

    assert (early.status_code, early.get_json()["code"]) == (409, "nothing_owed")
    assert (refund["kind"], refund["amount"]) == ("terutang", 30_000)


def test_goods_that_are_not_in_the_order_cannot_come_back(officer, sold):
    path, _ = sold
    strange = {"variant": "0" * 26, "quantity": 1}

    answer = officer.post(f"{path}/refund", {"reason": "pecah", "lines": [strange]})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "refund_too_much")


def test_a_guest_gives_no_money_back(guest, sold):
    path, _ = sold

    answer = guest.post(f"{path}/refund", {"reason": "pecah"})

    assert answer.status_code == 401
