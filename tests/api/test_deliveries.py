"""Zones, couriers' trips and their cash by program."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.delivery.models import Shipment
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.orders.models import Order
from tests.makers import make_cooperative, make_officer

KLOJEN, LOWOKWARU = "35.73.02", "35.73.05"
KLOJEN_ZONE = {
    "name": "Klojen", "fee": 8_000, "minimum": 20_000, "free_from": 100_000,
    "cash_up_to": 90_000, "areas": [KLOJEN],
}  # fmt: skip


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}"


@pytest.fixture
def zone(officer, path):
    return officer.post(f"{path}/delivery-zones", KLOJEN_ZONE).get_json()


@pytest.fixture
def sent(session, officer, guest, keripik, sanan, path, zone):
    """Send two bags to a door in Klojen, to be paid there; gives the key of the trip."""

    def make(payment: str = "cod") -> str:
        fulfilment = {"method": "delivery", "zone": zone["id"], "address": "Jl. Ijen 25"}
        body = {
            "lines": [{"variant": to_text(keripik.id), "quantity": 2}],
            "buyer": {"name": "Sari", "phone": "081234567890", "email": None},
            "orders": {sanan.slug: {"fulfilment": fulfilment, "payment": payment}},
            "expected_total": 38_000,
        }
        number = guest.post("/purchases", body).get_json()["orders"][0]["number"]
        here = f"{path}/orders/{number}"
        if payment != "cod":
            officer.post(f"{here}/payment", {"received": 38_000})
        for to in ("diproses", "siap"):
            officer.post(f"{here}/advance", {"to": to})
        gone = officer.post(f"{here}/advance", {"to": "dikirim", "courier": {"name": "Mas Yudi"}})
        assert gone.get_json()["state"] == "dikirim"
        order = select(Order.id).where(Order.number == number)
        key: str = session.scalars(select(Shipment.key).where(Shipment.order_id.in_(order))).one()
        return key

    return make


def test_a_zone_is_added_with_its_areas(officer, path, zone):
    listed = officer.get(f"{path}/delivery-zones").get_json()["items"]

    assert listed == [zone]
    assert zone | {"id": ""} == {
        **KLOJEN_ZONE,
        "id": "",
        "active": True,
        "areas": [{"code": KLOJEN, "name": zone["areas"][0]["name"]}],
    }


def test_a_zone_is_changed_as_a_whole(officer, path, zone):
    changed = officer.send(
        "PUT",
        f"{path}/delivery-zones/{zone['id']}",
        {"name": "Lowokwaru", "fee": 0, "areas": [LOWOKWARU]},
    ).get_json()

    assert (changed["name"], changed["fee"], changed["free_from"]) == ("Lowokwaru", 0, None)
    assert [area["code"] for area in changed["areas"]] == [LOWOKWARU]


def test_a_zone_whose_area_is_taken_is_not_added(officer, path, zone):
    answer = officer.post(f"{path}/delivery-zones", {**KLOJEN_ZONE, "name": "Lain"})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "area_taken")
    assert len(officer.get(f"{path}/delivery-zones").get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fee": 1_000_001}, "fee"),
        ({"fee": -1}, "fee"),
        ({"free_from": 19_999}, "free_from"),
        ({"name": " "}, "name"),
        ({"areas": 7}, "areas"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(officer, path, change, field):
    answer = officer.post(f"{path}/delivery-zones", KLOJEN_ZONE | change)

    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


def test_an_area_nobody_knows_is_refused(officer, path):
    answer = officer.post(f"{path}/delivery-zones", {**KLOJEN_ZONE, "areas": ["99.99.99"]})

    assert answer.status_code == 422
    assert officer.get(f"{path}/delivery-zones").get_json()["items"] == []


def test_a_retired_zone_is_offered_no_more(officer, guest, path, keripik, zone):
    officer.send("PUT", f"{path}/delivery-zones/{zone['id']}/active", {"active": False})

    quote = guest.post(
        "/purchases/quote", {"lines": [{"variant": to_text(keripik.id), "quantity": 2}]}
    ).get_json()
    options = quote["orders"][0]["fulfilment_options"]
    assert {option["method"] for option in options} == {"pickup"}


def test_a_zone_of_another_cooperative_is_not_there(session, officer, path, program, zone):
    other = make_cooperative(session, "Velodrome Rukun Jaya")
    chair = program(make_officer(session, other))
    there = f"/cooperatives/{other.slug}/delivery-zones/{zone['id']}"

    answers = [
        chair.send("PUT", there, KLOJEN_ZONE),
        chair.send("PUT", f"{there}/active", {"active": False}),
        officer.send("PUT", there, KLOJEN_ZONE),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 403]


def test_a_courier_reads_where_to_go_and_says_that_it_arrived(guest, officer, path, sent):
    key = sent()
    before = guest.get(f"{path}/deliveries/{key}").get_json()

    after = guest.post(f"{path}/deliveries/{key}/arrive", {"cash": 38_000}).get_json()

    assert before["recipient"]["name"] == "Sari"
    assert before["cash"] == 38_000
    assert before["lines"] == [{"title": "Keripik tempe", "quantity": 2}]
    assert (after["state"], after["recipient"], after["lines"]) == ("sampai", None, [])
    held = officer.get(f"{path}/courier-cash").get_json()["items"]
    assert [(one["name"], one["open"]) for one in held] == [("Mas Yudi", 38_000)]


def test_an_arrival_with_another_sum_is_refused(guest, path, sent):
    key = sent()

    answer = guest.post(f"{path}/deliveries/{key}/arrive", {"cash": 0})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "wrong_cash")


def test_what_was_paid_before_arrives_without_money(guest, officer, path, sent):
    key = sent("qris")

    answer = guest.post(f"{path}/deliveries/{key}/arrive", {"cash": 0})

    assert answer.get_json()["state"] == "sampai"
    assert officer.get(f"{path}/courier-cash").get_json()["items"] == []


def test_an_arrival_is_said_again_without_effect(guest, officer, path, sent):
    key = sent()

    answers = [
        guest.post(f"{path}/deliveries/{key}/arrive", {"cash": 38_000}, key=idempotency_key)
        for idempotency_key in ("first-time", "first-time", "another-key")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    held = officer.get(f"{path}/courier-cash").get_json()["items"]
    assert held[0]["collected"] == 38_000


def test_what_nobody_took_comes_back(guest, path, sent):
    key = sent()

    failed = guest.post(f"{path}/deliveries/{key}/fail", {"reason": "Rumah kosong"}).get_json()
    late = guest.post(f"{path}/deliveries/{key}/arrive", {"cash": 38_000})

    assert (failed["state"], failed["reason"]) == ("gagal", "Rumah kosong")
    assert (late.status_code, late.get_json()["code"]) == (409, "wrong_step")


def test_an_unknown_link_opens_nothing(guest, path):
    answers = [
        guest.get(f"{path}/deliveries/tidak-ada"),
        guest.post(f"{path}/deliveries/tidak-ada/arrive", {"cash": 0}),
        guest.post(f"{path}/deliveries/tidak-ada/fail", {"reason": "?"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_courier_hands_in_a_part_and_the_rest(guest, officer, path, sent):
    guest.post(f"{path}/deliveries/{sent()}/arrive", {"cash": 38_000})
    courier = officer.get(f"{path}/courier-cash").get_json()["items"][0]["courier"]
    there = f"{path}/courier-cash/{courier}/hand-in"

    part = officer.post(there, {"amount": 30_000}, key="hand-in-1").get_json()
    again = officer.post(there, {"amount": 30_000}, key="hand-in-1").get_json()
    more = officer.post(there, {"amount": 8_001})
    rest = officer.post(there, {"amount": 8_000}).get_json()

    assert part == again
    assert (part["open"], rest["open"]) == (8_000, 0)
    assert (more.status_code, more.get_json()["code"]) == (409, "too_much")


def test_only_who_takes_money_takes_a_hand_in(session, program, sanan, path):
    secretary = program(make_officer(session, sanan, Role.SUPERVISOR, "Pak Slamet"))

    answer = secretary.post(f"{path}/courier-cash/{to_text(new_id())}/hand-in", {"amount": 1})

    assert answer.status_code == 403
