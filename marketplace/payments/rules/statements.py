"""What the columns of a bank statement mean, and what each of its rows says."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.payments.rules.amounts import read_amount, read_day, read_mark

Line = tuple[int, tuple[str, ...]]
# How far down a bank's letterhead may reach before the headings come.
LETTERHEAD = 30
LONGEST_TEXT = 300


class Column(Enum):
    """What a column of a statement may hold."""

    DATE = "tanggal"
    TEXT = "keterangan"
    CREDIT = "masuk"
    DEBIT = "keluar"
    AMOUNT = "jumlah"
    MARK = "arah"
    BALANCE = "saldo"
    REFERENCE = "referensi"


COLUMN_LABELS: dict[Column, Sentence] = {
    Column.DATE: say("Tanggal"),
    Column.TEXT: say("Keterangan"),
    Column.CREDIT: say("Uang masuk (kredit)"),
    Column.DEBIT: say("Uang keluar (debit)"),
    Column.AMOUNT: say("Jumlah (masuk dan keluar)"),
    Column.MARK: say("Arah (CR atau DB)"),
    Column.BALANCE: say("Saldo"),
    Column.REFERENCE: say("Nomor referensi"),
}
# The words by which banks call them; the first column that bears one is meant.
_WORDS: dict[Column, tuple[str, ...]] = {
    Column.DATE: ("tanggal", "tgl", "date"),
    Column.CREDIT: ("kredit", "credit", "cr", "masuk"),
    Column.DEBIT: ("debit", "debet", "db", "keluar"),
    Column.MARK: ("db/cr", "cr/db", "d/k", "k/d", "d/c", "dk", "jenis", "tipe", "type", "arah"),
    Column.AMOUNT: ("jumlah", "nominal", "mutasi", "amount", "nilai"),
    Column.BALANCE: ("saldo", "balance"),
    Column.REFERENCE: ("referensi", "reference", "ref"),
    Column.TEXT: (
        "keterangan",
        "uraian",
        "deskripsi",
        "description",
        "remark",
        "berita",
        "catatan",
    ),
}
Columns = Mapping[Column, int]


class WrongColumns(Invalid):
    """A choice of columns from which no money can be read."""


class LineState(Enum):
    """What became of money on a statement."""

    OPEN = "baru"
    MATCHED = "cocok"
    OTHER = "bukan_pesanan"


class LineTaken(RuleBroken):
    """Somebody has decided about this line already."""

    code = "line_taken"


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """Money that came in, as one row of a statement says it."""

    dated: date
    amount: Rupiah
    text: str
    reference: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole statement: money in, and how many rows said something else.

    ``aside`` are rows without money in; sums with sen pay no order, so they are only counted.
    """

    money: tuple[MoneyIn, ...]
    aside: int
    with_sen: int
    wrong: tuple[tuple[int, Sentence | str], ...]


def guess(headings: Sequence[str]) -> dict[Column, int]:
    """Guess from the headings which column holds what; each column is taken once."""
    names = [" ".join(heading.casefold().split()).strip(" .:") for heading in headings]
    found: dict[Column, int] = {}
    for exact in (True, False):
        for column, words in _WORDS.items():
            if column in found:
                continue
            for place, name in enumerate(names):
                if place not in found.values() and _means(name, words, exact=exact):
                    found[column] = place
                    break
    if Column.CREDIT in found:
        for needless in (Column.AMOUNT, Column.MARK):
            found.pop(needless, None)
    return found


def _means(name: str, words: tuple[str, ...], *, exact: bool) -> bool:
    if exact:
        return name in words
    parts = set(name.replace(".", " ").replace("(", " ").replace(")", " ").split())
    return any(word in parts for word in words)


def split(rows: Sequence[Line]) -> tuple[tuple[str, ...], Sequence[Line]]:
    """Find the headings below a letterhead, and the rows below them."""
    for place, (_, cells) in enumerate(rows[:LETTERHEAD]):
        known = guess(cells)
        if Column.DATE in known and (Column.CREDIT in known or Column.AMOUNT in known):
            return cells, rows[place + 1 :]
    for place, (_, cells) in enumerate(rows[:LETTERHEAD]):
        if sum(bool(cell) for cell in cells) > 1:
            return cells, rows[place + 1 :]
    return rows[0][1], rows[1:]


def check_columns(columns: Columns, width: int) -> None:
    """Refuse a choice that names no day or no money, or one column for two things."""
    wrong: dict[str, Sentence | str] = {}
    if Column.DATE not in columns:
        wrong[Column.DATE.value] = say("Pilih kolom tanggal.")
    if Column.CREDIT not in columns and Column.AMOUNT not in columns:
        wrong[Column.CREDIT.value] = say("Pilih kolom uang masuk, atau kolom jumlah.")
    for column, place in columns.items():
        if not 0 <= place < width:
            wrong[column.value] = say("Kolom ini tidak ada di berkas.")
        elif list(columns.values()).count(place) > 1:
            wrong[column.value] = say("Satu kolom tidak bisa dipakai dua kali.")
    if wrong:
        raise WrongColumns(say("Kolomnya belum benar."), fields=wrong)


def read(rows: Iterable[Line], columns: Columns, *, today: date) -> Reading:
    """Read all rows; money that came in is kept, everything else is counted."""
    money: list[MoneyIn] = []
    wrong: list[tuple[int, Sentence | str]] = []
    aside = with_sen = 0
    seen: Counter[str] = Counter()
    for line, cells in rows:
        try:
            sum_ = _sum(cells, columns)
            if sum_ is None:
                aside += 1
                continue
            amount, sen = sum_
            if sen:
                with_sen += 1
                continue
            day = read_day(_cell(cells, columns, Column.DATE), today=today)
        except Invalid as unreadable:
            wrong.append((line, unreadable.message))
            continue
        money.append(_kept(cells, columns, day, Rupiah(amount), seen))
    return Reading(tuple(money), aside, with_sen, tuple(wrong))


def _sum(cells: Sequence[str], columns: Columns) -> tuple[int, int] | None:
    """Give rupiah and sen that came in; None when nothing did."""
    if Column.CREDIT in columns:
        text = _cell(cells, columns, Column.CREDIT)
        if not text.strip(" -"):
            return None
        printed = read_amount(text)
        came = printed.inward is not False
    else:
        text = _cell(cells, columns, Column.AMOUNT)
        if not text.strip(" -"):
            return None
        printed = read_amount(text)
        mark = read_mark(_cell(cells, columns, Column.MARK)) if Column.MARK in columns else None
        came = (printed.inward if mark is None else mark) is not False
    if not came or (printed.rupiah, printed.sen) == (0, 0):
        return None
    return printed.rupiah, printed.sen


def _kept(
    cells: Sequence[str], columns: Columns, day: date, amount: Rupiah, seen: Counter[str]
) -> MoneyIn:
    text = _clean(_cell(cells, columns, Column.TEXT))
    reference = _clean(_cell(cells, columns, Column.REFERENCE))
    balance = _clean(_cell(cells, columns, Column.BALANCE))
    said = "|".join([day.isoformat(), str(amount.amount), reference or f"{text}|{balance}"])
    seen[said] += 1  # two equal rows of one file are two sums of money
    fingerprint = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()
    return MoneyIn(day, amount, text, reference, fingerprint)


def _cell(cells: Sequence[str], columns: Columns, column: Column) -> str:
    place = columns.get(column)
    return cells[place] if place is not None and place < len(cells) else ""


def _clean(text: str) -> str:
    visible = "".join(letter for letter in text if not unicodedata.category(letter).startswith("C"))
    return " ".join(visible.split())[:LONGEST_TEXT]


def named(columns: Columns, headings: Sequence[str]) -> dict[str, str]:
    """Write a choice down by the headings, so that it fits the next file in any order."""
    return {column.value: headings[place] for column, place in columns.items()}


def refound(known: Mapping[str, str], headings: Sequence[str]) -> dict[Column, int] | None:
    """Find a remembered choice in another file; None when a heading is not there."""
    places = {heading: place for place, heading in reversed(list(enumerate(headings)))}
    if not known or any(heading not in places for heading in known.values()):
        return None
    return {Column(name): places[heading] for name, heading in known.items()}
