"""A whole round by program: from wishes over a step of price to four ways to pay, and a claim."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace import audit
from marketplace.credit import service as credit
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from tests.makers import give_post, make_account, make_member, make_officer

WANTS = {"Bu Sri": 3, "Mas Wahyu": 2, "Bu Lilik": 2, "Dewi": 1}
TYPED_BY_AN_OFFICER = "Bu Lilik"
WAYS = dict(zip(WANTS, ("tunai", "qris", "transfer", "bon"), strict=True))
PIECE = 65_000  # a carton of four at the price of the step
TERMS = {
    "supplier": "Grosir Gadang", "pack_name": "karton", "pack_size": 4, "pack_price": 280_000,
    "tiers": [{"packs": 3, "price": 260_000}],
}  # fmt: skip


@pytest.fixture
def treasurer(session, sanan, program):
    return program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}"


@pytest.fixture
def members(session, sanan, at):
    """Four members with an account, of whom one may buy on account."""
    found = {}
    for name in WANTS:
        account = make_account(session, name)
        give_post(session, sanan, account, Role.MEMBER)
        found[name] = make_member(session, sanan, name, account=account), account
    sanan.member_count = len(found)
    by = make_officer(session, sanan, Role.TREASURER, "Pak Joko").id
    credit.set_limit(session, found["Dewi"][0], Rupiah(100_000), due_days=14, by=by, at=at)
    session.commit()
    return found


@pytest.fixture
def number(officer, members, program, path):
    """A round of cooking oil in which four members have wishes, one typed by an officer."""
    facts = {"name": "Minyak goreng", "base_unit": "pcs", "unit": "jeriken", "factor": 1}
    item = officer.post(f"{path}/supply/items", facts).get_json()["id"]
    for name, want in WANTS.items():
        member, account = members[name]
        wish: dict[str, object] = {"item": item, "want": want}
        if name == TYPED_BY_AN_OFFICER:
            officer.post(f"{path}/supply/requests", {**wish, "member": to_text(member.id)})
        else:
            program(account).post(f"{path}/supply/requests", wish)
    closes = datetime.now(UTC) + timedelta(days=3)
    opened = officer.post(
        f"{path}/supply/rounds",
        {
            "closes_at": closes.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "pickup_place": "Velodrome",
            "goods": [{**TERMS, "item": item}],
        },
    )
    assert opened.status_code == 201, opened.get_json()
    return opened.get_json()["number"]


def good_of(answer):
    assert answer.status_code in (200, 201), answer.get_json()
    (good,) = answer.get_json()["goods"]
    return good


def test_a_round_is_played_to_its_end_by_program(
    session, officer, treasurer, members, number, path, at
):
    supply = f"{path}/supply"
    one = f"{supply}/rounds/{number}"

    # The step of price is a carton away: the cooperative takes it for its own shelf.
    before = good_of(officer.post(f"{one}/goods/1/stock", {"packs": 0}))
    reached = good_of(officer.post(f"{one}/goods/1/stock", {"packs": 1}))
    locked = good_of(officer.post(f"{one}/lock"))
    assert (before["outlook"]["packs"], before["outlook"]["cost"]) == (2, 560_000)
    assert (reached["outlook"]["packs"], reached["outlook"]["cost"]) == (3, 780_000)
    assert (locked["state"], locked["ordered_packs"], locked["ordered_cost"]) == (
        "dikunci", 3, 780_000,
    )  # fmt: skip

    # Another officer approves the order before it is sent.
    (order,) = officer.get(f"{supply}/purchase-orders").get_json()["items"]
    place = f"{supply}/purchase-orders/{order['number']}"
    alone = officer.post(f"{place}/approve", {"total": 780_000})
    treasurer.post(f"{place}/approve", {"total": 780_000})
    sent = officer.post(f"{place}/send", {"way": "whatsapp"}).get_json()
    assert alone.get_json()["code"] == "needs_another_person"
    assert sent["state"] == "dikirim"

    # A carton is missing at first; of the second delivery two jerrycans never came.
    goods = f"{one}/goods/1/receipts"
    came = {"quantity": 4, "cost": 260_000}
    approver = treasurer.post(goods, came)
    assert (approver.status_code, approver.get_json()["code"]) == (403, "needs_another_person")
    first = good_of(officer.post(goods, came))
    assert sum(wish["given"] for wish in first["wishes"]) == 4
    second = good_of(officer.post(goods, {"quantity": 6, "packs": 2, "cost": 520_000}))
    wishes = {wish["called"]: wish for wish in second["wishes"]}
    assert {name: wish["given"] for name, wish in wishes.items()} == WANTS
    assert {name: wish["charge"] for name, wish in wishes.items()} == {
        name: want * PIECE for name, want in WANTS.items()
    }

    # Everybody pays in a way of their own, and the supplier pays for what is missing.
    for name, wish in wishes.items():
        hand = f"{supply}/requests/{wish['id']}/hand-over"
        last = treasurer.post(hand, {"paid": wish["charge"], "way": WAYS[name]})
        assert last.status_code == 200, last.get_json()
    (claim,) = treasurer.get(f"{supply}/claims").get_json()["items"]
    ended = treasurer.post(f"{supply}/claims/{claim['id']}/settle", {"way": "tunai"})
    assert (claim["amount"], ended.get_json()["state"]) == (2 * PIECE, "diganti")
    assert good_of(last)["state"] == "selesai"

    # What came in and went out is in the books, and both sides of them are equal.
    assert audit.run(session, at=datetime.now(UTC)) == []
    balance = treasurer.get(f"{path}/books/trial-balance").get_json()
    assert balance["debit"] == balance["credit"] > 0
