"""Tables from spreadsheets, whatever letters they are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.files.tables import MOST_ROWS, BadSheet, read_rows, read_table

TEXT = "Tanggal;Keterangan\n24/11/2026;Ñandú – é\n"


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_reads_the_same_in_all_its_letters(letters):
    table = read_table(TEXT.encode(letters))

    assert table.headings == ("Tanggal", "Keterangan")
    assert table.rows == ((2, ("24/11/2026", "Ñandú – é")),)


def test_windows_letters_are_read_too():
    assert read_table(TEXT.encode("cp1252")).rows[0][1][1] == "Ñandú – é"


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03" * 50, b"\xff\xfe\x00", b"a\x00b", b"\x89PNG\x00\x00\x00\rIHDR"]
)
def test_bytes_that_are_no_text_are_refused(data):
    with pytest.raises(BadSheet):
        read_rows(data)


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(data):
    try:
        rows = read_rows(data)
    except BadSheet:
        return
    assert rows


def test_a_hundred_thousand_rows_are_refused_after_reading_few():
    with pytest.raises(BadSheet, match=r"5\.000"):
        read_rows(b"a;b\n" * 100_000)


def test_a_row_with_a_thousand_cells_is_refused():
    with pytest.raises(BadSheet, match="Kolomnya terlalu banyak"):
        read_rows(b"a;b\n" + b";x" * 1000)


def test_as_many_rows_as_are_said_are_read():
    assert len(read_table(b"a;b\n" * (MOST_ROWS + 1)).rows) == MOST_ROWS
