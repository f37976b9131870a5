"""Transfers found again on a statement: proposed by amount, confirmed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.accounts.models import Account
from marketplace.files.tables import read_rows
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments import queries as payments
from marketplace.payments import service as money
from marketplace.payments.models import BankLine, PaymentEvent
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod, PaymentState
from marketplace.payments.rules.statements import LineState, LineTaken, guess, split
from marketplace.payments.service import statements
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.listings.test_sheets import FILES
from tests.makers import SATURDAY, make_cooperative, make_listing, make_officer, make_point
from tests.orders.conftest import first, make_request
from tests.orders.test_transfers import confirm

JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
DAY = timedelta(days=1)
PAGE = "/k/{}/kelola/rekening"


@pytest.fixture
def account(session, sanan):
    return money.propose(session, sanan, JATIM, by=None, at=SATURDAY)


@pytest.fixture
def ask(session, account, keripik):
    """Order a bag of keripik to be paid by transfer."""

    def place(at=SATURDAY) -> Order:
        request = make_request((keripik, 1), method=PaymentMethod.TRANSFER)
        return first(session, service.place(session, request, at=at).id)

    return place


def due(session, order) -> Rupiah:
    return intent_of(session, order.cooperative_id, order.id).amount_due


def arrive(session, account, *amounts: Rupiah, at=SATURDAY) -> list[BankLine]:
    """Let a statement say that these sums came in."""
    day = local_day(at)
    lines = "".join(
        f"{day:%d/%m/%Y};TRSF {place};{amount.amount}\n" for place, amount in enumerate(amounts)
    )
    rows = read_rows(f"Tanggal;Keterangan;Kredit\n{lines}".encode())
    statements.bring_in(session, account, rows, guess(split(rows)[0]), by=None, at=at)
    return list(payments.open_lines(session, account.cooperative_id))


def fits(session, lines):
    return payments.fits(session, lines[0].cooperative_id, lines)


# Proposing


def test_money_fits_the_order_whose_amount_it_is(session, account, ask):
    sari, budi = ask(), ask()

    lines = arrive(session, account, due(session, budi), Rupiah(99_999), due(session, sari))

    found = queries.orders_that_fit(session, account.cooperative_id, fits(session, lines))
    assert {lines[0].id: budi.id, lines[2].id: sari.id} == {
        line_id: order.id for line_id, order in found.items()
    }


def test_money_from_before_the_order_does_not_fit(session, account, ask):
    order = ask()

    lines = arrive(session, account, due(session, order), at=SATURDAY - DAY)

    assert fits(session, lines) == {}


def test_money_on_another_account_does_not_fit(session, account, officer, sanan, ask):
    order = ask()
    other = BankAccount("BRI", "998877665544", "Koperasi Sanan")
    row = money.propose(session, sanan, other, by=None, at=SATURDAY)
    money.approve(session, sanan, row.id, by=officer.id, at=SATURDAY)
    money.take_effect(session, at=SATURDAY + DAY)

    lines = arrive(session, row, due(session, order), at=SATURDAY + DAY)

    assert fits(session, lines) == {}


@pytest.mark.parametrize(("days", "is_found"), [(3, True), (8, True), (9, False)])
def test_late_money_fits_for_a_week_after_the_order_ended(session, account, ask, days, is_found):
    order = ask()
    service.expire_overdue(session, at=order.pay_by)

    lines = arrive(session, account, due(session, order), at=SATURDAY + days * DAY)

    assert bool(fits(session, lines)) is is_found


def test_one_order_is_proposed_to_one_line(session, account, ask):
    order = ask()

    lines = arrive(session, account, due(session, order), due(session, order))

    assert list(fits(session, lines)) == [lines[0].id]


# Confirming


def test_a_line_pays_its_order_like_an_officers_word(session, account, officer, ask):
    order = ask()
    (line,) = arrive(session, account, due(session, order))

    order = service.confirm_line(session, order, line.id, by=officer.id, at=SATURDAY)

    event = session.scalars(select(PaymentEvent)).one()
    assert order.state is OrderState.NEW
    assert line.state is LineState.MATCHED
    assert (event.source, event.external_id) == ("bank", str(line.id))
    assert (event.actor_id, line.decided_by) == (officer.id, officer.id)
    assert audit.run(session, at=SATURDAY) == []


def test_a_line_pays_at_most_once(session, account, ask):
    sari, budi = ask(), ask()
    (line,) = arrive(session, account, due(session, sari))
    service.confirm_line(session, sari, line.id, by=None, at=SATURDAY)

    service.confirm_line(session, sari, line.id, by=None, at=SATURDAY)
    with pytest.raises(LineTaken):
        service.confirm_line(session, budi, line.id, by=None, at=SATURDAY)

    assert len(session.scalars(select(PaymentEvent)).all()) == 1


def test_all_exact_lines_are_confirmed_with_one_step(session, account, ask):
    asked = [ask(), ask(), ask()]
    arrive(session, account, Rupiah(77_777), *(due(session, order) for order in asked))

    done = service.confirm_exact(session, account.cooperative_id, by=None, at=SATURDAY)

    assert done == 3
    assert {order.state for order in asked} == {OrderState.NEW}
    assert [line.amount for line in payments.open_lines(session, account.cooperative_id)] == [
        Rupiah(77_777)
    ]
    assert service.confirm_exact(session, account.cooperative_id, by=None, at=SATURDAY) == 0
    assert audit.run(session, at=SATURDAY) == []


def test_all_exact_lines_include_what_was_recorded_by_hand(session, account, ask):
    order = ask()
    confirm(session, order, due(session, order))
    arrive(session, account, due(session, order))

    assert service.confirm_exact(session, account.cooperative_id, by=None, at=SATURDAY) == 1

    assert len(session.scalars(select(PaymentEvent)).all()) == 1
    assert audit.run(session, at=SATURDAY) == []


def test_what_was_recorded_by_hand_is_matched_and_not_paid_twice(session, account, ask):
    order = ask()
    confirm(session, order, due(session, order))
    (line,) = arrive(session, account, due(session, order))
    assert fits(session, [line])[line.id].is_known

    service.confirm_line(session, order, line.id, by=None, at=SATURDAY)

    assert line.state is LineState.MATCHED
    assert len(session.scalars(select(PaymentEvent)).all()) == 1


def test_money_that_came_twice_is_owed_back_once(session, account, ask):
    order = ask()
    first_line, second = arrive(session, account, due(session, order), due(session, order))
    service.confirm_line(session, order, first_line.id, by=None, at=SATURDAY)
    assert fits(session, [second]) == {}

    order = service.confirm_line(session, order, second.id, by=None, at=SATURDAY)

    intent = intent_of(session, order.cooperative_id, order.id)
    assert intent.state is PaymentState.OVER
    assert order.refund_due == due(session, order)
    assert audit.run(session, at=SATURDAY) == []


def test_late_money_on_a_statement_revives_the_order(session, account, ask):
    order = ask()
    service.expire_overdue(session, at=order.pay_by)
    arrive(session, account, due(session, order), at=SATURDAY + 3 * DAY)

    service.confirm_exact(session, account.cooperative_id, by=None, at=SATURDAY + 3 * DAY)

    session.refresh(order)
    assert (order.state, order.refund_due) == (OrderState.NEW, Rupiah(0))


def test_late_money_for_goods_that_are_gone_is_owed_back(session, sanan, account):
    last = make_listing(session, sanan, "Keripik terakhir", stock_count=1)
    request = make_request((last, 1), method=PaymentMethod.TRANSFER)
    order = first(session, service.place(session, request, at=SATURDAY).id)
    service.expire_overdue(session, at=order.pay_by)
    service.place(session, make_request((last, 1)), at=SATURDAY + 2 * DAY)
    arrive(session, account, due(session, order), at=SATURDAY + 3 * DAY)

    service.confirm_exact(session, sanan.id, by=None, at=SATURDAY + 3 * DAY)

    session.refresh(order)
    assert (order.state, order.refund_due) == (OrderState.EXPIRED, due(session, order))


def test_another_cooperatives_line_is_not_there(session, velodrome, account, ask):
    order = ask()
    other = money.propose(session, velodrome, JATIM, by=None, at=SATURDAY)
    (line,) = arrive(session, other, due(session, order))

    with pytest.raises(NotFound):
        service.confirm_line(session, order, line.id, by=None, at=SATURDAY)


# Pages


@pytest.fixture
def office(session, officer, account, sign_in):
    session.commit()
    return sign_in(officer)


def statement_of(*lines: str) -> BytesIO:
    return BytesIO("\n".join(("Tgl,Uraian,Nilai,Jenis", *lines)).encode())


def send(office, slug, account, file: BytesIO, name="mutasi.csv"):
    return office.post(
        f"{PAGE.format(slug)}/impor",
        data={"account": to_text(account.id), "file": (file, name)},
    )


def test_columns_are_asked_for_once_and_then_known(session, sanan, account, office, ask):
    order = ask()
    session.commit()
    first_answer = send(office, sanan.slug, account, statement_of("28/11/2026,TRSF SARI,77.777,CR"))
    asked = office.get(first_answer.location)
    columns = {
        "kolom_tanggal": "0",
        "kolom_keterangan": "1",
        "kolom_jumlah": "2",
        "kolom_arah": "3",
    }
    done = office.post(first_answer.location, data=columns, follow_redirects=True)

    turned = f"Jenis,Nilai,Tgl,Uraian\nCR,{due(session, order).amount},28/11/2026,TRSF"
    again = office.post(
        f"{PAGE.format(sanan.slug)}/impor",
        data={
            "account": to_text(account.id),
            "file": (
                BytesIO(turned.encode()),
                "lain.csv",
            ),
        },
        follow_redirects=True,
    )

    assert "Kolom mana berisi apa?" in asked.text
    assert "TRSF SARI" in asked.text
    assert "1 uang masuk baru" in done.text
    assert "Rp 77.777" in done.text.replace("\u00a0", " ")
    assert "1 uang masuk baru" in again.text
    assert "Cocokkan semua yang pas" in again.text
    assert order.pickup_code in again.text


def test_a_choice_without_money_keeps_what_was_chosen(sanan, account, office):
    path = send(office, sanan.slug, account, statement_of("28/11,TRSF,1,CR")).location

    answer = office.post(path, data={"kolom_tanggal": "0", "kolom_saldo": "3"})

    assert answer.status_code == 422
    assert "Pilih kolom uang masuk, atau kolom jumlah." in answer.text
    assert answer.text.count("selected") == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Berkas ini kosong."),
        (b"\x00\x01\x02" * 30, "Ini bukan berkas CSV atau XLSX."),
        (b"PK\x03\x04 rusak", "Berkas XLSX ini rusak."),
        (b"a,b\n" * 100_000, "Paling banyak 5.000 baris."),
    ],
)
def test_files_that_are_no_statement_are_refused_with_the_reason(
    sanan, account, office, data, sentence
):
    answer = send(office, sanan.slug, account, BytesIO(data))

    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("name", FILES)
def test_no_hostile_file_stumbles(session, sanan, account, office, name):
    answer = send(office, sanan.slug, account, BytesIO(FILES[name]), name)

    assert answer.status_code in (303, 422)
    assert session.scalars(select(BankLine)).all() == []


def test_rows_that_cannot_be_read_are_named_by_their_line(sanan, account, office):
    path = send(
        office, sanan.slug, account, statement_of("28/11,A,5.000,CR", "PEND,B,6.000,CR")
    ).location

    page = office.post(
        path, data={"kolom_tanggal": "0", "kolom_jumlah": "2"}, follow_redirects=True
    ).text

    assert "1 baris tidak terbaca, mulai dari baris 3: Tanggal “PEND” tidak terbaca." in page


def test_an_officer_matches_one_sets_one_aside_and_takes_that_back(
    session, sanan, account, office, ask
):
    order = ask()
    fitting, strange = arrive(session, account, due(session, order), Rupiah(77_777))
    session.commit()
    base = PAGE.format(sanan.slug)

    matched = office.post(
        f"{base}/baris/{to_text(fitting.id)}/cocok",
        data={"nomor": order.number},
        follow_redirects=True,
    )
    aside = office.post(f"{base}/baris/{to_text(strange.id)}/sisihkan", follow_redirects=True)
    listed = office.get(f"{base}?status=bukan_pesanan").text
    office.post(f"{base}/baris/{to_text(strange.id)}/sisihkan", data={"kembali": "1"})

    assert f"Uang untuk {order.pickup_code} dicatat dari mutasi." in matched.text
    assert "Tidak ada di sini" in aside.text
    assert "77.777" in listed
    assert "77.777" in office.get(base).text
    assert order.pickup_code in office.get(f"{base}?status=cocok").text


def test_a_line_that_is_taken_and_an_order_that_is_not_there_are_refused(
    session, sanan, account, office, ask
):
    sari, budi = ask(), ask()
    (line,) = arrive(session, account, due(session, sari))
    service.confirm_line(session, sari, line.id, by=None, at=SATURDAY)
    session.commit()
    path = f"{PAGE.format(sanan.slug)}/baris/{to_text(line.id)}/cocok"

    taken = office.post(path, data={"nomor": budi.number})
    nowhere = office.post(path, data={"nomor": "KM-0000-0000-A"})

    assert (taken.status_code, nowhere.status_code) == (409, 422)
    assert "sudah dicocokkan" in taken.text
    assert "Pesanan tidak ditemukan." in nowhere.text


def test_all_that_fit_are_matched_with_one_button(session, sanan, account, office, ask):
    sari, budi = ask(), ask()
    arrive(session, account, due(session, sari), due(session, budi), Rupiah(77_777))
    session.commit()

    page = office.post(f"{PAGE.format(sanan.slug)}/cocok-semua", follow_redirects=True).text

    assert "2 uang masuk dicocokkan." in page
    assert "77.777" in page
    session.refresh(sari)
    assert sari.state is OrderState.NEW


def test_a_file_that_was_forgotten_is_asked_for(sanan, account, office):
    answer = office.post(f"{PAGE.format(sanan.slug)}/impor", data={"account": to_text(account.id)})

    assert answer.status_code == 422
    assert "Berkas ini kosong." in answer.text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SELLER, Role.SUPERVISOR])
def test_only_who_may_confirm_money_sees_statements(session, sanan, account, sign_in, role):
    other: Account = make_officer(session, sanan, role)
    browser = sign_in(other)

    assert browser.get(PAGE.format(sanan.slug)).status_code == 403
    assert browser.post(f"{PAGE.format(sanan.slug)}/cocok-semua").status_code == 403


def test_a_cooperative_without_an_account_is_told_what_to_do(session, sign_in):
    lain = make_cooperative(session, "Lain", slug="lain")
    browser = sign_in(make_officer(session, lain))

    assert "Pasang rekening koperasi dulu" in browser.get("/k/lain/kelola/rekening").text
    assert browser.post("/k/lain/kelola/rekening/impor").status_code == 422


# Races


@pytest.mark.race
def test_one_line_confirmed_from_many_places_pays_once(own_app):
    with own_app.app_context():
        with transaction() as session:
            sanan = make_cooperative(session, "Sanan")
            make_point(session, sanan)
            bank = money.propose(session, sanan, JATIM, by=None, at=SATURDAY)
            keripik = make_listing(session, sanan, "Keripik")
            request = make_request((keripik, 1), method=PaymentMethod.TRANSFER)
            order = first(session, service.place(session, request, at=SATURDAY).id)
            (line,) = arrive(session, bank, due(session, order))
            shop_id, number, line_id = sanan.id, order.number, line.id
        db.session.remove()

    def confirm_it(_turn: int) -> None:
        with own_app.app_context():
            try:
                with transaction() as session:
                    order = queries.of_cooperative(session, shop_id, number)
                    service.confirm_line(session, order, line_id, by=None, at=SATURDAY)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(confirm_it, range(12)))

    with own_app.app_context():
        assert len(db.session.scalars(select(PaymentEvent)).all()) == 1
        assert audit.run(db.session(), at=SATURDAY) == []
        db.session.remove()
