"""Titipan in the browser: asked for, spent, looked at, paid out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.balances.models import Withdrawal
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order, Purchase
from tests.makers import make_account


@pytest.fixture
def address(sanan):
    return f"/k/{sanan.slug}/kelola/titipan"


def track(session, order):
    purchase = session.get_one(Purchase, order.purchase_id)
    return f"/p/{purchase.number}/{purchase.key}"


def plain(page):
    return page.text.replace("\xa0", " ")


def test_a_member_turns_what_is_owed_into_a_balance_and_sees_it(
    session, sign_in, overpaid, sanan, lilik, client
):
    order = overpaid(40_000)
    browser, path = sign_in(lilik), track(session, order)

    offered = plain(browser.get(path))
    guest = plain(client.get(path))
    done = plain(browser.post(f"{path}/titipan", data={"pesanan": "A"}, follow_redirects=True))
    account, mine = plain(browser.get("/akun")), plain(browser.get(f"/akun/titipan/{sanan.slug}"))
    browser.get("/bahasa/en?lanjut=/")
    english = plain(browser.get(f"/akun/titipan/{sanan.slug}"))

    assert "Jadikan titipan Rp 40.000" in offered
    assert "Jadikan titipan" not in guest
    assert "Uangnya sudah menjadi titipanmu." in done
    assert "Jadikan titipan" not in done
    assert "Rp 40.000" in account
    assert f"Uang kembali {order.number}" in mine
    assert path in mine
    assert f"Money back {order.number}" in english


def test_who_has_nothing_sees_that(sign_in, lilik, member, sanan, session):
    browser, stranger = sign_in(lilik), sign_in(make_account(session, "Arif"))

    assert "Rp 0" in plain(browser.get("/akun/titipan"))
    assert "Belum ada mutasi" in browser.get(f"/akun/titipan/{sanan.slug}").text
    assert "Belum ada titipan" in stranger.get("/akun/titipan").text
    assert stranger.get(f"/akun/titipan/{sanan.slug}").status_code == 404


def test_a_balance_is_spent_at_the_checkout_of_its_member(
    session, sign_in, saved, keripik, sanan, lilik
):
    saved(20_000)
    browser = sign_in(lilik)
    browser.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "2"})
    short = plain(browser.get("/keranjang"))
    browser.post("/keranjang", data={"variant": to_text(keripik.id), "quantity": "-1"})
    form = {
        "name": "Bu Lilik", "phone": "081234567890", "email": "",
        "checkout_key": "kunci-yang-cukup-panjang", "expected_total": "30000",
        f"bayar-{sanan.id}": "balance", f"jumlah-{to_text(keripik.id)}": "2",
    }  # fmt: skip
    refused = browser.post("/bayar", data=form)
    browser.post("/keranjang/ubah", data={f"jumlah-{to_text(keripik.id)}": "1"})
    offered = plain(browser.get("/keranjang"))
    form |= {"expected_total": "15000", f"jumlah-{to_text(keripik.id)}": "1"}
    placed = browser.post("/bayar", data=form, follow_redirects=True)
    order = session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()

    assert "Titipanmu Rp 20.000, kurang Rp 10.000. Pilih cara bayar lain." in short
    assert 'value="balance"' not in short
    assert (refused.status_code, 'value="Bu Lilik"' in refused.text) == (422, True)
    assert 'value="balance"' in offered
    assert placed.status_code == 200
    assert (order.state.value, order.total) == ("baru", Rupiah(15_000))


def test_officers_pay_a_balance_out(session, sign_in, saved, treasurer, chair, member, address):
    saved(40_000)
    writer = sign_in(treasurer)
    one = f"{address}/{to_text(member.id)}"

    listed, page = plain(writer.get(address)), plain(writer.get(one))
    wrong = writer.post(one, data={"amount": "99.000", "key": "k"})
    asked = writer.post(one, data={"amount": "10.000", "key": "k"}).location
    writer.post(one, data={"amount": "10.000", "key": "k"})
    no_proof = writer.post(f"{asked}/bayar", data={"way": "transfer"})
    paid = plain(writer.post(f"{asked}/bayar", data={"way": "tunai"}, follow_redirects=True))
    given_up = writer.post(f"{asked}/batal")

    assert "Bu Lilik" in listed
    assert "Rp 40.000" in listed
    assert "Cairkan" in page
    assert wrong.status_code == 409
    assert no_proof.status_code == 422
    assert "Pencairan dicatat dan dibukukan." in paid
    assert given_up.status_code == 409
    assert len(session.scalars(select(Withdrawal)).all()) == 1


def test_a_large_one_waits_for_another_officer(
    session, sign_in, saved, treasurer, chair, member, sanan, address
):
    saved(40_000)
    sanan.refund_limit = Rupiah(0)
    session.commit()
    writer, approver = sign_in(treasurer), sign_in(chair)
    asked = writer.post(
        f"{address}/{to_text(member.id)}", data={"amount": "10.000", "key": "k"}
    ).location

    own, refused = writer.get(asked).text, writer.post(f"{asked}/setuju")
    agreed = approver.post(f"{asked}/setuju", follow_redirects=True).text
    cancelled = writer.post(f"{asked}/batal", follow_redirects=True).text

    assert "Pengurus lain yang menyetujui" in own
    assert refused.status_code == 403
    assert "Disetujui." in agreed
    assert "Uangnya kembali ke titipan." in cancelled


def test_a_member_who_is_no_officer_does_not_see_the_others(sign_in, lilik, member, address):
    assert sign_in(lilik).get(address).status_code in (403, 404)
