from __future__ import annotations

import json
import zipfile
from base64 import b64decode
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from marketplace.files.tables import BadSheet, guarded, read_table, unguarded, write_csv
from marketplace.listings.rules.sheets import HEADINGS, Cells, columns_of

HOSTILE = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())
CELLS = [case["value"] for case in HOSTILE["inputs"] if case["cat"] == "csv-injection"]
FILES = {
    case["id"]: b64decode(case["value_b64"])
    for case in HOSTILE["inputs"]
    if case["cat"] == "file" and "value_b64" in case
}


def workbook(*rows: tuple[object, ...]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"judul,harga\nKeripik,15000\n",
        b"judul;harga\r\nKeripik;15000\r\n",
        b"judul\tharga\nKeripik\t15000",
        "\ufeffjudul;harga\nKeripik;15000\n".encode(),
        b'\n"judul","harga"\n\n"Keripik","15000"\n\n',
        workbook(("judul", "harga"), ("Keripik", 15_000)),
        workbook(("judul", "harga"), ("Keripik", 15_000.0)),
    ],
)
def test_the_same_goods_read_the_same_from_every_program(data: bytes) -> None:
    table = read_table(data)

    assert table.headings == ("judul", "harga")
    assert [cells for _, cells in table.rows] == [("Keripik", "15000")]


def test_rows_know_on_which_line_they_stand() -> None:
    table = read_table(b"judul,harga\nA,1\n\nB,2\n")

    assert [line for line, _ in table.rows] == [2, 4]


def test_old_windows_letters_are_read() -> None:
    assert read_table(FILES["file-csv-cp1252"]).rows[0][1] == ("Café", "1")


def test_typed_cells_become_what_a_person_would_write() -> None:
    table = read_table(workbook(("a", "b", "c", "d"), (1.5, True, "=1+1", 12)))

    assert table.rows[0][1][:2] == ("1,5", "ya")
    assert table.rows[0][1][3] == "12"


def test_days_and_wholes_are_read_as_a_person_would_write_them() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ("hari", "jam", "stok"))
        sheet.write_datetime(1, 0, datetime(2026, 11, 28), day)  # noqa: DTZ001 - as Excel keeps it
        sheet.write_datetime(1, 1, datetime(2026, 11, 28, 9, 30), time)  # noqa: DTZ001
        sheet.write_number(1, 2, 24)

    table = read_table(out.getvalue())

    assert table.rows[0][1] == ("2026-11-28", "2026-11-28", "24")


def test_a_cell_larger_than_a_reader_takes_names_its_line() -> None:
    data = b"judul,harga\n" + b'"' + b"x" * 140_000 + b'",1\n'

    with pytest.raises(BadSheet, match="tidak terbaca"):
        read_table(data)


def test_a_text_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(BadSheet, match="baris"):
        read_table(b"a\n" * 7_000)


@pytest.mark.parametrize("name", ["file-csv-nul", "file-zip-slip", "file-xml-lol"])
def test_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(BadSheet) as refused:
        columns_of(read_table(FILES[name]).headings)

    assert "file" in refused.value.fields


@pytest.mark.parametrize(
    "data", [b"", b"  \n ", b";;\n;;\n", b"PK\x03\x04 broken", b"judul,harga\x00\n"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(BadSheet):
        read_table(data)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 64_000_000)

    with pytest.raises(BadSheet, match="terlalu besar"):
        read_table(out.getvalue())


def test_too_many_bytes_rows_columns_and_letters_are_refused() -> None:
    for data in (
        b"judul,harga\n" + b"x" * (5 * 1024 * 1024),
        b"judul,harga\n" + b"a,1\n" * 5_001,
        b",".join([b"judul"] * 61) + b"\nx\n",
        b"judul,harga\n" + b"a" * 5_001 + b",1\n",
    ):
        with pytest.raises(BadSheet):
            read_table(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    for wrapped in (data, b"PK\x03\x04" + data):
        try:
            table = read_table(wrapped)
        except BadSheet:
            continue
        assert table.headings


@pytest.mark.parametrize("cell", CELLS)
def test_a_formula_leaves_as_text_and_comes_back_as_it_was(cell: str) -> None:
    assert guarded(cell).startswith("'")
    assert unguarded(guarded(cell)) == cell


@given(st.text())
def test_every_cell_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_a_table_that_was_written_reads_the_same() -> None:
    rows = [("=1+1", "a;b"), ("'=x", 'kata "kutip"'), ("-5", "dua\nbaris")]

    table = read_table(write_csv(("a", "b"), rows))

    assert [cells for _, cells in table.rows] == rows


def test_columns_are_known_in_both_languages_and_in_any_order() -> None:
    assert columns_of(("Price", "TITLE ", "x", "stock")) == {"price": 0, "title": 1, "quantity": 3}
    assert columns_of(("Harga jual", "Nama barang*"))["title"] == 1
    assert len(columns_of(HEADINGS)) == len(HEADINGS)


def test_a_file_without_prices_is_refused() -> None:
    with pytest.raises(BadSheet, match="harga"):
        columns_of(("judul", "stok"))


def test_cells_read_as_people_write_them() -> None:
    cells = Cells(
        {"price": 0, "quantity": 1, "ready_on": 2, "halal": 3, "availability": 4, "state": 5},
        ("Rp 12.500", "1.000", "3/12/2026", "Ya", "PO", "Tayang"),
    )

    price, day = cells.price(), cells.day("ready_on")

    assert price is not None
    assert price.amount == 12_500
    assert cells.number("quantity") == 1_000
    assert day is not None
    assert day.isoformat() == "2026-12-03"
    assert cells.halal().value == "bahan halal"
    assert cells.availability().value == "pre-order"
    assert cells.state() is not None
    assert cells.problems == []


def test_what_does_not_read_is_said_with_its_column() -> None:
    cells = Cells(
        {"price": 0, "quantity": 1, "ready_on": 2, "halal": 3},
        ("gratis", "1.5.0", "besok", "mungkin"),
    )

    cells.price(), cells.number("quantity"), cells.day("ready_on"), cells.halal()

    said = " ".join(str(problem) for problem in cells.problems)
    assert len(cells.problems) == 4
    for word in ("harga", "stok", "tanggal", "halal"):
        assert word in said
