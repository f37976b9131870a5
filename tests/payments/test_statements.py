"""Bank statements as Indonesian banks write them, read to the rupiah or refused."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.files.tables import read_rows
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.money import Rupiah
from marketplace.payments import queries, service
from marketplace.payments.models import BankLine
from marketplace.payments.rules import BankAccount, QrisCode
from marketplace.payments.rules.amounts import LARGEST, read_amount, read_day, read_mark
from marketplace.payments.rules.statements import (
    Column,
    LineState,
    LineTaken,
    WrongColumns,
    check_columns,
    guess,
    read,
    refound,
    split,
)
from marketplace.payments.service import statements
from tests.listings.test_sheets import CELLS, workbook
from tests.makers import SATURDAY, STATIC_QRIS, make_cooperative

TODAY = date(2026, 11, 28)
JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")

# Amounts


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@given(st.integers(0, LARGEST))
def test_every_way_in_which_banks_write_an_amount_reads_the_same(number):
    ways = [
        str(number), f"{number}.00", f"{number},00", f"{number:,}", f"{number:,}.00",
        dotted(number), f"{dotted(number)},00", f"Rp {dotted(number)}", f"IDR {number:,}.00",
        f" {dotted(number)},00 ", f"'{number}",
    ]  # fmt: skip

    assert {read_amount(way)[:2] for way in ways} == {(number, 0)}


@given(st.integers(1, 10**9), st.integers(1, 99))
def test_sen_are_never_taken_for_rupiah(number, sen):
    for text in (f"{dotted(number)},{sen:02d}", f"{number:,}.{sen:02d}", f"{number}.{sen:02d}"):
        assert read_amount(text)[:2] == (number, sen)


@pytest.mark.parametrize(
    ("text", "inward"),
    [
        ("29.577,00 CR", True), ("29,577.00CR", True), ("29577 K", True), ("29577 (CR)", True),
        ("29.577,00 DB", False), ("29577D", False), ("-29577", False), ("(29,577.00)", False),
        ("29.577,00-", False), ("+29577", None), ("29577", None),
    ],
)  # fmt: skip
def test_an_amount_says_whether_it_came_in(text, inward):
    assert read_amount(text) == (29_577, 0, inward)


@pytest.mark.parametrize(
    "text",
    ["", "CR", "1.25.000", "1,250.000", "1..2", "1.2.3", "12345.678", "1e6", "٢٩٥٧٧", "=1+1",
     "29577 kambing", "1" * 41, "99999999999999999", "NaN", "-", "1.250.0000"],
)  # fmt: skip
def test_what_could_be_misread_is_refused(text):
    with pytest.raises(Invalid):
        read_amount(text)


@given(st.text(alphabet=string.printable + "Ⅷ①٣＝", max_size=60))
def test_no_text_breaks_the_reader(text):
    try:
        printed = read_amount(text)
    except Invalid:
        return
    assert 0 <= printed.rupiah <= LARGEST
    assert 0 <= printed.sen <= 99


# Days


@pytest.mark.parametrize(
    "text",
    ["24/11/2026", "24-11-2026", "24.11.2026", "24/11/26", "2026-11-24", "2026/11/24", "24/11",
     "24 Nov 2026", "24-Nov-26", "24 NOVEMBER 2026", "'24/11", "2026-11-24 10:33:12",
     "24/11/2026 10.33", "2026-11-24T10:33", " 24/11/2026 "],
)  # fmt: skip
def test_a_day_is_read_as_banks_write_it(text):
    assert read_day(text, today=TODAY) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["PEND", "", "31/02/2026", "30/02", "13/13/2026", "2026", "24 Foo 2026", "٢٤/11"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Invalid):
        read_day(text, today=TODAY)


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(0, 300))
def test_a_day_without_a_year_is_the_last_such_day(today, ago):
    day = today - timedelta(days=ago)

    assert read_day(f"{day:%d/%m}", today=today) == day


@pytest.mark.parametrize(
    ("text", "inward"), [("CR", True), (" k ", True), ("D", False), ("", None)]
)
def test_a_mark_says_the_direction(text, inward):
    assert read_mark(text) is inward


# Columns


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (
            ("Tanggal", "Keterangan", "Debet", "Kredit", "Saldo"),
            {Column.DATE: 0, Column.TEXT: 1, Column.DEBIT: 2, Column.CREDIT: 3, Column.BALANCE: 4},
        ),
        (
            ("Saldo", "DB/CR", "Jumlah", "Keterangan Transaksi", "Tgl. Transaksi"),
            {
                Column.BALANCE: 0,
                Column.MARK: 1,
                Column.AMOUNT: 2,
                Column.TEXT: 3,
                Column.DATE: 4,
            },
        ),
        (
            ("Transaction Date", "Description", "Amount", "CR/DB", "Balance", "Reference No."),
            {
                Column.DATE: 0,
                Column.TEXT: 1,
                Column.AMOUNT: 2,
                Column.MARK: 3,
                Column.BALANCE: 4,
                Column.REFERENCE: 5,
            },
        ),
        (("Nama", "Alamat"), {}),
    ],
)
def test_columns_are_guessed_from_their_headings(headings, columns):
    assert guess(headings) == columns


def test_headings_are_found_below_a_letterhead():
    rows = read_rows(
        b"No. rekening,: 123\nNama,: KOPERASI\n\nTanggal,Keterangan,Jumlah\n24/11,TRSF,29577 CR\n"
    )

    headings, below = split(rows)

    assert headings == ("Tanggal", "Keterangan", "Jumlah")
    assert [cells for _, cells in below] == [("24/11", "TRSF", "29577 CR")]


@pytest.mark.parametrize(
    ("data", "headings"),
    [(b"Laporan\nA,B\n1,2\n", ("A", "B")), (b"satu\ndua\n", ("satu",))],
)
def test_headings_that_nobody_knows_are_the_first_row_with_two_cells(data, headings):
    assert split(read_rows(data))[0] == headings


@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ({}, {"tanggal", "masuk"}),
        ({Column.DATE: 0}, {"masuk"}),
        ({Column.AMOUNT: 0}, {"tanggal"}),
        ({Column.DATE: 0, Column.AMOUNT: 0}, {"tanggal", "jumlah"}),
        ({Column.DATE: 0, Column.CREDIT: 9}, {"masuk"}),
    ],
)
def test_a_choice_without_day_or_money_is_refused_at_its_field(columns, wrong):
    with pytest.raises(WrongColumns) as refused:
        check_columns(columns, 3)

    assert set(refused.value.fields) == wrong


def test_a_remembered_choice_fits_any_order_of_columns_or_not_at_all():
    known = {"tanggal": "Tgl", "masuk": "Kredit"}

    assert refound(known, ("Kredit", "x", "Tgl")) == {Column.DATE: 2, Column.CREDIT: 0}
    assert refound(known, ("Kredit", "x")) is None
    assert refound({}, ("Kredit",)) is None


# Rows


def reading(*rows: tuple[str, ...], headings=("Tanggal", "Keterangan", "Jumlah", "DB/CR")):
    return read(list(enumerate(rows, 2)), guess(headings), today=TODAY)


def test_money_in_is_kept_and_the_rest_is_counted():
    found = reading(
        ("24/11", "TRSF E-BANKING", "29.577,00", "CR"),
        ("24/11", "BIAYA ADM", "2.500,00", "DB"),
        ("25/11", "BUNGA", "12,34", "CR"),
        ("SALDO AKHIR", "", "", ""),
        ("PEND", "TRSF", "10.000,00", "CR"),
        ("25/11", "TRSF", "sepuluh", "CR"),
    )

    assert [(each.dated.day, each.amount) for each in found.money] == [(24, Rupiah(29_577))]
    assert (found.aside, found.with_sen) == (2, 1)
    assert [line for line, _ in found.wrong] == [6, 7]


def test_two_equal_rows_are_two_sums_and_the_same_in_every_export():
    row = ("24/11/2026", "TRSF", "29.577,00", "CR")
    first = reading(row, row)
    again = reading(("24-11-26", "TRSF", "29577", "K"), row, row)

    prints = [each.fingerprint for each in first.money]
    assert len(set(prints)) == 2
    assert [each.fingerprint for each in again.money][:2] == prints


def test_a_reference_of_the_bank_tells_a_row_however_it_is_worded():
    headings = ("Tanggal", "Keterangan", "Jumlah", "Referensi")
    short = reading(("24/11", "TRSF", "29577", "FT123"), headings=headings)
    wordy = reading(("24/11", "TRSF E-BANKING CR", "29577", "FT123"), headings=headings)

    assert short.money[0].fingerprint == wordy.money[0].fingerprint


def test_credit_and_debit_may_stand_in_two_columns():
    headings = ("Tanggal", "Uraian", "Debet", "Kredit", "Saldo")
    found = reading(
        ("24/11", "A", "0,00", "29.577,00", "1.000.000,00"),
        ("24/11", "B", "5.000,00", "0,00", "995.000,00"),
        ("24/11", "C", "5.000,00", "", "990.000,00"),
        headings=headings,
    )

    assert [each.text for each in found.money] == ["A"]
    assert found.aside == 2


@given(st.lists(st.lists(st.text(max_size=20), max_size=6).map(tuple), max_size=20))
def test_no_rows_break_the_reading(rows):
    columns = {Column.DATE: 0, Column.TEXT: 1, Column.AMOUNT: 2, Column.MARK: 3}

    found = read(list(enumerate(rows)), columns, today=TODAY)

    assert len(found.money) + found.aside + found.with_sen + len(found.wrong) == len(rows)


# Importing

FILE = (
    "Tanggal;Keterangan;Jumlah;DB/CR\n"
    "27/11/2026;TRSF SARI;29.577,00;CR\n"
    "27/11/2026;ADM;2.500,00;DB\n"
    "28/11/2026;TRSF BUDI;14.001,00;CR\n"
)


@pytest.fixture
def account(session, sanan):
    return service.propose(session, sanan, JATIM, by=None, at=SATURDAY)


def bring(session, account, data: bytes, columns=None):
    rows = read_rows(data)
    chosen = guess(split(rows)[0]) if columns is None else columns
    return statements.bring_in(session, account, rows, chosen, by=None, at=SATURDAY)


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(BankLine))


def test_importing_again_adds_nothing(session, account):
    first = bring(session, account, FILE.encode())
    again = bring(session, account, FILE.encode("utf-16"))
    longer = bring(session, account, (FILE + "28/11/2026;TRSF;5.000,00;CR\n").encode())

    assert (first.new, first.known, first.aside) == (2, 0, 1)
    assert (again.new, again.known) == (0, 2)
    assert (longer.new, longer.known) == (1, 2)
    assert count(session) == 3


def test_a_workbook_says_the_same_as_a_text(session, account):
    bring(session, account, FILE.encode())

    again = bring(
        session,
        account,
        workbook(
            ("Jumlah", "DB/CR", "Tanggal", "Keterangan"),
            (29_577.0, "CR", "27/11/2026", "TRSF SARI"),
            (14_001, "CR", "28/11/2026", "TRSF BUDI"),
        ),
    )

    assert (again.new, again.known) == (0, 2)


def test_the_choice_is_remembered_for_the_account(session, account):
    columns = {Column.DATE: 0, Column.AMOUNT: 2}

    bring(session, account, FILE.encode(), columns)
    bring(session, account, FILE.encode(), {**columns, Column.MARK: 3})

    assert queries.known_columns(session, account) == {
        "tanggal": "Tanggal", "jumlah": "Jumlah", "arah": "DB/CR",
    }  # fmt: skip


def test_formulas_in_a_statement_are_kept_as_text_that_nothing_runs(session, account):
    lines = "".join(
        '27/11/2026;"{}";{};CR\n'.format(cell.replace('"', '""'), 1000 + place)
        for place, cell in enumerate(CELLS)
    )

    done = bring(session, account, ("Tanggal;Keterangan;Jumlah;DB/CR\n" + lines).encode())

    assert done.new == len(CELLS) >= 5


def test_five_thousand_rows_come_in_at_once(session, account):
    lines = "".join(f"27/11/2026;T{n};{1000 + n};CR\n" for n in range(5000))

    done = bring(session, account, ("Tanggal;Keterangan;Jumlah;DB/CR\n" + lines).encode())

    assert done.new == count(session) == 5000


def test_only_accounts_that_got_money_have_statements(session, sanan, account):
    lain = make_cooperative(session, "Lain")
    code = service.propose(
        session, sanan, QrisCode(STATIC_QRIS, "KOP", converts=True), by=None, at=SATURDAY
    )
    waiting = service.propose(
        session, sanan, BankAccount("BRI", "998877665544", "Lain"), by=None, at=SATURDAY
    )

    assert queries.accounts(session, sanan.id) == [account]
    for cooperative, row in ((lain, account), (sanan, code), (sanan, waiting)):
        with pytest.raises(NotFound):
            queries.account(session, cooperative.id, row.id)


# Setting aside


def test_money_for_no_order_is_set_aside_and_can_come_back(session, sanan, account):
    bring(session, account, FILE.encode())
    line = queries.open_lines(session, sanan.id)[0]

    statements.set_aside(session, line, by=None, at=SATURDAY)
    statements.set_aside(session, line, by=None, at=SATURDAY)
    assert queries.open_count(session, sanan.id) == 1

    statements.look_again(session, line)
    statements.look_again(session, line)
    assert (line.state, line.decided_at) == (LineState.OPEN, None)
    assert queries.open_count(session, sanan.id) == 2


def test_a_line_is_decided_about_once(session, sanan, account):
    bring(session, account, FILE.encode())
    line = queries.open_lines(session, sanan.id)[0]
    statements.set_aside(session, line, by=None, at=SATURDAY)

    with pytest.raises(LineTaken):
        statements.match(session, line, line.id, by=None, at=SATURDAY)
