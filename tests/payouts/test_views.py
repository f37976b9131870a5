"""Paying makers through the browser, and what a maker sees."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account, Notice
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.payouts import notices, queries
from marketplace.payouts.models import PayoutBatch
from tests.files.makers import make_pdf, make_photo
from tests.makers import SATURDAY, give_post, make_officer


@pytest.fixture
def address(sanan):
    return f"/k/{sanan.slug}/kelola/setoran"


@pytest.fixture
def composed(sign_in, treasurer, address, lilik, wahyu):
    form = {"key": "form-1", "anggota": [to_text(lilik.id), to_text(wahyu.id)]}
    return sign_in(treasurer).post(address, data=form).location


def test_officers_see_who_is_owed_what_and_by_when(sign_in, chair, address, lilik, wahyu):
    page = sign_in(chair).get(address).text

    assert "Bu Lilik" in page
    assert "Rp\xa054.688" in page
    assert "dijanjikan paling lambat" in page
    assert "Susun setoran" in page


def test_nothing_owed_is_said(sign_in, chair, address):
    assert "Semua sudah disetor" in sign_in(chair).get(address).text


def test_a_pay_out_is_composed_approved_and_paid(
    session, sign_in, treasurer, chair, sanan, composed
):
    writer, approver = sign_in(treasurer), sign_in(chair)

    own = writer.get(composed).text
    refused = writer.post(f"{composed}/setuju")
    theirs = approver.get(composed).text
    approver.post(f"{composed}/setuju")
    wrong = writer.post(f"{composed}/bayar", data={"paid_by": "emas"})
    paid = writer.post(
        f"{composed}/bayar",
        data={"paid_by": "tunai", "reference": "kuitansi 7"},
        follow_redirects=True,
    ).text

    assert "Pengurus lain yang menyetujui" in own
    assert refused.status_code == 403
    assert "/setuju" in theirs
    assert wrong.status_code == 422
    assert "Setoran dicatat dan dibukukan." in paid
    assert "kuitansi 7" in paid
    assert "wa.me/6281211112222" in paid
    assert queries.dues(session, sanan) == []


def test_a_pay_out_can_be_given_up(session, sign_in, treasurer, sanan, composed):
    told = sign_in(treasurer).post(f"{composed}/batal", follow_redirects=True).text

    assert "Setoran dibatalkan." in told
    assert queries.count_open(session, sanan.id) == 0


def test_nobody_chosen_is_refused_in_words(sign_in, treasurer, address, lilik):
    answer = sign_in(treasurer).post(address, data={"key": "k", "anggota": ["bukan"]})

    assert answer.status_code == 422
    assert "Pilih paling sedikit satu anggota" in answer.text


def test_the_promise_is_set_between_bounds(session, sign_in, treasurer, sanan, address):
    browser = sign_in(treasurer)

    browser.post(f"{address}/janji", data={"payout_days": "3"})
    wrong = browser.post(f"{address}/janji", data={"payout_days": "61"})

    session.refresh(sanan)
    assert sanan.payout_days == 3
    assert wrong.status_code == 422


def test_a_maker_reads_their_own_statement_and_no_other(
    session, sign_in, sanan, address, lilik, wahyu
):
    account = session.get_one(Account, lilik.account_id)
    give_post(session, sanan, account, Role.MEMBER)
    browser = sign_in(account)

    own = browser.get(f"{address}/saya", follow_redirects=True).text
    other = browser.get(f"{address}/anggota/{to_text(wahyu.id)}")
    table = browser.get(f"{address}/anggota/{to_text(lilik.id)}/rekap.csv?bulan=2026-11").text

    assert "Rekap Bu Lilik" in own
    assert other.status_code == 404
    assert browser.get(address).status_code == 403
    assert "Tempe Bu Lilik,3,52500,6562,45938" in table


def test_a_statement_shows_the_month_asked_for_also_in_english(sign_in, chair, address, lilik):
    browser = sign_in(chair)
    one = f"{address}/anggota/{to_text(lilik.id)}"

    assert "Tidak ada yang terjual" in browser.get(f"{one}?bulan=2020-01").text
    browser.get("/bahasa/en?lanjut=/")
    page = browser.get(f"{one}?bulan=2026-11").text
    assert "Statement of Bu Lilik" in page
    assert "Rp\xa045.938" in page


def test_who_is_no_member_has_no_statement(session, sign_in, sanan, address):
    officer = make_officer(session, sanan, Role.SECRETARY, "Mas Eko")

    assert sign_in(officer).get(f"{address}/saya").status_code == 404


def test_makers_with_an_account_are_told(
    session, sign_in, treasurer, chair, sanan, composed, lilik
):
    sign_in(chair).post(f"{composed}/setuju")
    sign_in(treasurer).post(f"{composed}/bayar", data={"paid_by": "tunai"})
    (batch,) = queries.batches(session, sanan.id)
    facts = {"cooperative": sanan.id, "batch": str(batch.id)}

    for _ in range(2):
        notices.tell_paid(session, facts, SATURDAY)

    (notice,) = session.scalars(select(Notice)).all()
    assert notice.account_id == lilik.account_id
    assert str(notice.values["amount"]) == "Rp\xa045.938"


def test_an_open_pay_out_stands_on_the_front_page(sign_in, chair, sanan, composed):
    page = sign_in(chair).get(f"/k/{sanan.slug}/kelola").text

    assert "setoran ke pembuat belum selesai" in page


def test_the_picture_of_a_pay_out_is_for_officers_and_the_makers_in_it(
    session, sign_in, treasurer, chair, sanan, lilik, wahyu, address
):
    writer, approver = sign_in(treasurer), sign_in(chair)
    form = {"key": "form-1", "anggota": [to_text(lilik.id)]}
    batch = writer.post(address, data=form).location
    approver.post(f"{batch}/setuju")
    early = writer.get(f"{batch}/bukti")
    maker = session.get_one(Account, lilik.account_id)
    other = make_officer(session, sanan, Role.MEMBER, "Mas Wahyu")
    give_post(session, sanan, maker, Role.MEMBER)
    wahyu.account_id = other.id
    session.commit()

    paid = writer.post(
        f"{batch}/bayar",
        data={"paid_by": "transfer", "foto": (BytesIO(make_photo()), "bukti.jpg")},
    )
    officers, makers = writer.get(f"{batch}/bukti"), sign_in(maker).get(f"{batch}/bukti")
    month = session.scalars(select(PayoutBatch.paid_at)).one()
    statement = (
        sign_in(maker)
        .get(f"{address}/anggota/{to_text(lilik.id)}?bulan={local_day(month):%Y-%m}")
        .text
    )

    assert (early.status_code, paid.status_code) == (404, 303)
    assert (officers.status_code, officers.mimetype) == (200, "image/webp")
    assert makers.data == officers.data
    assert sign_in(other).get(f"{batch}/bukti").status_code == 404
    assert f"{batch}/bukti" in statement


def test_a_bank_slip_as_pdf_is_only_there_to_be_saved(sign_in, treasurer, chair, lilik, address):
    writer, approver = sign_in(treasurer), sign_in(chair)
    form = {"key": "form-1", "anggota": [to_text(lilik.id)]}
    batch = writer.post(address, data=form).location
    approver.post(f"{batch}/setuju")

    writer.post(
        f"{batch}/bayar",
        data={"paid_by": "transfer", "foto": (BytesIO(make_pdf()), "bukti.pdf")},
    )

    saved = writer.get(f"{batch}/bukti")
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "Unduh bukti PDF" in writer.get(batch).text
