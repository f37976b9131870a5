"""The treasurer's pages through the browser."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.bookkeeping import queries
from marketplace.bookkeeping.models import EntryDraft
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from tests.files.makers import make_pdf, make_photo
from tests.makers import make_account, make_cooperative, make_officer


@pytest.fixture
def address(sanan):
    return f"/k/{sanan.slug}/kelola/buku"


@pytest.fixture
def codes(session, book):
    return {account.code: account.id for account in books.chart(session, book)}


def entry_form(codes, *, debit="25.000", credit="25.000", **changes):
    return {
        "key": "form-1",
        "dated": "2026-11-20",
        "memo": "Sewa lapak",
        "lines-0-account": to_text(codes["5-3100"]),
        "lines-0-debit": debit,
        "lines-1-account": to_text(codes["1-1100"]),
        "lines-1-credit": credit,
        **changes,
    }


def test_the_trial_balance_shows_both_sides_equal(sign_in, chair, address, book):
    page = sign_in(chair).get(address).text

    assert "1-1100 Kas" in page
    assert "Debit dan kredit sama." in page
    assert page.count("Rp\xa060.001") == 3  # sales, and both sums


def test_an_empty_cooperative_is_told_what_will_come(sign_in, treasurer, address):
    browser = sign_in(treasurer)

    assert "Buku ini belum berisi apa-apa" in browser.get(address).text
    assert browser.get(f"{address}/buku.beancount").status_code == 404
    assert browser.post(f"{address}/buka").status_code == 303
    assert "Belum ada saldo" in browser.get(address).text


@pytest.mark.parametrize("page", ["", "/jurnal", "/akun", "/bulan"])
def test_every_page_speaks_of_both_units_and_english(sign_in, chair, address, book, page):
    browser = sign_in(chair)

    for unit in Unit:
        assert browser.get(f"{address}{page}?unit={unit.value}").status_code == 200
    browser.get("/bahasa/en?lanjut=/")
    assert "Trial balance" in browser.get(f"{address}{page}").text


def test_a_month_can_be_asked_for(sign_in, chair, address, book):
    browser = sign_in(chair)

    assert "Sampai akhir Oktober 2026" in browser.get(f"{address}?bulan=2026-10").text
    assert "Tidak ada jurnal di bulan ini" in browser.get(f"{address}/jurnal?bulan=2026-10").text
    assert browser.get(f"{address}/jurnal?bulan=bukan&sebelum=²").status_code == 200


def test_an_entry_is_written_by_one_and_posted_by_another(
    session, sign_in, treasurer, chair, sanan, address, codes
):
    writer, approver = sign_in(treasurer), sign_in(chair)

    sent = writer.post(f"{address}/catat", data=entry_form(codes))
    again = writer.post(f"{address}/catat", data=entry_form(codes))
    (draft,) = queries.waiting(session, sanan.id)
    own = writer.get(sent.location).text
    theirs = approver.get(sent.location).text
    refused = writer.post(f"{sent.location}/setuju")
    posted = approver.post(f"{sent.location}/setuju", follow_redirects=True).text

    assert (sent.status_code, again.location) == (303, sent.location)
    assert draft.memo == "Sewa lapak"
    assert "Pengurus lain yang menyetujui" in own
    assert "Setujui dan bukukan" in theirs
    assert refused.status_code == 403
    assert "Dibukukan sebagai jurnal 3" in posted
    assert "Bu Wati" in posted
    assert "Pak Budi" in posted


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"credit": "24.000"}, "selisihnya Rp\xa01.000"),
        ({"debit": "25.000,50"}, "Rupiah tidak memakai sen"),
        ({"lines-1-account": ""}, "belum punya akun"),
        ({"dated": "2099-01-01"}, "tidak di masa depan"),
        ({"dated": "kemarin"}, "Isi tanggal"),
        ({"memo": ""}, "Isi bagian ini"),
    ],
)
def test_a_wrong_entry_comes_back_with_what_was_typed(
    sign_in, treasurer, address, codes, changes, told
):
    answer = sign_in(treasurer).post(f"{address}/catat", data=entry_form(codes, **changes))

    assert answer.status_code == 422
    assert told in answer.text
    assert "5-3100" in answer.text


def test_a_proposal_is_declined_or_taken_back(
    session, sign_in, treasurer, chair, sanan, address, codes
):
    sent = sign_in(treasurer).post(f"{address}/catat", data=entry_form(codes))

    told = sign_in(chair).post(f"{sent.location}/tolak", follow_redirects=True).text

    assert "Usulan tidak dibukukan." in told
    assert queries.waiting(session, sanan.id) == []


def test_a_posted_entry_is_reversed_by_proposal(
    session, sign_in, treasurer, chair, address, codes, book
):
    writer, approver = sign_in(treasurer), sign_in(chair)
    sent = writer.post(f"{address}/catat", data=entry_form(codes))
    entry = approver.post(f"{sent.location}/setuju").location

    empty = writer.post(f"{entry}/balik", data={"key": "b"})
    undo = writer.post(f"{entry}/balik", data={"key": "b", "memo": "Salah"})
    approver.post(f"{undo.location}/setuju")

    assert empty.status_code == 422
    assert "Jurnal ini sudah dibalik." in writer.get(entry).text


def test_a_card_shows_what_came_and_went(sign_in, chair, address, codes):
    page = sign_in(chair).get(f"{address}/akun/{to_text(codes['1-1100'])}?bulan=2026-11").text

    assert "Rp\xa046.001 D" in page


def test_the_chart_is_added_to_changed_and_closed(session, sign_in, treasurer, address, book):
    browser = sign_in(treasurer)
    form = {"code": "5-3110", "name": "Sewa lapak", "name_en": "Rent", "kind": "expense"}

    added = browser.post(f"{address}/akun", data=form, follow_redirects=True).text
    taken = browser.post(f"{address}/akun", data=form)
    account = next(a for a in books.chart(session, book) if a.code == "5-3110")
    one = f"{address}/akun/{to_text(account.id)}"
    wrong = browser.post(f"{one}/ubah", data={**form, "code": "1-1100"})
    browser.post(f"{one}/ubah", data={**form, "code": "5-3111", "name": "Sewa"})
    closed = browser.post(f"{one}/tutup", follow_redirects=True).text

    assert "Akun 5-3110 ditambahkan." in added
    assert (taken.status_code, wrong.status_code) == (422, 422)
    assert "Nomor akun ini sudah dipakai" in taken.text
    assert browser.get(f"{one}/ubah").status_code == 200
    assert "Akun 5-3111 ditutup." in closed


def test_a_month_is_closed_once_even_if_the_button_is_pressed_twice(
    session, sign_in, treasurer, address, book
):
    browser = sign_in(treasurer)
    form = {"unit": "toko", "starts": "2026-01-01"}

    first = browser.post(f"{address}/bulan", data=form, follow_redirects=True).text
    browser.post(f"{address}/bulan", data=form)

    assert "Januari 2026 sudah ditutup." in first
    assert len(books.closings_of(session, book)) == 1


def test_the_books_can_be_saved_as_files(sign_in, chair, address, book):
    browser = sign_in(chair)

    journal = browser.get(f"{address}/jurnal.csv?bulan=2026-11")
    balance = browser.get(f"{address}/neraca-saldo.csv")
    whole = browser.get(f"{address}/buku.beancount")

    assert "1,2026-11-28" in journal.text
    assert "1-1100,Kas,46001,0" in balance.text
    assert 'option "operating_currency" "IDR"' in whole.text
    assert ".beancount" in whole.headers["Content-Disposition"]


def test_the_supervisor_reads_and_may_write_nothing(session, sign_in, sanan, address, codes):
    supervisor = sign_in(make_officer(session, sanan, Role.SUPERVISOR))

    assert supervisor.get(address).status_code == 200
    assert "Catat jurnal" not in supervisor.get(address).text
    assert supervisor.post(f"{address}/catat", data=entry_form(codes)).status_code == 403


def test_another_cooperatives_officer_sees_nothing(session, sign_in, address, book):
    other = make_officer(session, make_cooperative(session, "Velodrome"))

    assert sign_in(other).get(address).status_code == 403
    assert sign_in(make_account(session)).get(f"{address}/jurnal").status_code == 403


def test_the_photo_of_a_receipt_stands_with_the_proposal_and_the_entry(
    session, sign_in, treasurer, chair, sanan, address, codes
):
    writer, approver = sign_in(treasurer), sign_in(chair)
    member = sign_in(make_officer(session, sanan, Role.SELLER, "Mas Wahyu"))
    broken = writer.post(
        f"{address}/catat", data=entry_form(codes, key="form-0", foto=(BytesIO(b"x"), "x.jpg"))
    )

    draft = writer.post(
        f"{address}/catat", data=entry_form(codes, foto=(BytesIO(make_photo()), "nota.jpg"))
    ).location
    without = writer.post(f"{address}/catat", data=entry_form(codes, key="form-2")).location
    shown = approver.get(f"{draft}/lampiran")
    entry = approver.post(f"{draft}/setuju").location

    assert broken.status_code == 422
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert f"{draft}/lampiran" in approver.get(draft).text
    assert f"{draft}/lampiran" in approver.get(entry).text
    assert approver.get(f"{without}/lampiran").status_code == 404
    assert member.get(f"{draft}/lampiran").status_code == 403


def test_a_bill_as_pdf_is_only_there_to_be_saved(sign_in, treasurer, chair, address, codes):
    writer, approver = sign_in(treasurer), sign_in(chair)
    bill = make_pdf()

    draft = writer.post(
        f"{address}/catat", data=entry_form(codes, foto=(BytesIO(bill), "nota.jpg"))
    ).location
    page, saved = approver.get(draft).text, approver.get(f"{draft}/lampiran")
    entry = approver.get(approver.post(f"{draft}/setuju").location).text

    assert (saved.mimetype, saved.data) == ("application/pdf", bill)
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for shown in (page, entry):
        assert "Unduh bukti PDF" in shown
        assert f'<img src="{draft}/lampiran"' not in shown


def test_the_same_bill_sent_twice_is_kept_once(session, sign_in, treasurer, address, codes):
    writer, bill = sign_in(treasurer), make_pdf()

    for key in ("form-1", "form-2"):
        sent = (BytesIO(bill), f"{key}.pdf")
        writer.post(f"{address}/catat", data=entry_form(codes, key=key, foto=sent))

    files = session.scalars(select(EntryDraft.file_id)).all()
    assert len(files) == 2
    assert len(set(files)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (make_pdf()[:-30], "PDF ini rusak atau terpotong."),
        (b"PK\x03\x04" + bytes(500), "Kirim foto JPEG, PNG, WebP, atau berkas PDF."),
        (make_pdf(objects=b"9 0 obj\n<</Encrypt 5 0 R>>\nendobj\n"), "PDF ini dikunci."),
    ],
)
def test_a_hostile_bill_is_refused_with_a_sentence(
    session, sign_in, treasurer, address, codes, data, sentence
):
    answer = sign_in(treasurer).post(
        f"{address}/catat", data=entry_form(codes, foto=(BytesIO(data), "nota.pdf"))
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalars(select(EntryDraft)).all() == []


def test_a_bill_of_a_hundred_megabytes_is_refused_before_it_is_read(sign_in, treasurer, address):
    answer = sign_in(treasurer).post(
        f"{address}/catat",
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "100000000"},
    )

    assert answer.status_code == 413
