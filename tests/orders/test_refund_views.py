"""Officers see what is owed, ask for it to go back, and say that it went."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import notices, service
from marketplace.orders.models import Purchase, Refund
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import OrderState, RefundMethod, RefundState
from marketplace.orders.service import moving
from marketplace.orders.service.moving import facts_of
from marketplace.payments.rules import PaymentMethod
from tests.files.makers import make_pdf, make_photo
from tests.makers import SATURDAY, make_account, make_officer
from tests.orders.conftest import SARI


@pytest.fixture
def order(session, ordered):
    found = ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)
    session.commit()
    return found


@pytest.fixture
def budi(sign_in, officer):
    return sign_in(officer)


def ask(browser, slug, order, **values):
    form = {"reason": "Remuk", "key": "satu", "amount": "", **values}
    return browser.post(f"/k/{slug}/kelola/pesanan/{order.number}/pengembalian", data=form)


def latest(session) -> Refund:
    session.expire_all()
    return session.scalars(select(Refund).order_by(Refund.id.desc())).first()


def test_money_of_a_cancelled_order_is_listed_until_it_was_paid(session, sanan, budi, ordered):
    cancelled = ordered(OrderState.NEW, method=PaymentMethod.QRIS)
    service.cancel(session, cancelled, reason=None, actor_id=None, at=SATURDAY)
    session.commit()
    home = f"/k/{sanan.slug}/kelola/pengembalian"

    before = budi.get(home).text
    answer = ask(budi, sanan.slug, cancelled)
    page = budi.get(answer.location).text
    paid = budi.post(f"{answer.location}/bayar", data={"method": "asal"})
    after = budi.get(home).text

    assert SARI.name in before
    assert cancelled.pickup_code in before
    assert "Sudah dikembalikan" in page
    assert paid.status_code == 303
    assert "Tidak ada uang pembeli yang tertinggal" in after
    assert latest(session).state is RefundState.PAID


def test_pieces_and_goods_are_named_in_the_form(session, sanan, budi, order):
    line = moving.locked_order(session, order).lines[0]

    page = budi.get(f"/k/{sanan.slug}/kelola/pesanan/{order.number}/pengembalian").text
    answer = ask(budi, sanan.slug, order, goods_back="y", **{f"jumlah-{to_text(line.id)}": "1"})

    refund = latest(session)
    assert line.title in page
    assert answer.status_code == 303
    assert (refund.amount, refund.goods_back) == (Rupiah(15_000), True)


def test_a_form_that_asks_for_too_much_comes_back_with_what_was_typed(session, sanan, budi, order):
    answer = ask(budi, sanan.slug, order, amount="99.000")
    empty = ask(budi, sanan.slug, order, reason=" ")

    assert (answer.status_code, empty.status_code) == (409, 422)
    assert "99.000" in answer.text
    assert "Paling banyak" in answer.text
    assert latest(session) is None


def test_who_asked_for_a_large_sum_cannot_agree_to_it(session, sanan, budi, sign_in, order):
    sanan.refund_limit = Rupiah(0)
    session.commit()
    wati = sign_in(make_officer(session, sanan, name="Bu Wati"))

    address = ask(budi, sanan.slug, order, amount="5.000").location
    page = budi.get(address).text
    own = budi.post(f"{address}/setuju")
    other = wati.post(f"{address}/setuju")

    assert "Dua orang menjaga uang bersama" in page
    assert (own.status_code, other.status_code) == (403, 303)
    assert latest(session).state is RefundState.APPROVED


def test_a_transfer_without_reference_is_asked_for_again(session, sanan, budi, order):
    address = ask(budi, sanan.slug, order, amount="5.000").location

    without = budi.post(f"{address}/bayar", data={"method": "transfer"})
    given = budi.post(f"{address}/bayar", data={"method": "transfer", "reference": "TRF-7"})

    assert (without.status_code, given.status_code) == (422, 303)
    assert "TRF-7" in budi.get(address).text


def test_a_supervisor_sees_refunds_and_changes_none(session, sanan, budi, sign_in, order):
    address = ask(budi, sanan.slug, order, amount="5.000").location
    supervisor = sign_in(make_officer(session, sanan, Role.SUPERVISOR, "Bu Sri"))

    assert supervisor.get(address).status_code == 200
    assert supervisor.post(f"{address}/bayar", data={"method": "tunai"}).status_code == 403
    assert ask(supervisor, sanan.slug, order).status_code == 403


def test_the_buyer_is_told_that_money_went_back(session, sanan, officer, order):
    buyer = make_account(session, "Sari")
    session.get_one(Purchase, order.purchase_id).account_id = buyer.id
    wanted = service.RefundRequest("Remuk", Rupiah(5_000))
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)

    notices.tell_refunded(session, {**facts_of(order), "refund": str(refund.id)}, SATURDAY)
    notices.tell_asked(session, {**facts_of(order), "refund": str(refund.id)}, SATURDAY)

    told = session.scalars(select(Notice.account_id)).all()
    assert told == [buyer.id]
    assert queries.asked_before(session, order) == Rupiah(5_000)


def test_a_picture_of_the_transfer_is_kept_for_officers_and_the_buyer_alone(
    client, session, sanan, velodrome, officer, sign_in, ordered
):
    order = ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)
    wanted = service.RefundRequest("Remuk", Rupiah(5_000))
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)
    purchase = session.get_one(Purchase, order.purchase_id)
    session.commit()
    home = f"/k/{sanan.slug}/kelola/pengembalian/{to_text(refund.id)}"
    own = f"/p/{purchase.number}/{purchase.key}/pengembalian/{to_text(refund.id)}/bukti"
    budi = sign_in(officer)
    tini = sign_in(make_officer(session, velodrome, Role.CHAIR, "Bu Tini"))

    before = budi.get(f"{home}/bukti")
    without = budi.post(f"{home}/bayar", data={"method": "transfer"})
    broken = budi.post(f"{home}/bayar", data={"method": "transfer", "foto": (BytesIO(b"x"), "x")})
    paid = budi.post(
        f"{home}/bayar", data={"method": "transfer", "foto": (BytesIO(make_photo()), "bukti.jpg")}
    )

    assert (before.status_code, without.status_code, broken.status_code) == (404, 422, 422)
    assert paid.status_code == 303
    shown, seen = budi.get(f"{home}/bukti"), client.get(own)
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert seen.data == shown.data
    assert f"{home}/bukti" in budi.get(home).text
    assert tini.get(f"{home}/bukti").status_code == 403
    assert client.get(own.replace(purchase.key, "x" * 26)).status_code == 404
    assert client.get(own.replace(to_text(refund.id), "0" * 26)).status_code == 404


def test_the_buyer_sees_what_goes_back_when_and_how(client, session, sanan, officer, ordered):
    order = ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)
    sanan.refund_limit = Rupiah(0)
    purchase = session.get_one(Purchase, order.purchase_id)
    path = f"/p/{purchase.number}/{purchase.key}"
    wanted = service.RefundRequest("Dua bungkus remuk", Rupiah(5_000))
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)
    session.commit()
    asked = client.get(path).text
    other = make_officer(session, sanan, Role.TREASURER, "Bu Wati")
    service.approve_refund(session, refund, by=other.id, at=SATURDAY)
    session.commit()
    agreed = client.get(path).text
    service.pay_refund(
        session, refund, RefundMethod.TRANSFER, reference="TRF 7", by=other.id, at=SATURDAY
    )
    session.commit()
    paid = client.get(path).text

    assert "Dua bungkus remuk" in asked
    assert "Diminta 28 Nov" in asked
    assert "disetujui 28 Nov" in agreed
    assert "dibayar 28 Nov 2026, Transfer" in paid
    assert "TRF 7" in paid
    assert "Lihat gambar bukti" not in paid


def test_a_bank_slip_as_pdf_is_only_there_to_be_saved(
    client, session, sanan, officer, sign_in, ordered
):
    order = ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)
    wanted = service.RefundRequest("Remuk", Rupiah(5_000))
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)
    purchase = session.get_one(Purchase, order.purchase_id)
    session.commit()
    home = f"/k/{sanan.slug}/kelola/pengembalian/{to_text(refund.id)}"
    own = f"/p/{purchase.number}/{purchase.key}/pengembalian/{to_text(refund.id)}/bukti"
    budi, slip = sign_in(officer), make_pdf()

    budi.post(f"{home}/bayar", data={"method": "transfer", "foto": (BytesIO(slip), "bukti.pdf")})

    assert "Unduh bukti PDF" in budi.get(home).text
    for answer in (budi.get(f"{home}/bukti"), client.get(own)):
        assert answer.data == slip
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
