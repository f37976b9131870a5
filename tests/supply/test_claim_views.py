"""The pages on which a short delivery is received and its claim ends."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, GoodsReceipt, SupplierClaim
from marketplace.supply.rules import ClaimState, ClaimWay, ReceiptReason
from marketplace.web.clock import now
from tests.files.makers import make_photo
from tests.makers import make_cooperative, make_member, make_officer


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def chair(session, officer, sign_in):
    return sign_in(officer)


@pytest.fixture
def path(velodrome):
    return f"/k/{velodrome.slug}/kelola/kulakan"


@pytest.fixture
def pool(session, velodrome, officer):
    """Three cartons of oil that one member wanted, ordered from a supplier on the list."""
    service.add_supplier(session, velodrome.id, service.SupplierFacts("Grosir Gadang"), at=now())
    oil = service.add_item(
        session, velodrome.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE,
        unit="jeriken", factor=1, at=now(),
    )  # fmt: skip
    terms = service.Terms(
        "Grosir Gadang", "karton", 4, Rupiah(412_000),
        arrives_on=(now() - timedelta(days=2)).date(),
    )  # fmt: skip
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    found = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=now())
    rara = make_member(session, velodrome, "Mbak Rara")
    service.join(session, found, rara, service.Wanted(12), entered_by=officer.id, at=now())
    service.lock(session, found, at=now())
    session.commit()
    return found


SHORT = {"quantity": "10", "cost": "1.236.000", "key": "k1"}


def receipts(session):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(GoodsReceipt))


def only_claim(session):
    session.expire_all()
    return session.scalars(select(SupplierClaim)).one()


def sent_again(page):
    """Give what the second step sends: its hidden fields, the chosen rows, the amount."""
    form = page.partition('/terima"')[2].partition("</form>")[0]
    inputs = re.findall(r"<input [^>]*>", form)
    said = {}
    for one in inputs:
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', one))
        if facts.get("type") != "radio" or re.search(r"\schecked", one):
            said[facts["name"]] = facts.get("value", "")
    return said


@pytest.fixture
def claimed(session, chair, path, pool):
    chair.post(f"{path}/1/1/terima", data={**SHORT, "gap": "klaim", "contested": "206.000"})
    return f"{path}/klaim/{to_text(only_claim(session).id)}"


def test_who_bears_what_is_missing_is_asked_before_anything_is_written(chair, session, path, pool):
    asked = chair.post(f"{path}/1/1/terima", data={**SHORT, "reason": "Kurang 2"})
    before = receipts(session)
    done = chair.post(f"{path}/1/1/terima", data=sent_again(asked.text), follow_redirects=True)

    assert asked.status_code == 200
    assert (
        "klaim Rp\u00a0206.000 ke Grosir Gadang, anggota membayar Rp\u00a01.030.000" in asked.text
    )
    assert (before, receipts(session)) == (0, 1)
    assert only_claim(session).amount == Rupiah(206_000)
    receipt = session.scalars(select(GoodsReceipt)).one()
    assert (receipt.kind, receipt.reason) == (ReceiptReason.SHORT, "Kurang 2")
    assert "Klaim Rp\u00a0206.000" in done.text
    assert "Rp\u00a01.030.000" in done.text


def test_the_whole_bill_may_be_spread(chair, session, path, pool):
    page = chair.post(f"{path}/1/1/terima", data=SHORT).text

    chair.post(f"{path}/1/1/terima", data={**sent_again(page), "gap": "bagi"})

    assert session.scalars(select(GoodsReceipt)).one().contested == Rupiah(0)
    assert session.scalar(select(func.count()).select_from(SupplierClaim)) == 0


def test_another_amount_may_be_claimed(chair, session, path, pool):
    page = chair.post(f"{path}/1/1/terima", data=SHORT).text

    chair.post(f"{path}/1/1/terima", data={**sent_again(page), "contested": "200.000"})

    assert only_claim(session).amount == Rupiah(200_000)


@pytest.mark.parametrize(
    "changes",
    [{"contested": "1.236.001"}, {"contested": "-1"}, {"contested": "x"}, {"gap": "lain"}],
)
def test_a_claim_that_makes_no_sense_is_asked_again(chair, session, path, pool, changes):
    page = chair.post(f"{path}/1/1/terima", data=SHORT).text

    answer = chair.post(f"{path}/1/1/terima", data={**sent_again(page), **changes})

    assert answer.status_code == 422
    assert "Periksa barang datang" in answer.text
    assert "<title>Salah:" in answer.text
    assert 'name="quantity" value="10"' in answer.text
    assert receipts(session) == 0


@pytest.mark.parametrize(
    "changes",
    [{"damaged": "11"}, {"damaged": "x"}, {"damaged": "-1"}, {"kind": "lain"}, {"note_id": "x"}],
)
def test_a_delivery_that_contradicts_itself_is_told(chair, session, path, pool, changes):
    answer = chair.post(f"{path}/1/1/terima", data={**SHORT, **changes})

    assert answer.status_code == 422
    assert 'class="esum"' in answer.text
    assert receipts(session) == 0


def test_broken_pieces_and_the_suppliers_note_are_kept(chair, session, path, pool):
    photo = (BytesIO(make_photo(60, 90)), "nota.jpg")
    sent = {**SHORT, "quantity": "12", "damaged": "2", "kind": "rusak", "foto": photo}

    page = chair.post(f"{path}/1/1/terima", data=sent, content_type="multipart/form-data").text
    chair.post(f"{path}/1/1/terima", data=sent_again(page))

    receipt = session.scalars(select(GoodsReceipt)).one()
    assert (receipt.damaged, receipt.kind) == (2, ReceiptReason.DAMAGED)
    note = chair.get(f"{path}/1/1/nota/{to_text(receipt.id)}")
    assert (note.status_code, note.mimetype) == (200, "image/webp")
    assert "rusak 2\u00a0jeriken" in chair.get(f"{path}/1/1").text


def test_what_is_no_picture_is_refused(chair, session, path, pool):
    sent = {**SHORT, "foto": (BytesIO(b"<svg/>"), "nota.jpg")}

    answer = chair.post(f"{path}/1/1/terima", data=sent, content_type="multipart/form-data")

    assert answer.status_code in (415, 422)
    assert receipts(session) == 0


def test_a_delivery_without_a_note_has_none(chair, session, path, claimed):
    receipt = session.scalars(select(GoodsReceipt)).one()

    assert chair.get(f"{path}/1/1/nota/{to_text(receipt.id)}").status_code == 404
    assert chair.get(f"{path}/1/1/nota/{to_text(only_claim(session).id)}").status_code == 404


def test_claims_are_listed_and_end_once(chair, session, path, claimed):
    before = chair.get(f"{path}/klaim").text
    done = chair.post(claimed, data={"way": "potong_tagihan", "note": "Nota 8"})
    page = chair.get(claimed).text
    again = chair.post(claimed, data={"way": "tunai"})

    assert "Belum selesai: Rp\u00a0206.000" in before
    assert "Grosir Gadang" in before
    assert done.status_code == 303
    assert (only_claim(session).state, only_claim(session).way) == (
        ClaimState.CREDITED, ClaimWay.CREDIT,
    )  # fmt: skip
    assert "Nota 8" in page
    assert "Selesaikan klaim" not in page
    assert again.status_code == 409
    assert "Belum selesai: Rp\u00a00" in chair.get(f"{path}/klaim").text


def test_goods_that_come_later_are_shared_out(chair, session, path, claimed):
    missing = chair.post(claimed, data={"way": "barang"})
    chair.post(claimed, data={"way": "barang", "quantity": "2"})

    assert missing.status_code == 422
    assert only_claim(session).way is ClaimWay.GOODS
    assert "Rp\u00a01.236.000" in chair.get(f"{path}/1/1").text


def test_a_claim_is_given_up(chair, session, path, claimed):
    chair.post(claimed, data={"way": "hapus"})

    assert only_claim(session).state is ClaimState.WRITTEN_OFF


def test_a_large_claim_is_given_up_by_another(chair, session, velodrome, claimed, sign_in):
    velodrome.refund_limit = Rupiah(1_000)
    session.commit()
    other = sign_in(make_officer(session, velodrome, Role.TREASURER, "Bu Wati"))

    alone = chair.post(claimed, data={"way": "hapus"})
    together = other.post(claimed, data={"way": "hapus"})

    assert (alone.status_code, together.status_code) == (403, 303)
    assert "pengurus lain" in alone.text


@pytest.mark.parametrize("way", ["", "lain"])
def test_an_end_that_is_none_is_told(chair, claimed, way):
    assert chair.post(claimed, data={"way": way}).status_code == 422


def test_a_supplier_shows_how_reliable_it_was(chair, session, velodrome, path, claimed):
    from marketplace.supply import queries

    seller = queries.suppliers(session, velodrome.id)[0].supplier
    page = chair.get(f"{path}/pemasok/{to_text(seller.id)}").text

    assert "kurang 1 kali, rusak 0 kali, harga beda 0 kali, terlambat 1 kali." in page
    assert "Klaim belum selesai: Rp\u00a0206.000" in page


def test_supervisors_read_claims_but_do_not_end_them(session, velodrome, path, claimed, sign_in):
    supervisor = sign_in(make_officer(session, velodrome, Role.SUPERVISOR, "Pak Kamituwo"))

    assert supervisor.get(f"{path}/klaim").status_code == 200
    assert "Selesaikan klaim" not in supervisor.get(claimed).text
    assert supervisor.post(claimed, data={"way": "tunai"}).status_code == 403


def test_a_claim_that_does_not_exist_is_not_found(chair, path, pool):
    unknown = to_text(pool.id)

    assert chair.get(f"{path}/klaim/{unknown}").status_code == 404
    assert chair.post(f"{path}/klaim/{unknown}", data={"way": "tunai"}).status_code == 404
