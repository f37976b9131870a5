"""Orders to suppliers by program."""

from __future__ import annotations

import pytest

from marketplace.accounts.models import Account
from marketplace.supply import service
from tests.makers import make_cooperative, make_officer
from tests.supply.orders import buy

SEEN = {"total": 2_540_000}


@pytest.fixture
def bought(session, sanan, at):
    found = buy(session, at, cooperative=sanan)
    session.commit()
    return found


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/supply/purchase-orders"


@pytest.fixture
def chair(session, program, bought):
    return program(session.get_one(Account, bought.chair))


@pytest.fixture
def secretary(session, program, bought):
    return program(session.get_one(Account, bought.secretary))


def test_an_order_is_read_approved_by_another_and_sent(chair, secretary, path):
    order = chair.get(f"{path}/1").get_json()
    assert (order["state"], order["total"], order["round"]) == ("draf", 2_540_000, 1)
    assert [(line["item_name"], line["count"]) for line in order["lines"]] == [
        ("Minyak goreng 5 L", 3),
        ("Gula pasir", 2),
    ]
    assert order["link"] is None

    refused = chair.post(f"{path}/1/approve", SEEN)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "needs_another_person")
    assert secretary.post(f"{path}/1/approve", SEEN).get_json()["state"] == "disetujui"
    sent = chair.post(f"{path}/1/send", {"way": "whatsapp"}).get_json()

    assert (sent["state"], sent["sent_way"]) == ("dikirim", "whatsapp")
    assert "/pemasok/" in sent["link"]


def test_an_order_that_changed_since_it_was_read_is_not_approved(secretary, path):
    refused = secretary.post(f"{path}/1/approve", {"total": 2_539_999})
    nothing = secretary.post(f"{path}/1/approve", {})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "order_changed")
    assert (nothing.status_code, list(nothing.get_json()["errors"])) == (422, ["total"])
    assert secretary.get(f"{path}/1").get_json()["state"] == "draf"


def test_the_same_key_sends_once(chair, secretary, path):
    secretary.post(f"{path}/1/approve", SEEN)
    answers = [chair.post(f"{path}/1/send", {"way": "cetak"}, key="one-time") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].get_json() == answers[1].get_json()


@pytest.mark.parametrize("body", [{}, {"way": "merpati"}, {"way": 1}, {"way": "mail", "x": 1}])
def test_a_wrong_way_is_said_and_sends_nothing(chair, secretary, path, body):
    secretary.post(f"{path}/1/approve", SEEN)

    assert chair.post(f"{path}/1/send", body).status_code == 422
    assert chair.get(f"{path}/1").get_json()["state"] == "disetujui"


def test_the_list_gives_pages_newest_first(session, chair, bought, path, at):
    service.cancel_order(session, bought.order, at=at)
    service.draft(session, bought.oil, by=bought.chair, at=at)
    session.commit()

    first = chair.get(path, limit=1).get_json()
    second = chair.get(path, limit=1, cursor=first["next_cursor"]).get_json()

    assert [row["number"] for row in first["items"] + second["items"]] == [2, 1]
    assert second["next_cursor"] is None


def test_nobody_else_sees_or_approves_it(session, program, bought, path, guest):
    stranger = program(make_officer(session, make_cooperative(session, "Lain")))
    session.commit()

    for who in (guest, stranger):
        assert who.get(path).status_code in (401, 403, 404)
        assert who.get(f"{path}/1").status_code in (401, 403, 404)
        assert who.post(f"{path}/1/approve", SEEN).status_code in (401, 403, 404)


def test_an_unknown_number_is_not_there(chair, path):
    assert chair.get(f"{path}/99").status_code == 404
