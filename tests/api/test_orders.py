"""What officers do with orders by program, and what a buyer takes back."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from tests.api.conftest import purchase_of
from tests.makers import make_cooperative, make_listing, make_officer, make_point


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/orders"


def number_of(purchase):
    return purchase["orders"][0]["number"]


def test_an_officer_records_money_as_the_contract_says(officer, placed, path):
    number = number_of(placed())

    answer = officer.post(f"{path}/{number}/payment", {"received": 30_000})

    order = answer.get_json()
    assert answer.status_code == 200
    assert (order["state"], order["payment"]["state"]) == ("baru", "lunas")
    assert order["buyer"] == {"name": "Sari", "phone": "+6281234567890", "email": None}


def test_money_is_recorded_once_however_often_it_is_sent(officer, placed, path):
    number = number_of(placed())

    answers = [
        officer.post(f"{path}/{number}/payment", {"received": 20_000}, "one-bank-slip")
        for _ in range(3)
    ]
    other = officer.post(f"{path}/{number}/payment", {"received": 10_000}, "one-bank-slip")
    rest = officer.post(f"{path}/{number}/payment", {"received": 10_000})

    assert {answer.data for answer in answers} == {answers[0].data}
    assert answers[0].get_json()["payment"]["state"] == "kurang"
    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")
    assert rest.get_json()["payment"]["received"] == 30_000


def test_a_key_belongs_to_one_address(officer, placed, path):
    first, second = number_of(placed()), number_of(placed())
    officer.post(f"{path}/{first}/payment", {"received": 30_000}, "one-bank-slip")

    answer = officer.post(f"{path}/{second}/payment", {"received": 30_000}, "one-bank-slip")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "key_reused")


def test_an_order_goes_step_by_step_to_its_buyer(officer, placed, path):
    order = placed(payment="cod")["orders"][0]
    steps = f"{path}/{order['number']}/advance"

    accepted = officer.post(steps, {"to": "diproses"})
    ready = officer.post(steps, {"to": "siap_diambil"})
    wrong = officer.post(steps, {"to": "selesai", "code": "SALAH-1"})
    done = officer.post(steps, {"to": "selesai", "code": order["pickup"]["code"]})

    assert [a.get_json().get("state") for a in (accepted, ready, done)] == [
        "diproses",
        "siap_diambil",
        "selesai",
    ]
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "wrong_code")
    assert done.get_json()["payment"]["state"] == "lunas"


def test_a_step_that_cannot_be_taken_is_refused(officer, placed, path):
    number = number_of(placed())

    skipped = officer.post(f"{path}/{number}/advance", {"to": "siap_diambil"})
    unknown = officer.post(f"{path}/{number}/advance", {"to": "kedaluwarsa"})

    assert (skipped.status_code, skipped.get_json()["code"]) == (409, "wrong_step")
    assert (unknown.status_code, list(unknown.get_json()["errors"])) == (422, ["to"])


def test_a_repeated_step_is_answered_as_the_first_time(officer, placed, path):
    number = number_of(placed(payment="cod"))
    first = officer.post(f"{path}/{number}/advance", {"to": "diproses"}, "step-key")
    officer.post(f"{path}/{number}/advance", {"to": "siap_diambil"})

    again = officer.post(f"{path}/{number}/advance", {"to": "diproses"}, "step-key")

    assert again.data == first.data


def test_a_buyer_cancels_with_the_key_of_the_purchase(guest, placed, path, keripik):
    purchase = placed()
    address = f"{path}/{number_of(purchase)}/cancel"

    foreign = guest.post(address, {"key": "x" * 32})
    without = guest.post(address, {})
    answer = guest.post(address, {"key": purchase["key"]})

    assert (foreign.status_code, without.status_code) == (404, 401)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "batal")
    again = guest.post("/purchases", purchase_of(keripik, 10))
    assert again.status_code == 201


def test_a_buyers_key_opens_only_the_orders_of_that_purchase(guest, placed, path, keripik):
    mine, other = placed(), placed()

    answer = guest.post(f"{path}/{number_of(other)}/cancel", {"key": mine["key"]})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_an_officer_cancels_with_a_reason(officer, placed, path):
    number = number_of(placed(payment="cod"))
    officer.post(f"{path}/{number}/advance", {"to": "diproses"})

    answer = officer.post(f"{path}/{number}/cancel", {"reason": "Kompor rusak"})

    assert (answer.status_code, answer.get_json()["state"]) == (200, "batal")


def test_cancelling_as_an_officer_asks_for_post_and_scope(session, program, placed, path, sanan):
    number = number_of(placed(payment="cod"))
    supervisor = program(make_officer(session, sanan, Role.SUPERVISOR, "Bu Rini"))
    narrow = program(make_officer(session, sanan, Role.CHAIR, "Pak Heru"), "members")

    refused = supervisor.post(f"{path}/{number}/cancel", {})
    unscoped = narrow.post(f"{path}/{number}/cancel", {})

    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_allowed")
    assert (unscoped.status_code, unscoped.get_json()["code"]) == (403, "scope_missing")


def test_orders_are_listed_newest_first_and_narrowed_by_state(officer, placed, path):
    unpaid, new = number_of(placed()), number_of(placed(payment="cod"))

    everything = officer.get(path).get_json()
    only_new = officer.get(path, state="baru").get_json()

    assert [order["number"] for order in everything["items"]] == [new, unpaid]
    assert everything["next_cursor"] is None
    assert [order["number"] for order in only_new["items"]] == [new]


def test_pages_of_orders_have_no_gaps_or_doubles_while_new_ones_come(officer, placed, path):
    before = [number_of(placed(1)) for _ in range(5)]

    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = officer.get(path, **query).get_json()
        seen += [order["number"] for order in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        placed(1)

    assert seen == before[::-1]


def test_a_cursor_that_is_none_is_refused(officer, path):
    for cursor in ("x", "WzFd", "W10", "bnVsbA", "WyIwMCJd", "W251bGxd", "ÿ"):
        answer = officer.get(path, cursor=cursor)

        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["cursor"])


def test_an_order_of_another_cooperative_cannot_be_reached(session, officer, guest, sanan):
    velodrome = make_cooperative(session, "Velodrome", tagline="ZQ7B")
    make_point(session, velodrome, name="ZQ7B")
    cilok = make_listing(session, velodrome, "ZQ7B cilok", price=10_000)
    session.commit()
    number = number_of(guest.post("/purchases", purchase_of(cilok)).get_json())
    requests = [
        ("GET", f"/cooperatives/{velodrome.slug}/orders", None),
        ("POST", f"/cooperatives/{velodrome.slug}/orders/{number}/payment", {"received": 10_000}),
        ("POST", f"/cooperatives/{velodrome.slug}/orders/{number}/advance", {"to": "diproses"}),
        ("POST", f"/cooperatives/{velodrome.slug}/orders/{number}/cancel", {}),
        ("POST", f"/cooperatives/{sanan.slug}/orders/{number}/payment", {"received": 10_000}),
        ("POST", f"/cooperatives/{sanan.slug}/orders/{number}/cancel", {}),
    ]

    answers = [officer.send(*request) for request in requests]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 404, 404]
    assert all(b"ZQ7B" not in answer.data for answer in answers)


def test_pieces_are_taken_off_an_order_once_and_at_least_one_stays(officer, placed, sanan):
    order = placed(quantity=3)["orders"][0]
    path = f"/cooperatives/{sanan.slug}/orders/{order['number']}"
    line = {"variant": order["lines"][0]["variant"], "quantity": 1}
    body = {"lines": [line], "reason": "Bahan habis"}
    early = officer.post(f"{path}/reduce", body)
    officer.post(f"{path}/payment", {"received": order["total"]})

    less, again = (officer.post(f"{path}/reduce", body, "cut-only-once") for _ in range(2))
    all_gone = officer.post(f"{path}/reduce", {**body, "lines": [{**line, "quantity": 2}]})
    strange = officer.post(f"{path}/reduce", {**body, "lines": [{**line, "variant": "0" * 26}]})

    assert (early.status_code, early.get_json()["code"]) == (409, "wrong_step")
    assert again.data == less.data
    assert (less.get_json()["total"], less.get_json()["refund_due"]) == (30_000, 15_000)
    assert less.get_json()["lines"][0]["quantity"] == 2
    assert (all_gone.status_code, all_gone.get_json()["code"]) == (409, "nothing_left")
    assert (strange.status_code, strange.get_json()["code"]) == (409, "refund_too_much")
