"""The pages of a delivery, from the zone's settings to the treasurer's cash."""

from __future__ import annotations

import re

import pytest

from marketplace.delivery import queries
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order, Purchase
from marketplace.orders.rules import OrderState
from tests.delivery.conftest import KLOJEN, LOWOKWARU
from tests.makers import make_officer


@pytest.fixture
def manager(sign_in, officer):
    return sign_in(officer)


@pytest.fixture
def treasurer(sign_in, session, sanan):
    return sign_in(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


def managed(cooperative, path=""):
    return f"/k/{cooperative.slug}/kelola/{path}"


def test_an_empty_list_of_zones_says_what_to_do(manager, sanan):
    page = manager.get(managed(sanan, "antar"))

    assert page.status_code == 200
    assert "Belum ada zona antar" in page.text


def test_an_officer_makes_a_zone_and_chooses_its_areas(manager, sanan, session):
    facts = {"name": "Klojen", "fee": "8.000", "minimum": "", "free_from": "", "cash_up_to": ""}
    made = manager.post(managed(sanan, "antar/baru"), data=facts)
    found = manager.get(f"{made.location}?q=Klojen")
    added = manager.post(f"{made.location}/wilayah", data={"code": KLOJEN})

    [zone] = queries.zones(session, sanan.id)
    assert (made.status_code, added.status_code) == (303, 303)
    assert KLOJEN in found.text
    assert [area.code for area in zone.areas] == [KLOJEN]
    assert zone.terms.fee == Rupiah(8_000)
    manager.post(f"{made.location}/wilayah/hapus", data={"code": KLOJEN})
    assert "belum ditawarkan" in manager.get(made.location).text


def test_terms_that_contradict_each_other_are_said_in_a_sentence(manager, sanan, zone):
    facts = {"name": "Klojen", "fee": "8.000", "minimum": "50.000", "free_from": "20.000"}

    answer = manager.post(managed(sanan, f"antar/{to_text(zone.id)}"), data=facts)

    assert answer.status_code == 422
    assert "Gratis antar tidak bisa lebih kecil" in answer.text


def test_an_area_lies_in_one_zone_only(manager, sanan, zone):
    other = manager.post(managed(sanan, "antar/baru"), data={"name": "Lain", "fee": "0"})

    answer = manager.post(f"{other.location}/wilayah", data={"code": f"{LOWOKWARU}.1001"})

    assert answer.status_code == 409
    assert "sudah ada di zona Klojen dan Lowokwaru" in answer.text


def fill(client, keripik, zone, **changes):
    shop = keripik.cooperative_id
    client.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "2"})
    page = client.get("/keranjang").text
    [key] = set(re.findall(r'name="checkout_key"[^>]*value="([^"]+)"', page))
    return {
        "name": "Sari",
        "phone": "0812 3456 7890",
        "email": "",
        "checkout_key": key,
        "expected_total": "38000",
        f"ambil-{shop}": "antar",
        f"wilayah-{shop}": f"{to_text(zone.id)}|{KLOJEN}",
        f"jalan-{shop}": "Jl. Ijen 25",
        f"patokan-{shop}": "sebelah gereja",
        f"bayar-{shop}": "cod",
        **changes,
    }


def test_a_cooperative_without_zones_offers_no_delivery(client, keripik):
    client.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "2"})

    assert "Diantar ke rumah" not in client.get("/keranjang").text


def test_without_script_the_fee_is_seen_before_the_order(client, session, keripik, zone):
    form = fill(client, keripik, zone, expected_total="30000")

    first = client.post("/bayar", data=form)

    assert first.status_code == 422
    assert "Ongkos antar Rp" in first.text
    assert 'name="expected_total" type="hidden" value="38000"' in first.text
    assert 'value="Jl. Ijen 25"' in first.text
    assert session.query(Purchase).count() == 0
    second = client.post("/bayar", data={**form, "expected_total": "38000"})
    assert second.status_code == 303
    page = client.get(second.location).text
    assert "Jl. Ijen 25 (sebelah gereja), Klojen, Kota Malang" in page
    assert "Ongkos antar" in page


def test_too_small_a_basket_is_told_what_is_missing(client, keripik, zone):
    form = fill(client, keripik, zone)
    changed = {**form, f"jumlah-{to_text(keripik.id)}": "1"}
    client.post("/keranjang/ubah", data=changed)

    answer = client.post("/bayar", data={**changed, "expected_total": "15000"})

    assert answer.status_code == 409
    assert "Diantar mulai belanja" in answer.text


def place(client, session, keripik, zone):
    placed = client.post("/bayar", data=fill(client, keripik, zone))
    assert placed.status_code == 303, placed.text
    return placed.location, session.query(Order).one()


def test_from_the_basket_to_the_treasurer(
    client, manager, treasurer, session, sanan, keripik, zone
):
    tracking, order = place(client, session, keripik, zone)
    board = managed(sanan, "pesanan")
    one = f"{board}/{order.number}"
    for step in ("diproses", "siap"):
        manager.post(f"{one}/langkah", data={"ke": step})
    assert "Jl. Ijen 25" in manager.get(board).text
    courier = {"member": "", "courier_name": "Mas Yudi", "courier_phone": "0812 3450 0001"}

    sent = manager.post(f"{one}/kirim", data=courier)

    assert sent.status_code == 303
    link = re.search(rf"/k/{sanan.slug}/antar/[\w-]+", manager.get(one).text)[0]
    assert "Sedang diantar oleh Mas Yudi" in client.get(tracking).text
    page = client.get(link).text
    assert "Jl. Ijen 25" in page
    assert "+6281234567890" in page
    wrong = client.post(f"{link}/sampai", data={"paid": "37000"})
    assert wrong.status_code == 409
    done = client.post(f"{link}/sampai", data={"paid": "38000"})
    again = client.post(f"{link}/sampai", data={"paid": "38000"})
    assert (done.status_code, again.status_code) == (303, 303)
    after = client.get(link).text
    assert "Jl. Ijen 25" not in after
    assert "+6281234567890" not in after
    assert "Sudah sampai" in client.get(tracking).text
    cash = treasurer.get(managed(sanan, "uang-antar"))
    action = re.search(r'action="([^"]+uang-antar/[^"]+)"', cash.text)[1]
    key = re.search(r'name="key" value="([^"]+)"', cash.text)[1]
    for _ in range(2):
        assert treasurer.post(action, data={"amount": "20.000", "key": key}).status_code == 303
    assert queries.cash(session, sanan.id)[0].open == Rupiah(18_000)
    too_much = treasurer.post(action, data={"amount": "18.001", "key": "x" * 20})
    assert too_much.status_code == 409
    assert "tinggal" in too_much.text


def test_what_nobody_took_comes_back_with_its_reason(
    client, manager, session, sanan, keripik, zone
):
    _, order = place(client, session, keripik, zone)
    one = managed(sanan, f"pesanan/{order.number}")
    for step in ("diproses", "siap"):
        manager.post(f"{one}/langkah", data={"ke": step})
    manager.post(f"{one}/kirim", data={"courier_name": "Mas Yudi"})
    link = re.search(rf"/k/{sanan.slug}/antar/[\w-]+", manager.get(one).text)[0]

    silent = client.post(f"{link}/gagal", data={"reason": ""})
    failed = client.post(f"{link}/gagal", data={"reason": "Rumah kosong"})

    assert (silent.status_code, failed.status_code) == (422, 303)
    session.refresh(order)
    assert order.state is OrderState.READY
    assert "Tidak terantar: Rumah kosong" in manager.get(one).text


def test_a_trip_needs_a_courier(client, manager, session, sanan, keripik, zone):
    _, order = place(client, session, keripik, zone)
    one = managed(sanan, f"pesanan/{order.number}")
    for step in ("diproses", "siap"):
        manager.post(f"{one}/langkah", data={"ke": step})

    answer = manager.post(f"{one}/kirim", data={"member": "", "courier_name": ""})

    assert answer.status_code == 422
    assert "Pilih anggota atau tulis nama kurirnya." in answer.text


def test_a_wrong_link_opens_nothing(client, sanan, zone):
    assert client.get(f"/k/{sanan.slug}/antar/tidak-ada-rahasia").status_code == 404
