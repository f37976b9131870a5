"""Files from spreadsheets as plain text cells, whatever program wrote them; and back again.

Nothing here trusts the file: its size, the size it unpacks to, its letters and its formulas.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

from python_calamine import CalamineWorkbook

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 60
LONGEST_CELL = 5_000
ZIP = b"PK\x03\x04"
SEPARATORS = ";,\t"
SAMPLE = 200  # how many bytes tell what letters a file is written in
# What a spreadsheet would take for a formula, also in full width. A sign before it makes it text.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


Row = tuple[int, tuple[str, ...]]


class BadSheet(Invalid):
    """A file that cannot be read as a table."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message, fields={"file": message})


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows with the line on which each stands in the file."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """Read a table whose first row names its columns. Raises BadSheet."""
    (_, headings), *rows = read_rows(data)
    return Table(headings, tuple(rows))


def read_rows(data: bytes) -> list[Row]:
    """Read all filled rows of CSV (any usual letters and separator) or XLSX. Raises BadSheet."""
    if len(data) > MOST_BYTES:
        raise BadSheet(say("Berkas paling besar 5 MB. Bagi menjadi beberapa berkas."))
    if not data.strip():
        raise BadSheet(say("Berkas ini kosong."))
    lines = _of_workbook(data) if data.startswith(ZIP) else _of_csv(data)
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise BadSheet(say("Berkas ini kosong."))
    _check_size(filled)
    return filled


def _check_size(rows: Sequence[Row]) -> None:
    if len(rows) > MOST_ROWS + 1:  # a row of headings stands before them
        raise BadSheet(say("Paling banyak 5.000 baris. Bagi menjadi beberapa berkas."))
    if any(len(cells) > MOST_COLUMNS for _, cells in rows):
        raise BadSheet(say("Kolomnya terlalu banyak, paling banyak 60."))
    for number, cells in rows:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise BadSheet(say("Baris %(line)d: ada isian yang terlalu panjang.", line=number))


# Text files


def _of_csv(data: bytes) -> list[Row]:
    text = _decoded(data)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    lines = []
    try:
        for cells in reader:
            lines.append((reader.line_num, tuple(unguarded(cell.strip()) for cell in cells)))
            if len(lines) > MOST_ROWS + 1000:
                break
    except csv.Error as broken:
        raise BadSheet(say("Baris %(line)d tidak terbaca.", line=reader.line_num)) from broken
    return lines


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        return _of_wide_letters(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Excel writes; the five bytes that mean nothing there become question marks.
        return data.decode("cp1252", errors="replace")


def _of_wide_letters(data: bytes) -> str:
    """Read UTF-16, which some banks and old Excel write; else it is no text at all."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    high, low = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    letters = "utf-16" if marked else "utf-16-be" if high > low else "utf-16-le"
    try:
        text = data.decode(letters)
    except UnicodeDecodeError as broken:
        raise BadSheet(say("Ini bukan berkas CSV atau XLSX.")) from broken
    if "\x00" in text or _is_noise(text):
        raise BadSheet(say("Ini bukan berkas CSV atau XLSX."))
    return text


def _is_noise(text: str) -> bool:
    """Say whether a beginning is no Latin text, as bytes read as letters are."""
    beginning = [letter for letter in text[:SAMPLE] if letter not in "\r\n\t\ufeff"]
    latin = sum(letter < "\u0250" and letter.isprintable() for letter in beginning)
    return latin * 4 < len(beginning) * 3


def _separator(text: str) -> str:
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(SEPARATORS, key=heading.count) if any(s in heading for s in SEPARATORS) else ","


# Workbooks


def _of_workbook(data: bytes) -> list[Row]:
    _check_unpacked(data)
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
        found = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 1000)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as broken:  # the reader may even panic on a broken file
        raise BadSheet(say("Berkas XLSX ini rusak. Simpan ulang, lalu kirim lagi.")) from broken
    return [
        (number, tuple(_text_of(cell) for cell in cells)) for number, cells in enumerate(found, 1)
    ]


def _check_unpacked(data: bytes) -> None:
    """Refuse a small file that unpacks to a huge one, before unpacking it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise BadSheet(say("Berkas XLSX ini rusak. Simpan ulang, lalu kirim lagi.")) from broken
    if sum(member.file_size for member in members) > MOST_UNPACKED or len(members) > 1_000:
        raise BadSheet(say("Berkas XLSX ini terlalu besar setelah dibuka."))


def _text_of(cell: object) -> str:
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10g}".replace(".", ",")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


# The way out


def guarded(cell: str) -> str:
    """Put a sign before what a spreadsheet would run; numbers stay numbers."""
    if _FORMULA.match(cell) and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    """Take the sign off again that ``guarded`` put there."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as Indonesian spreadsheets open it by a double click."""
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
