"""Buying together by program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, GoodsReceipt
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer


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
    """A member who acts by program."""
    account = make_account(session, "Bu Sri")
    give_post(session, sanan, account, Role.MEMBER)
    make_member(session, sanan, "Bu Sri", account=account)
    return program(account)


def terms(oil, **changes):
    return {
        "item": to_text(oil.id),
        "supplier": "Grosir Gadang",
        "pack_name": "karton",
        "pack_size": 4,
        "pack_price": 280_000,
        "tiers": [{"packs": 3, "price": 260_000}],
        **changes,
    }


def round_of(*goods, **changes):
    closes = datetime.now(UTC) + timedelta(days=3)
    return {
        "closes_at": closes.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pickup_place": "Balai RW 15",
        "goods": list(goods),
        **changes,
    }


def good_of(answer):
    """Give the one good of the round that was answered."""
    (good,) = answer.get_json()["goods"]
    return good


def test_a_round_goes_from_wishes_to_handing_over(officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 6})
    opened = officer.post(f"{path}/rounds", round_of(terms(oil)))
    number = opened.get_json()["number"]
    changed = sri.post(f"{path}/requests", {"round": number, "want": 8})
    locked = officer.post(f"{path}/rounds/{number}/lock")
    arrived = officer.post(
        f"{path}/rounds/{number}/goods/1/receipts", {"quantity": 8, "cost": 559_999}
    )
    request_id = wish.get_json()["id"]
    wrong = officer.post(f"{path}/requests/{request_id}/hand-over", {"paid": 560_000})
    fetched = officer.post(f"{path}/requests/{request_id}/hand-over", {"paid": 559_999})

    assert (wish.status_code, opened.status_code, changed.status_code) == (201, 201, 201)
    assert good_of(opened)["state"] == "dibuka"
    assert good_of(opened)["tiers"] == [{"packs": 3, "price": 260_000}]
    assert good_of(opened)["outlook"]["wanted"] == 6
    assert changed.get_json()["id"] == request_id
    assert (good_of(locked)["state"], good_of(locked)["ordered_packs"]) == ("dikunci", 2)
    assert good_of(locked)["ordered_cost"] == 560_000
    assert good_of(arrived)["wishes"][0]["charge"] == 559_999
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "wrong_amount")
    assert good_of(fetched)["state"] == "selesai"


def test_every_step_sent_again_gives_its_first_answer(officer, sri, path, oil):
    sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 4})
    said = round_of(terms(oil))
    opened = [officer.post(f"{path}/rounds", said, "open-key") for _ in range(2)]
    one = f"{path}/rounds/{opened[0].get_json()['number']}"
    locked = [officer.post(f"{one}/lock", None, "lock-key") for _ in range(2)]
    goods = {"quantity": 4, "cost": 280_000}
    arrived = [officer.post(f"{one}/goods/1/receipts", goods, "slip-key") for _ in range(2)]
    wish = good_of(arrived[0])["wishes"][0]["id"]
    hand = f"{path}/requests/{wish}/hand-over"
    fetched = [officer.post(hand, {"paid": 280_000}, "hand-key") for _ in range(2)]

    for first, again in (opened, locked, arrived, fetched):
        assert first.status_code in (200, 201), first.get_json()
        assert first.data == again.data
    assert len(officer.get(f"{path}/rounds").get_json()["items"]) == 1


def test_a_member_sees_their_own_wish_and_not_those_of_others(officer, sri, session, path, oil):
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    sri.post(f"{path}/requests", {"round": number, "want": 2})

    (seen,) = sri.get(f"{path}/rounds").get_json()["items"][0]["goods"]

    assert seen["mine"]["want"] == 2
    assert "wishes" not in seen


def test_rounds_are_listed_newest_first_page_by_page(officer, path, oil):
    numbers = [
        officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"] for _ in range(3)
    ]

    first = officer.get(f"{path}/rounds", limit=2).get_json()
    officer.post(f"{path}/rounds", round_of(terms(oil)))
    second = officer.get(f"{path}/rounds", limit=2, cursor=first["next_cursor"]).get_json()
    closed = officer.get(f"{path}/rounds", state="batal").get_json()

    seen = [r["number"] for page in (first, second) for r in page["items"]]
    assert seen == numbers[::-1]
    assert closed["items"] == []


def test_an_officer_writes_a_wish_down_for_a_member(session, officer, sri, path, oil, sanan):
    lilik = make_member(session, sanan, "Bu Lilik")
    session.commit()
    body = {"item": to_text(oil.id), "want": 3, "member": to_text(lilik.id)}

    by_officer = officer.post(f"{path}/requests", body)
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    by_member = sri.post(f"{path}/requests", {**body, "want": 1})

    assert by_officer.status_code == 201
    wishes = officer.get(f"{path}/rounds").get_json()["items"][0]["goods"][0]["wishes"]
    assert [w["called"] for w in wishes] == ["Bu Lilik"]
    assert number == 1
    assert by_member.status_code == 201  # written down for the member who asks, not for others
    mine = good_of(officer.post(f"{path}/rounds", round_of(terms(oil))))["wishes"]
    assert [w["called"] for w in mine] == ["Bu Sri"]


def test_something_that_is_not_on_the_list_is_asked_for_in_words(sri, path, oil):
    named = sri.post(f"{path}/requests", {"words": "Gula aren 1 kg", "want": 2})
    nothing = sri.post(f"{path}/requests", {"want": 2})
    unknown = sri.post(f"{path}/requests", {"item": to_text(new_id()), "want": 2})
    twisted = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 2, "accept_min": 3})

    assert (named.status_code, named.get_json()["words"]) == (201, "Gula aren 1 kg")
    assert {a.status_code for a in (nothing, unknown, twisted)} == {422}
    assert list(nothing.get_json()["errors"]) == ["item"]


def test_goods_of_the_list_are_named(sri, path, oil):
    assert sri.get(f"{path}/items").get_json()["items"] == [
        {
            "id": to_text(oil.id),
            "name": "Minyak goreng",
            "unit": "jeriken",
            "base_unit": "pcs",
            "factor": 1,
            "units": [],
        }
    ]


def test_a_good_gets_a_ladder_of_units_and_a_wish_is_said_in_one(officer, sri, path):
    facts = {"name": "Mi goreng", "base_unit": "pcs", "unit": "bungkus", "factor": 1}
    item = officer.post(f"{path}/items", facts).get_json()
    units = f"{path}/items/{item['id']}/units"

    box = officer.post(units, {"name": "dus", "factor": 40})
    taken = officer.post(units, {"name": "dus", "factor": 48})
    unit = box.get_json()["units"][0]["id"]
    asked = sri.post(f"{path}/requests", {"item": item["id"], "want": 80, "unit": unit})
    half = sri.post(f"{path}/requests", {"item": item["id"], "want": 20, "unit": unit})
    strange = sri.post(f"{path}/requests", {"item": item["id"], "want": 20, "unit": item["id"]})
    left = officer.post(f"{units}/{unit}/retire").get_json()
    gone = officer.post(f"{path}/items/{item['id']}/retire")

    assert (box.status_code, asked.status_code, gone.status_code) == (201, 201, 200)
    assert (asked.get_json()["unit"], asked.get_json()["want"]) == (unit, 80)
    assert {a.status_code for a in (taken, half, strange)} == {422}
    assert left["units"] == []
    assert sri.get(f"{path}/items").get_json()["items"] == []


def test_terms_that_make_no_sense_are_refused(officer, path, oil):
    wrong = {
        "goods.0.pack_size": [{"pack_size": 0}, {"pack_size": 2**53}],
        "goods.0.item": [{"item": to_text(new_id())}],
        "goods.0.tiers.0.price": [{"tiers": [{"packs": 3, "price": 0}]}],
        "goods.0.arrives_on": [{"arrives_on": "0001-01-01"}],
    }

    for place, changes in wrong.items():
        for change in changes:
            answer = officer.post(f"{path}/rounds", round_of(terms(oil, **change)))

            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [place])


@pytest.mark.parametrize(
    "changes", [{"closes_at": "2020-01-01T00:00:00Z"}, {"closes_at": "2030-01-01 10:00"}]
)
def test_a_round_closes_in_the_future(officer, path, oil, changes):
    answer = officer.post(f"{path}/rounds", round_of(terms(oil), **changes))

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["closes_at"])


@pytest.fixture
def sugar(session, sanan, at):
    item = service.add_item(
        session, sanan.id, name="Gula", base_unit=BaseUnit.GRAM, unit="kg", factor=1000, at=at
    )
    session.commit()
    return item


def test_a_round_buys_several_goods_each_locked_when_enough_is_wanted(
    officer, sri, path, oil, sugar
):
    sack = {"supplier": "Toko Tepung", "pack_name": "sak", "pack_size": 50_000, "tiers": []}
    opened = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()
    one = f"{path}/rounds/{opened['number']}"
    added = officer.post(f"{one}/goods", terms(sugar, **sack))
    twice = officer.post(f"{one}/goods", terms(sugar, **sack))
    asks = {"round": opened["number"], "want": 4}
    unnamed = sri.post(f"{path}/requests", asks)
    named = sri.post(f"{path}/requests", {**asks, "item": to_text(oil.id)})
    locked = officer.post(f"{one}/lock")
    nothing = officer.post(f"{one}/lock")

    assert [good["item"]["name"] for good in added.get_json()["goods"]] == ["Minyak goreng", "Gula"]
    assert (twice.status_code, list(twice.get_json()["errors"])) == (422, ["item"])
    assert (unnamed.status_code, list(unnamed.get_json()["errors"])) == (422, ["item"])
    assert named.status_code == 201
    assert [good["state"] for good in locked.get_json()["goods"]] == ["dikunci", "dibuka"]
    assert (nothing.status_code, nothing.get_json()["code"]) == (409, "not_enough")


def test_the_cheapest_mix_of_packs_is_planned_and_explained(officer, sri, path, oil):
    bottle = {"pack_name": "botol", "pack_size": 1, "pack_price": 75_000}
    sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 5})

    opened = officer.post(f"{path}/rounds", round_of(terms(oil, others=[bottle])))
    number = opened.get_json()["number"]
    locked = good_of(officer.post(f"{path}/rounds/{number}/lock"))
    (order,) = officer.get(f"{path}/purchase-orders").get_json()["items"]
    same = officer.post(f"{path}/rounds", round_of(terms(oil, others=[{**bottle, "pack_size": 4}])))

    assert [(p["pack_name"], p["planned"]) for p in good_of(opened)["packs"]] == [
        ("karton", 1), ("botol", 1),
    ]  # fmt: skip
    assert good_of(opened)["plan"].startswith("1 karton + 1 botol")
    assert [pack["ordered"] for pack in locked["packs"]] == [1, 1]
    assert (locked["ordered_packs"], locked["ordered_cost"]) == (2, 355_000)
    assert [(line["pack_name"], line["count"]) for line in order["lines"]] == [
        ("karton", 1), ("botol", 1),
    ]  # fmt: skip
    assert (same.status_code, list(same.get_json()["errors"])) == (422, ["others"])


def test_a_round_is_kept_open_for_longer(officer, path, oil):
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    later = {"closes_at": "2036-01-01T13:00:00Z"}

    longer = officer.post(f"{path}/rounds/{number}/extend", later)
    past = officer.post(f"{path}/rounds/{number}/extend", {"closes_at": "2020-01-01T13:00:00Z"})

    assert longer.get_json()["closes_at"] == later["closes_at"]
    assert (past.status_code, list(past.get_json()["errors"])) == (422, ["closes_at"])


def test_a_round_with_too_few_wishes_cannot_be_locked(officer, sri, path, oil):
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    sri.post(f"{path}/requests", {"round": number, "want": 1})

    answer = officer.post(f"{path}/rounds/{number}/lock")

    body = answer.get_json()
    assert (answer.status_code, body["code"], body["missing"]) == (409, "not_enough", 3)


def test_a_part_of_a_share_is_handed_over_and_then_the_rest(officer, sri, path, oil):
    sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 4})
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    goods = {"quantity": 4, "cost": 279_999}
    arrived = officer.post(f"{path}/rounds/{number}/goods/1/receipts", goods)
    hand = f"{path}/requests/{good_of(arrived)['wishes'][0]['id']}/hand-over"

    first = officer.post(hand, {"paid": 70_000, "quantity": 1})
    stale = officer.post(hand, {"paid": 140_000, "quantity": 2})
    too_much = officer.post(hand, {"paid": 280_000, "quantity": 4, "fetched": 1})
    rest = officer.post(hand, {"paid": 209_999})

    (wish,) = good_of(first)["wishes"]
    assert (wish["fetched"], wish["to_pay"], wish["state"]) == (1, 209_999, "kebagian")
    assert (stale.status_code, stale.get_json()["code"]) == (409, "changed")
    assert (too_much.status_code, too_much.get_json()["code"]) == (422, "invalid")
    assert good_of(rest)["wishes"][0]["to_pay"] == 0
    assert good_of(rest)["state"] == "selesai"


def test_what_waits_for_a_round_cannot_be_handed_over(officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 1}).get_json()["id"]

    answer = officer.post(f"{path}/requests/{wish}/hand-over", {"paid": 0})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_ready")


def test_a_closed_round_takes_no_more_wishes(officer, sri, path, oil):
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    sri.post(f"{path}/requests", {"round": number, "want": 4})
    officer.post(f"{path}/rounds/{number}/lock")

    answer = sri.post(f"{path}/requests", {"round": number, "want": 8})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "too_late")


def test_supplies_of_another_cooperative_cannot_be_reached(session, officer, sri, path, oil):
    velodrome = make_cooperative(session, "Velodrome")
    chair = make_officer(session, velodrome)
    item = service.add_item(
        session,
        velodrome.id,
        name="ZQ7B gula",
        base_unit=BaseUnit.GRAM,
        unit="kg",
        factor=1000,
        at=datetime.now(UTC),
    )
    member = make_member(session, velodrome, "ZQ7B", account=chair)
    line = service.ask(
        session,
        member,
        service.Wanted(1000),
        item=item,
        entered_by=chair.id,
        at=datetime.now(UTC),
    )
    session.commit()
    theirs = f"/cooperatives/{velodrome.slug}/supply"
    requests = [
        ("GET", f"{theirs}/rounds", None),
        ("GET", f"{theirs}/items", None),
        ("POST", f"{theirs}/rounds", round_of(terms(item))),
        ("POST", f"{theirs}/requests", {"item": to_text(item.id), "want": 1}),
        ("POST", f"{path}/rounds", round_of(terms(item))),
        ("POST", f"{path}/requests/{to_text(line.id)}/hand-over", {"paid": 0}),
        (
            "POST",
            f"{path}/requests",
            {"item": to_text(oil.id), "want": 1, "member": to_text(member.id)},
        ),
    ]

    answers = [officer.send(*request) for request in requests]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 422, 404, 404]
    assert all(b"ZQ7B" not in answer.data for answer in answers)


def short_delivery(officer, sri, path, oil, **more):
    """Order two cartons of four, of which six jerrycans come, billed in full."""
    sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 8})
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    goods = {"quantity": 6, "cost": 560_000, **more}
    return officer.post(f"{path}/rounds/{number}/goods/1/receipts", goods)


def test_a_short_delivery_is_claimed_and_the_claim_ends(officer, sri, path, oil):
    arrived = short_delivery(officer, sri, path, oil)
    (claim,) = officer.get(f"{path}/claims").get_json()["items"]
    settle = f"{path}/claims/{claim['id']}/settle"
    missing = officer.post(settle, {"way": "barang"})
    ended = [
        officer.post(settle, {"way": "tunai", "note": "Nota 8"}, "claim-key") for _ in range(2)
    ]
    late = officer.post(settle, {"way": "potong_tagihan"})

    assert good_of(arrived)["wishes"][0]["charge"] == 420_000
    assert (claim["amount"], claim["kind"], claim["state"]) == (140_000, "kurang", "diajukan")
    assert missing.status_code == 422
    assert ended[0].get_json() == ended[1].get_json()
    assert (ended[0].get_json()["state"], ended[0].get_json()["way"]) == ("diganti", "tunai")
    assert (late.status_code, late.get_json()["code"]) == (409, "claim_settled")
    assert officer.get(f"{path}/claims", state="diajukan").get_json()["items"] == []


def test_a_program_may_spread_a_bill_and_count_what_is_broken(officer, sri, path, oil):
    arrived = short_delivery(
        officer, sri, path, oil, quantity=8, damaged=2, contested=0, kind="rusak"
    )

    wish = good_of(arrived)["wishes"][0]
    assert (wish["given"], wish["charge"]) == (6, 560_000)
    assert officer.get(f"{path}/claims").get_json()["items"] == []


@pytest.mark.parametrize("facts", [{"damaged": 7}, {"contested": 560_001}, {"kind": "lain"}])
def test_a_program_hears_what_is_wrong_with_a_delivery(officer, sri, path, oil, facts):
    answer = short_delivery(officer, sri, path, oil, **facts)

    assert answer.status_code == 422
    assert next(iter(facts)) in answer.get_json()["errors"]


def test_goods_that_come_later_are_shared_out_by_program(officer, sri, path, oil):
    short_delivery(officer, sri, path, oil)
    (claim,) = officer.get(f"{path}/claims").get_json()["items"]

    ended = officer.post(f"{path}/claims/{claim['id']}/settle", {"way": "barang", "quantity": 2})

    (good,) = officer.get(f"{path}/rounds").get_json()["items"][0]["goods"]
    assert ended.get_json()["way"] == "barang"
    assert (good["wishes"][0]["given"], good["wishes"][0]["charge"]) == (8, 560_000)


def test_a_claim_is_written_off_by_program_and_members_may_not(officer, sri, path, oil):
    short_delivery(officer, sri, path, oil)
    (claim,) = officer.get(f"{path}/claims").get_json()["items"]
    settle = f"{path}/claims/{claim['id']}/settle"

    refused = sri.post(settle, {"way": "hapus"})
    ended = officer.post(settle, {"way": "hapus"})

    assert refused.status_code == 403
    assert sri.get(f"{path}/claims").status_code == 403
    assert (ended.get_json()["state"], ended.get_json()["way"]) == ("dihapus", None)


def test_officers_share_by_hand_what_has_come(officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 8, "accept_min": 2})
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    good = f"{path}/rounds/{number}/goods/1"
    arrived = officer.post(f"{good}/receipts", {"quantity": 8, "cost": 560_000})
    body = {"seen": good_of(arrived)["sharing"]["number"], "reason": "Bu Sri mengalah"}

    def share(given, key=None):
        part = {"request": wish.get_json()["id"], "given": given}
        return officer.post(f"{good}/shares", {**body, "shares": [part]}, key)

    little, shared, again, late = share(1), share(6, "share-key"), share(6, "share-key"), share(4)

    assert little.status_code == 422
    assert good_of(shared)["sharing"] == {"number": 2, "manual_reason": "Bu Sri mengalah"}
    assert good_of(shared)["wishes"][0]["given"] == 6
    assert good_of(shared)["wishes"][0]["charge"] == 420_000
    assert again.get_json() == shared.get_json()
    assert (late.status_code, late.get_json()["code"]) == (409, "changed")


def test_a_member_does_not_share_by_hand(officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 4}).get_json()["id"]
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    part = {"request": wish, "given": 4}

    answer = sri.post(
        f"{path}/rounds/{number}/goods/1/shares",
        {"seen": 1, "reason": "Iseng", "shares": [part]},
    )

    assert answer.status_code == 403


def dearer_than_allowed(officer, sri, path, oil) -> str:
    """Let 8 come for 70,000 each, of which Bu Sri would pay 69,999; gives her wish."""
    wish = sri.post(
        f"{path}/requests", {"item": to_text(oil.id), "want": 8, "price_cap": 69_999}
    ).get_json()
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    arrived = officer.post(
        f"{path}/rounds/{number}/goods/1/receipts", {"quantity": 8, "cost": 560_000}
    )
    (shown,) = good_of(arrived)["wishes"]
    assert (wish["price_cap"], shown["price_cap"], shown["state"]) == (69_999, 69_999, "tanya_dulu")
    return f"{path}/requests/{wish['id']}"


def test_a_price_above_what_was_allowed_is_answered_by_program(officer, sri, path, oil):
    wish = dearer_than_allowed(officer, sri, path, oil)

    early = officer.post(f"{wish}/hand-over", {"paid": 560_000})
    other = sri.post(f"{wish}/price-answer", {"accept": True, "charge": 1})
    unsaid = officer.post(f"{wish}/price-answer", {"accept": True, "charge": 560_000})
    said = sri.post(f"{wish}/price-answer", {"accept": True, "charge": 560_000}, "answer-key-1")
    again = sri.post(f"{wish}/price-answer", {"accept": True, "charge": 560_000}, "answer-key-2")

    assert early.get_json()["code"] == "not_ready"
    assert (other.status_code, other.get_json()["code"]) == (409, "changed")
    assert "note" in unsaid.get_json()["errors"]
    assert (said.get_json()["state"], again.get_json()["state"]) == ("kebagian", "kebagian")


def test_an_officer_says_no_for_a_member_by_program(officer, sri, path, oil):
    wish = dearer_than_allowed(officer, sri, path, oil)
    body = {"accept": False, "charge": 560_000, "note": "Lewat telepon"}

    said = officer.post(f"{wish}/price-answer", body)
    late = sri.post(f"{wish}/price-answer", {"accept": True, "charge": 560_000})

    assert said.get_json()["state"] == "menolak_harga"
    assert (late.status_code, late.get_json()["code"]) == (409, "not_asked")


def test_what_nobody_fetched_is_decided_of_by_program(session, officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 8}).get_json()
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    officer.post(f"{path}/rounds/{number}/goods/1/receipts", {"quantity": 8, "cost": 560_000})
    share = f"{path}/requests/{wish['id']}/unfetched"
    body = {"what": "stok", "reason": "Pindah rumah", "seen": 8}

    early = officer.post(share, body)
    for receipt in session.scalars(select(GoodsReceipt)):
        receipt.at -= timedelta(days=5)
    session.commit()
    (listed,) = officer.get(f"{path}/rounds/{number}/unfetched").get_json()["items"]
    member = sri.post(share, body)
    said = officer.post(share, body, "decide-key-1")
    undone = officer.post(f"{share}/undo", {}, "undo-key-1")
    nothing = officer.post(f"{share}/undo", {}, "undo-key-2")

    assert (early.status_code, early.get_json()["code"]) == (409, "not_unfetched")
    assert (listed["left"], listed["to_pay"], listed["days"]) == (8, 560_000, 2)
    assert member.status_code == 403
    assert (said.get_json()["what"], said.get_json()["quantity"]) == ("stok", 8)
    assert undone.get_json()["undone_at"]
    assert nothing.status_code == 404


def test_goods_are_brought_back_by_program(officer, sri, path, oil):
    wish = sri.post(f"{path}/requests", {"item": to_text(oil.id), "want": 8}).get_json()
    number = officer.post(f"{path}/rounds", round_of(terms(oil))).get_json()["number"]
    officer.post(f"{path}/rounds/{number}/lock")
    officer.post(f"{path}/rounds/{number}/goods/1/receipts", {"quantity": 8, "cost": 560_000})
    request = f"{path}/requests/{wish['id']}"
    officer.post(f"{request}/hand-over", {"paid": 560_000})
    (hand,) = officer.get(f"{request}/hand-overs").get_json()["items"]
    body = {"quantity": 3, "reason": "Penyok", "goes_to": "stok", "way": "tunai"}
    returns = f"{path}/hand-overs/{hand['id']}/returns"

    done = officer.post(returns, body, "return-key-1").get_json()
    again = officer.post(returns, body, "return-key-1").get_json()
    beyond = officer.post(returns, {**body, "quantity": 6}, "return-key-2")
    (left,) = officer.get(f"{request}/hand-overs").get_json()["items"]
    undone = officer.post(f"{path}/returns/{done['id']}/undo", {}, "return-undo-1").get_json()

    assert (hand["quantity"], hand["returned"], hand["paid"]) == (8, 0, 560_000)
    assert (done["back"], done["id"]) == (210_000, again["id"])
    assert beyond.status_code == 422
    assert left["returned"] == 3
    assert undone["undone_at"]
