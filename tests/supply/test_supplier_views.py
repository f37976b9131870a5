"""The pages of suppliers and prices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, PackOffer, Supplier
from marketplace.supply.rules import PackTerms
from marketplace.supply.service import SupplierFacts
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_officer

CARTON = PackTerms("karton", 4, Rupiah(400_000), tiers=((10, 380_000), (50, 372_000)))


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def path(velodrome):
    return f"/k/{velodrome.slug}/kelola/kulakan"


@pytest.fixture
def chair(session, velodrome, sign_in):
    return sign_in(make_officer(session, velodrome))


@pytest.fixture
def oil(session, velodrome):
    return service.add_item(
        session, velodrome.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE,
        unit="jeriken", factor=1, at=now(),
    )  # fmt: skip


@pytest.fixture
def gadang(session, velodrome):
    facts = SupplierFacts("Grosir Gadang", phone="+6281234567890", lead_days=2)
    found = service.add_supplier(session, velodrome.id, facts, at=now())
    session.commit()
    return found


@pytest.fixture
def own(path, gadang):
    return f"{path}/pemasok/{to_text(gadang.id)}"


def send_list(browser, own, text):
    file = {"file": (BytesIO(text.encode()), "harga.csv")}
    return browser.post(f"{own}/daftar-harga", data=file)


def test_an_empty_list_says_what_suppliers_are_for(chair, path):
    page = chair.get(f"{path}/pemasok").text

    assert "Belum ada pemasok" in page
    assert "Tambah pemasok" in page


def test_a_supplier_is_noted_and_its_page_asks_for_prices(chair, path, session):
    sent = {"name": "Grosir Gadang", "phone": "0812 3456 7890", "lead_days": "2"}
    answer = chair.post(f"{path}/pemasok", data=sent)

    assert answer.status_code == 303
    (found,) = session.scalars(select(Supplier))
    assert (found.phone, found.lead_days) == ("+6281234567890", 2)
    assert "Isi dulu daftar barang" in chair.get(answer.location).text


def test_a_taken_name_is_said_and_what_was_typed_is_kept(chair, path, gadang):
    sent = {"name": "Grosir Gadang", "note": "buka jam 6"}
    answer = chair.post(f"{path}/pemasok", data=sent)

    assert answer.status_code == 422
    assert "Sudah ada pemasok dengan nama itu." in answer.text
    assert "buka jam 6" in answer.text


def test_a_price_is_noted_and_shown_with_its_steps(chair, own, oil, session):
    sent = {
        "item": to_text(oil.id), "pack_name": "karton", "pack_size": "4",
        "pack_price": "400.000", "tiers": "10: 380.000; 50: 372.000",
    }  # fmt: skip
    answer = chair.post(f"{own}/harga", data=sent)

    assert answer.status_code == 303
    (offer,) = session.scalars(select(PackOffer))
    assert queries.terms_of(queries.offer(session, offer.cooperative_id, offer.id)) == CARTON
    page = chair.get(own).text
    assert "Rp\u00a0400.000" in page
    assert "jadi Rp\u00a0100.000 per jeriken" in page
    assert "mulai 50 karton: Rp\u00a0372.000, jadi Rp\u00a093.000 per jeriken" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pack_size": "0"}, "masuk akal"),
        ({"pack_size": "dua"}, "angka"),
        ({"pack_price": "0"}, "Isi harga kemasan."),
        ({"tiers": "10: 410.000"}, "makin murah"),
        ({"tiers": "banyak"}, "Tulis harga bertingkat"),
        ({"valid_until": "2020-01-01"}, "sudah lewat"),
    ],
)
def test_a_price_that_cannot_be_is_refused_with_a_sentence(chair, own, oil, session, wrong, said):
    sent = {"item": to_text(oil.id), "pack_name": "karton", "pack_size": "4"}
    answer = chair.post(f"{own}/harga", data={**sent, "pack_price": "400.000", **wrong})

    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(PackOffer)).all() == []


def test_an_offer_fills_in_the_form_of_a_new_round(chair, path, gadang, oil, session):
    steps = (*CARTON.tiers, (80, 368_000))
    terms = replace(CARTON, tiers=steps, pack_step=2)
    offer = service.note_offer(session, gadang, oil, terms, by=None, at=now())
    session.commit()

    page = chair.get(f"{path}/buka?penawaran={to_text(offer.id)}").text

    for name, value in (
        ("supplier", "Grosir Gadang"), ("pack_size", "4"), ("pack_price", "400.000"),
        ("tiers", "10: 380.000; 50: 372.000; 80: 368.000"), ("pack_step", "2"),
        ("arrives_on", (local_day(now()) + timedelta(days=5)).isoformat()),
    ):  # fmt: skip
        assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', page), name


def test_a_price_list_is_seen_before_it_is_noted(chair, own, oil, gadang, session):
    service.note_offer(session, gadang, oil, CARTON, by=None, at=now())
    session.commit()
    sent = send_list(chair, own, "barang;kemasan;isi;harga\nMinyak goreng 5 L;karton;4;412.000\n")
    report = chair.get(sent.location).text

    assert "Naik 1" in report
    assert "400.000" in report
    assert "412.000" in report
    assert len(session.scalars(select(PackOffer)).all()) == 1
    done = chair.post(sent.location)
    assert done.status_code == 303
    assert [one.pack_price for one in queries.offers_of(session, gadang)] == [Rupiah(412_000)]
    assert "Semua harga sudah sama" in chair.get(sent.location).text


def test_wrong_rows_are_told_and_nothing_is_noted(chair, own, oil, session):
    sent = send_list(chair, own, "barang;isi;harga\nMinyak goreng 5 L;4;murah\nKecap;4;5.000\n")
    refused = chair.post(sent.location)

    assert refused.status_code == 422
    assert "Barang ini belum ada di daftar." in refused.text
    assert session.scalars(select(PackOffer)).all() == []


@pytest.mark.parametrize("text", ["", "barang;harga\nGula;1\n", "PK\x03\x04 bukan berkas"])
def test_a_file_that_is_no_price_list_is_refused(chair, own, text):
    answer = send_list(chair, own, text)

    assert answer.status_code == 422


def test_prices_of_a_good_are_compared_and_remembered(chair, path, gadang, oil, session, velodrome):
    blimbing = service.add_supplier(session, velodrome.id, SupplierFacts("Toko Blimbing"), at=now())
    service.note_offer(session, gadang, oil, CARTON, by=None, at=now())
    dearer = PackTerms("karton", 4, Rupiah(420_000))
    service.note_offer(session, blimbing, oil, dearer, by=None, at=now())
    session.commit()

    page = chair.get(f"{path}/barang/{to_text(oil.id)}/harga").text

    assert page.index("Grosir Gadang") < page.index("Paling murah") < page.index("Toko Blimbing")
    assert "Riwayat harga" in page


def test_a_supplier_no_longer_used_stays_but_offers_no_round(chair, own, gadang, oil, session):
    service.note_offer(session, gadang, oil, CARTON, by=None, at=now())
    session.commit()

    chair.post(f"{own}/status", data={"aktif": "0"})

    page = chair.get(own).text
    assert "Tidak dipakai" in page
    assert "penawaran=" not in page


def test_a_pack_may_be_sold_no_longer(chair, own, gadang, oil, session):
    offer = service.note_offer(session, gadang, oil, CARTON, by=None, at=now())
    session.commit()

    for _ in range(2):
        assert chair.post(f"{own}/harga/{to_text(offer.id)}/akhiri").status_code == 303

    assert queries.offers_of(session, gadang) == []


def test_a_pack_is_ended_on_the_page_of_who_sells_it_only(
    chair, path, velodrome, gadang, oil, session
):
    other = service.add_supplier(session, velodrome.id, SupplierFacts("Toko Blimbing"), at=now())
    offer = service.note_offer(session, gadang, oil, CARTON, by=None, at=now())
    session.commit()

    answer = chair.post(f"{path}/pemasok/{to_text(other.id)}/harga/{to_text(offer.id)}/akhiri")

    assert answer.status_code == 404
    assert list(queries.offers_of(session, gadang)) == [offer]


def test_members_do_not_see_what_suppliers_ask(session, velodrome, path, sign_in, own):
    member = sign_in(make_officer(session, velodrome, Role.MEMBER, "Mbak Rara"))

    assert member.get(f"{path}/pemasok").status_code == 403
    assert member.get(own).status_code == 403


def test_the_example_can_be_sent_back(chair, path, own, oil):
    text = chair.get(f"{path}/pemasok/contoh-harga.csv").text

    sent = send_list(chair, own, text)

    assert sent.status_code == 303
    assert "Baru 1" in chair.get(sent.location).text
