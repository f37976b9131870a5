"""Buying by program: the shapes of the contract, its refusals, and acting once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marketplace.cooperatives.models import Standing
from marketplace.delivery import service as delivery
from marketplace.delivery.rules import Terms
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import queries
from tests.api.conftest import count_purchases, line_of, purchase_of
from tests.makers import make_account, make_cooperative, make_listing, make_point

MUCH = Rupiah(99_000)


def test_a_quote_has_the_shape_of_the_contract(guest, keripik, sanan, session):
    answer = guest.post("/purchases/quote", {"lines": [line_of(keripik)]})

    body = answer.get_json()
    part = body["orders"][0]
    assert answer.status_code == 200
    assert (body["total"], len(body["orders"])) == (30_000, 1)
    assert (part["cooperative"], part["items_total"]) == (sanan.slug, 30_000)
    assert part["payment_options"] == ["qris", "cod"]
    option = part["fulfilment_options"][0]
    assert (option["method"], option["price"]) == ("pickup", 0)
    assert len(option["point"]) == 26
    assert option["slots"][0]["starts"].endswith("Z")
    assert (body["gone"], body["problems"], part["problem"]) == ([], [], None)


def test_a_quote_says_what_is_gone_short_or_closed(guest, keripik, session):
    lines = [line_of(keripik, 11), {"variant": to_text(new_id()), "quantity": 1}]

    body = guest.post("/purchases/quote", {"lines": lines}).get_json()

    assert body["gone"] == [lines[1]["variant"]]
    assert body["orders"][0]["lines"][0]["available"] == 10
    assert body["orders"][0]["lines"][0]["problem"] == "Tinggal 10. Kurangi jumlahnya."
    assert len(body["problems"]) == 2


def test_a_purchase_has_the_shape_of_the_contract(guest, keripik, sanan):
    body = purchase_of(keripik, cooperative=sanan)
    quote = guest.post("/purchases/quote", {"lines": body["lines"]}).get_json()
    point = quote["orders"][0]["fulfilment_options"][0]["point"]
    body["orders"][sanan.slug]["fulfilment"]["point"] = point

    answer = guest.post("/purchases", body)

    placed = answer.get_json()
    order = placed["orders"][0]
    payment = order["payment"]
    assert answer.status_code == 201
    assert placed["number"].startswith("KM-")
    assert placed["total"] == 30_000
    assert len(placed["key"]) >= 20
    assert order["number"] == placed["number"] + "-A"
    assert (order["cooperative"], order["state"]) == (sanan.slug, "menunggu_bayar")
    assert order["total"] == 30_000
    assert (payment["method"], payment["state"], payment["amount_due"]) == (
        "qris",
        "menunggu",
        30_000,
    )
    assert payment["qris"].startswith("000201")
    assert payment["expires_at"].endswith("Z")


def test_who_pays_on_collection_need_not_pay_first(placed):
    order = placed(payment="cod")["orders"][0]

    assert order["state"] == "baru"
    assert order["payment"]["qris"] is None
    assert order["payment"]["expires_at"] is None


def test_without_choices_the_first_offered_is_taken(guest, keripik):
    placed = guest.post("/purchases", purchase_of(keripik)).get_json()

    assert placed["orders"][0]["payment"]["method"] == "qris"


def test_lines_of_one_variant_are_added_up(guest, keripik):
    lines = [line_of(keripik, 1), line_of(keripik, 2)]

    placed = guest.post(
        "/purchases", purchase_of(keripik, lines=lines, expected_total=45_000)
    ).get_json()

    assert placed["orders"][0]["lines"][0]["quantity"] == 3


def test_more_of_one_variant_than_a_basket_holds_is_refused_at_the_lines(guest, keripik):
    lines = [line_of(keripik, 9_000), line_of(keripik, 9_000)]

    answer = guest.post("/purchases/quote", {"lines": lines})

    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"lines"}


def test_one_purchase_over_two_cooperatives_has_an_order_for_each(guest, keripik, session):
    velodrome = make_cooperative(session, "Velodrome")
    make_point(session, velodrome)
    cilok = make_listing(session, velodrome, "Cilok", price=10_000)
    session.commit()
    lines = [line_of(keripik), line_of(cilok)]

    body = guest.post(
        "/purchases", purchase_of(keripik, lines=lines, expected_total=50_000)
    ).get_json()

    assert [order["number"][-2:] for order in body["orders"]] == ["-A", "-B"]
    assert body["total"] == sum(order["total"] for order in body["orders"]) == 50_000


def test_too_few_goods_are_refused_with_how_many_are_left(guest, keripik, session):
    answer = guest.post("/purchases", purchase_of(keripik, 11))

    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert (body["code"], body["left"]) == ("out_of_stock", 10)
    assert body["variant"] == to_text(keripik.id)
    assert count_purchases(session) == 0


def test_goods_that_are_sold_no_more_are_out_of_stock(guest, keripik):
    unknown = [{"variant": to_text(new_id()), "quantity": 1}]

    answer = guest.post("/purchases", purchase_of(keripik, lines=unknown))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "out_of_stock")


def test_another_price_than_was_seen_is_refused_with_the_present_total(guest, keripik):
    answer = guest.post("/purchases", purchase_of(keripik, expected_total=29_999))

    body = answer.get_json()
    assert (answer.status_code, body["code"], body["total"]) == (409, "price_changed", 30_000)


def test_a_shop_on_holiday_is_closed(guest, keripik, sanan, session):
    sanan.closed_from = datetime.now(UTC).date() - timedelta(days=1)
    session.commit()

    answer = guest.post("/purchases", purchase_of(keripik))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "shop_closed")


def test_a_time_that_is_not_offered_is_refused(guest, keripik, sanan):
    body = purchase_of(keripik, cooperative=sanan)
    body["orders"][sanan.slug]["fulfilment"]["slot_starts"] = "2026-01-01T03:00:00Z"

    answer = guest.post("/purchases", body)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "slot_gone")


def test_what_is_wrong_with_a_purchase_is_said_at_its_place(guest, keripik):
    body = purchase_of(
        keripik,
        lines=[{"variant": "nonsense", "quantity": 0}],
        buyer={"name": "  ", "phone": "081234567890"},
        role="admin",
    )

    answer = guest.post("/purchases", body)

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert problem["errors"] == {
        "lines.0.variant": "Pilih salah satu yang ada.",
        "lines.0.quantity": "Isi angka 1 sampai 10.000.",
        "buyer.name": "Isi bagian ini.",
        "role": "Bagian ini tidak dikenal.",
    }


def test_phone_mail_and_cooperatives_are_checked_too(guest, keripik, sanan):
    wrong = {
        "buyer.phone": {"buyer": {"name": "Sari", "phone": "123"}},
        "buyer.email": {"buyer": {"name": "Sari", "phone": "081234567890", "email": "a@b"}},
        "orders.nowhere": {"orders": {"nowhere": {"payment": "cod"}}},
    }

    answers = {
        place: guest.post("/purchases", purchase_of(keripik, **change))
        for place, change in wrong.items()
    }

    assert {answer.status_code for answer in answers.values()} == {422}
    assert all(list(a.get_json()["errors"]) == [place] for place, a in answers.items())


def test_numbers_are_read_strictly(guest, keripik):
    for quantity in (True, "2", 2.5, 1e300, -1, None, [2], {"$gt": 0}):
        answer = guest.post(
            "/purchases/quote", {"lines": [{**line_of(keripik), "quantity": quantity}]}
        )

        assert answer.status_code == 422, quantity


def test_a_purchase_needs_a_key_that_is_one(client, keripik):
    sent = {None: "idempotency_key_missing", "short": "idempotency_key_invalid"}
    sent |= {"x" * 101: "idempotency_key_invalid", "with a blank": "idempotency_key_invalid"}

    for key, code in sent.items():
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.post("/api/v1/purchases", json=purchase_of(keripik), headers=headers)

        assert (answer.status_code, answer.get_json()["code"]) == (400, code)


def test_the_same_purchase_again_gives_the_same_answer_whatever_came_of_it(
    guest, officer, keripik, sanan, session
):
    body, key = purchase_of(keripik, cooperative=sanan), "the-same-key"
    first = guest.post("/purchases", body, key)
    number = first.get_json()["orders"][0]["number"]
    officer.post(f"/cooperatives/{sanan.slug}/orders/{number}/payment", {"received": 30_000})
    keripik.price = Rupiah(20_000)
    session.commit()

    again = guest.post("/purchases", body, key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert count_purchases(session) == 1


def test_the_same_key_with_another_purchase_is_refused(guest, keripik, session):
    guest.post("/purchases", purchase_of(keripik, 2), "the-same-key")

    other = guest.post("/purchases", purchase_of(keripik, 3), "the-same-key")

    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")
    assert count_purchases(session) == 1


def test_keys_of_different_people_do_not_meet(guest, program, keripik, session):
    sari = program(make_account(session, "Sari"), "purchases")
    guest.post("/purchases", purchase_of(keripik, 2), "the-same-key")

    mine = sari.post("/purchases", purchase_of(keripik, 3), "the-same-key")

    assert mine.status_code == 201
    assert count_purchases(session) == 2


def test_a_refused_purchase_may_be_tried_again_under_its_key(guest, keripik, session):
    body = purchase_of(keripik, expected_total=1)
    refused = guest.post("/purchases", body, "the-same-key")

    tried = guest.post("/purchases", purchase_of(keripik), "the-same-key")

    assert (refused.status_code, tried.status_code) == (409, 201)


def test_a_purchase_by_token_belongs_to_its_person(program, keripik, session):
    sari = make_account(session, "Sari")

    program(sari, "purchases").post("/purchases", purchase_of(keripik))

    assert len(queries.placed_by(session, sari.id)) == 1


def test_a_purchase_is_shown_to_whoever_has_its_key(guest, placed):
    answer = placed()

    shown = guest.get(f"/purchases/{answer['number']}", key=answer["key"])
    wrong = guest.get(f"/purchases/{answer['number']}", key="x" * 32)
    none = guest.get(f"/purchases/{answer['number']}")

    assert (shown.status_code, shown.get_json()) == (200, answer)
    assert (wrong.status_code, wrong.get_json()["code"]) == (404, "not_found")
    assert (none.status_code, list(none.get_json()["errors"])) == (422, ["key"])


def test_a_purchase_shows_how_it_stands_now(guest, officer, placed, sanan):
    answer = placed()
    number = answer["orders"][0]["number"]
    officer.post(f"/cooperatives/{sanan.slug}/orders/{number}/payment", {"received": 30_000})

    order = guest.get(f"/purchases/{answer['number']}", key=answer["key"]).get_json()["orders"][0]

    assert (order["state"], order["payment"]["state"]) == ("baru", "lunas")
    assert order["payment"]["received"] == 30_000


def test_a_closed_cooperative_sells_nothing(guest, keripik, sanan, session):
    sanan.standing = Standing.SUSPENDED
    session.commit()

    answer = guest.post("/purchases", purchase_of(keripik))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "out_of_stock")


def test_a_basket_may_be_brought_to_the_door(guest, keripik, sanan, session):
    zone = delivery.add_zone(
        session, sanan, "Klojen", Terms(Rupiah(8_000), cash_up_to=MUCH), at=datetime.now(UTC)
    )
    delivery.add_area(session, sanan, zone.id, "35.73.02", at=datetime.now(UTC))
    body = purchase_of(keripik, cooperative=sanan)

    quote = guest.post("/purchases/quote", {"lines": body["lines"]}).get_json()

    option = quote["orders"][0]["fulfilment_options"][-1]
    assert (option["method"], option["price"]) == ("delivery", 8_000)
    assert (option["needs"], option["cash"]) == ("address", True)
    assert [area["code"] for area in option["areas"]] == ["35.73.02"]
    body["orders"][sanan.slug] = {
        "fulfilment": {"method": "delivery", "zone": option["zone"], "address": "Jl. Ijen 25"},
        "payment": "cod",
    }
    body["expected_total"] = quote["total"] + 8_000
    answer = guest.post("/purchases", body)
    assert answer.status_code == 201
    order = answer.get_json()["orders"][0]
    assert (order["items_total"], order["delivery_fee"], order["total"]) == (30_000, 8_000, 38_000)
    assert (order["fulfilment"], order["pickup"]["address"]) == (
        "antar",
        "Jl. Ijen 25, Klojen, Kota Malang",
    )


def test_a_door_without_an_address_is_refused(guest, keripik, sanan, session):
    zone = delivery.add_zone(
        session, sanan, "Klojen", Terms(Rupiah(8_000), cash_up_to=MUCH), at=datetime.now(UTC)
    )
    delivery.add_area(session, sanan, zone.id, "35.73.02", at=datetime.now(UTC))
    body = purchase_of(keripik, cooperative=sanan)
    body["orders"][sanan.slug]["fulfilment"] = {"method": "delivery", "zone": to_text(zone.id)}

    answer = guest.post("/purchases", body)

    assert answer.status_code == 422
    assert "address" in answer.get_json()["errors"]
