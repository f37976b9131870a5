"""Suppliers, their prices, and what members need again and again, by program."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.supply import service
from marketplace.supply.models import BaseUnit
from tests.makers import give_post, make_account, make_member


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/supply"


@pytest.fixture
def oil(session, sanan, at):
    item = service.add_item(
        session,
        sanan.id,
        name="Minyak goreng",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=at,
    )
    session.commit()
    return item


@pytest.fixture
def sri(session, sanan, program):
    account = make_account(session, "Bu Sri")
    give_post(session, sanan, account, Role.MEMBER)
    make_member(session, sanan, "Bu Sri", account=account)
    return program(account)


@pytest.fixture
def grosir(officer, path):
    facts = {"name": "Grosir Gadang", "phone": "0812 3344 5566", "lead_days": 2}
    return officer.post(f"{path}/suppliers", facts).get_json()


def pack(**changes):
    return {"pack_name": "karton", "pack_size": 4, "pack_price": 400_000, **changes}


def test_a_supplier_is_added_changed_and_no_longer_used(officer, path, grosir):
    one = f"{path}/suppliers/{grosir['id']}"

    changed = officer.send("PUT", one, {"name": "Grosir Baru", "lead_days": 3})
    taken = officer.post(f"{path}/suppliers", {"name": "Grosir Baru"})
    phone = officer.send("PUT", one, {"name": "Grosir Baru", "phone": "abc"})
    retired = officer.post(f"{one}/standing", {"active": False})
    listed = officer.get(f"{path}/suppliers").get_json()["items"]

    assert grosir["phone"] == "+6281233445566"
    assert changed.get_json()["lead_days"] == 3
    assert {taken.status_code, phone.status_code} == {422}
    assert retired.get_json()["retired_at"]
    assert [supplier["name"] for supplier in listed] == ["Grosir Baru"]


def test_a_new_price_becomes_the_one_now_and_the_old_one_history(officer, path, grosir, oil):
    prices = f"{path}/suppliers/{grosir['id']}/prices"
    item = to_text(oil.id)
    tiers = [{"packs": 10, "price": 380_000}]

    first = officer.post(prices, pack(item=item))
    second = officer.post(prices, pack(item=item, pack_price=410_000, tiers=tiers))
    (now,) = officer.get(prices).get_json()["items"]
    history = officer.get(f"{path}/items/{item}/prices").get_json()["items"]
    ended = officer.post(f"{prices}/{now['id']}/end")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (now["pack_price"], now["tiers"]) == (410_000, tiers)
    assert [row["pack_price"] for row in history] == [410_000, 400_000]
    assert (history[0]["ended_at"], bool(history[1]["ended_at"])) == (None, True)
    assert ended.get_json()["ended_at"]
    assert officer.get(prices).get_json()["items"] == []


def test_a_price_that_makes_no_sense_is_refused(officer, path, grosir, oil):
    prices = f"{path}/suppliers/{grosir['id']}/prices"
    item = to_text(oil.id)
    dearer = [{"packs": 10, "price": 480_000}]

    wrong = [
        officer.post(prices, pack(item=item, tiers=dearer)),
        officer.post(prices, pack(item=item, valid_until="2020-01-01")),
        officer.post(prices, pack(item=to_text(new_id()))),
        officer.post(prices, pack(item=item, pack_price=1.5)),
    ]

    assert {answer.status_code for answer in wrong} == {422}
    assert officer.get(prices).get_json()["items"] == []


def test_a_price_list_is_looked_at_first_and_noted_whole_or_in_part(officer, path, grosir, oil):
    address = f"{path}/suppliers/{grosir['id']}/price-list"
    rows = [pack(item="minyak  Goreng"), pack(item="Minyak gorng", pack_size=6)]

    seen = officer.post(address, {"rows": rows, "preview": True}).get_json()
    whole = officer.post(address, {"rows": rows})
    part = officer.post(address, {"rows": rows, "only_good": True}).get_json()
    again = officer.post(address, {"rows": rows[:1]}).get_json()

    assert [row["outcome"] for row in seen["rows"]] == ["baru", "salah"]
    assert "Minyak goreng" in seen["rows"][1]["problem"]
    assert (seen["noted"], whole.status_code, part["noted"]) == (0, 422, 1)
    assert [row["outcome"] for row in again["rows"]] == ["sama"]


def test_members_see_no_suppliers(sri, path, grosir):
    assert sri.get(f"{path}/suppliers").status_code == 403
    assert sri.post(f"{path}/suppliers", {"name": "Toko"}).status_code == 403


def test_a_member_keeps_a_wish_pauses_and_ends_it(sri, officer, path, oil):
    address = f"{path}/standing-requests"
    facts = {"item": to_text(oil.id), "want": 5, "every": "minggu"}

    kept = sri.post(address, facts)
    same = sri.post(address, {**facts, "want": 6, "every": "bulan"})
    one = f"{address}/{kept.get_json()['id']}"
    paused = sri.post(f"{one}/pause", {"paused": True}).get_json()
    (seen,) = officer.get(address).get_json()["items"]
    ended = sri.post(f"{one}/end").get_json()

    assert (kept.status_code, same.get_json()["id"]) == (201, kept.get_json()["id"])
    assert (seen["want"], seen["every"]) == (6, "bulan")
    assert paused["paused_at"]
    assert ended["ended_at"]
    assert sri.get(address).get_json()["items"] == []
