"""Claims by program: the buyer with the purchase's key, the officer, the operator."""

from __future__ import annotations

import pytest

from tests.makers import make_account, make_cooperative, make_officer


@pytest.fixture
def bought(officer, placed, sanan):
    """A purchase of two bags of keripik that was paid and handed over."""
    purchase = placed()
    order = purchase["orders"][0]
    path = f"/cooperatives/{sanan.slug}/orders/{order['number']}"
    officer.post(f"{path}/payment", {"received": order["total"]})
    for step in ("diproses", "siap_diambil", "selesai"):
        officer.post(f"{path}/advance", {"to": step})
    return purchase


@pytest.fixture
def complain(guest, bought):
    def go(key: str | None = None, **changes: object):
        order = bought["orders"][0]
        body = {
            "key": bought["key"],
            "order": order["number"],
            "kind": "rusak",
            "words": "Remuk semua",
            "lines": [{"variant": order["lines"][0]["variant"], "quantity": 1}],
            **changes,
        }
        return guest.post(f"/purchases/{bought['number']}/claims", body, key)

    return go


@pytest.fixture
def mine(bought):
    return f"/purchases/{bought['number']}/claims"


def test_a_buyer_claims_once_and_agrees_to_the_answer(
    guest, officer, sanan, bought, complain, mine
):
    opened, again = (complain("one-claim-only") for _ in range(2))
    claim = opened.get_json()
    theirs = f"/cooperatives/{sanan.slug}/claims"
    answered = officer.post(
        f"{theirs}/{claim['id']}/answer", {"answer": "kembali_penuh", "words": "Maaf ya"}
    )
    agreed = guest.post(f"{mine}/{claim['id']}/accept", {"key": bought["key"]})

    assert (opened.status_code, claim["state"], claim["lines"][0]["quantity"]) == (201, "dibuka", 1)
    assert again.data == opened.data
    assert (answered.get_json()["state"], answered.get_json()["amount"]) == ("dijawab", 15_000)
    assert agreed.get_json()["state"] == "sepakat"
    (refund,) = officer.get(f"/cooperatives/{sanan.slug}/refunds").get_json()["items"]
    assert (refund["id"], refund["amount"]) == (agreed.get_json()["refund"], 15_000)
    assert officer.get(f"{theirs}/{claim['id']}").get_json() == agreed.get_json()
    (own,) = guest.get(mine, key=bought["key"]).get_json()["items"]
    assert own == agreed.get_json()


def test_the_operator_decides_what_was_not_agreed_on(
    session, guest, officer, program, sanan, bought, complain, mine
):
    claim = complain().get_json()
    path = f"/operator/claims/{sanan.slug}/{claim['id']}/decide"
    operator = program(make_account(session, "Mbak Operator", is_operator=True))
    early = operator.post(path, {"words": "Belum waktunya"})
    officer.post(
        f"/cooperatives/{sanan.slug}/claims/{claim['id']}/answer",
        {"answer": "tolak", "words": "Sudah diperiksa"},
    )
    raised = guest.post(f"{mine}/{claim['id']}/escalate", {"key": bought["key"]})
    waiting = operator.get("/operator/claims").get_json()["items"]
    decided = operator.post(path, {"amount": 10_000, "words": "Fotonya jelas"})

    assert (early.status_code, early.get_json()["code"]) == (409, "wrong_step")
    assert raised.get_json()["state"] == "naik"
    assert [each["id"] for each in waiting] == [claim["id"]]
    assert (decided.get_json()["state"], decided.get_json()["amount"]) == ("diputus", 10_000)
    assert operator.get("/operator/claims").get_json()["items"] == []
    assert officer.get("/operator/claims").status_code == 403
    assert officer.post(path, {"words": "Aku juga"}).status_code == 403


def test_a_claim_is_refused_with_its_reason(guest, placed, bought, complain, mine):
    waiting = placed()
    early = guest.post(
        f"/purchases/{waiting['number']}/claims",
        {
            "key": waiting["key"],
            "order": waiting["orders"][0]["number"],
            "kind": "rusak",
            "words": "Remuk",
        },
    )
    strange = complain(lines=[{"variant": "0" * 26, "quantity": 1}])
    too_many = complain(
        lines=[{"variant": bought["orders"][0]["lines"][0]["variant"], "quantity": 3}]
    )
    claim = complain().get_json()
    second = complain()
    too_soon = guest.post(f"{mine}/{claim['id']}/escalate", {"key": bought["key"]})

    assert (early.status_code, early.get_json()["code"]) == (409, "claim_too_late")
    assert (strange.status_code, strange.get_json()["code"]) == (409, "refund_too_much")
    assert (too_many.status_code, too_many.get_json()["code"]) == (409, "refund_too_much")
    assert (second.status_code, second.get_json()["code"]) == (409, "claim_open")
    assert (too_soon.status_code, too_soon.get_json()["code"]) == (409, "wrong_step")


def test_without_the_key_there_is_no_such_purchase(guest, bought, complain, mine):
    claim = complain().get_json()
    wrong = "x" * 26

    assert guest.get(mine, key=wrong).status_code == 404
    assert complain(order="KM-2611-9999-A").status_code == 404
    assert guest.post(f"{mine}/{claim['id']}/accept", {"key": wrong}).status_code == 404
    assert guest.post(f"{mine}/{'0' * 26}/accept", {"key": bought["key"]}).status_code == 404


def test_claims_are_listed_by_state_from_a_cursor_and_only_their_own(
    session, officer, program, sanan, complain
):
    claim = complain().get_json()
    path = f"/cooperatives/{sanan.slug}/claims"
    stranger = program(
        make_officer(session, make_cooperative(session, "Velodrome"), name="Pak Slamet")
    )

    page = officer.get(path, state="dibuka", limit=1).get_json()
    assert ([each["id"] for each in page["items"]], page["next_cursor"]) == ([claim["id"]], None)
    assert officer.get(path, state="diputus").get_json()["items"] == []
    assert officer.get(path, cursor="x").status_code == 422
    assert stranger.get(path).status_code == 403
    assert stranger.get(f"{path}/{claim['id']}").status_code == 403
