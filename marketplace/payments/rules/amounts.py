"""Amounts and days as Indonesian banks print them, which is not as people type them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

LARGEST = 10**13
LONGEST = 40
_MARK = re.compile(r"\s*\(?(CR|DB|DR|K|D|C)\.?\)?$")
_INWARD = frozenset({"CR", "K", "C", "KREDIT", "CREDIT", "MASUK"})
_OUTWARD = frozenset({"DB", "DR", "D", "DEBIT", "DEBET", "KELUAR"})
_CURRENCY = re.compile(r"^(RP\.?|IDR)\s*")
_DIGITS = re.compile(r"[0-9][0-9.,]*")
_DAY = re.compile(r"(\d{1,2})[/\-. ](\d{1,2})(?:[/\-. ](\d{4}|\d{2}))?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})[/\-](\d{1,2})[/\-](\d{1,2})", re.ASCII)
_NAMED_DAY = re.compile(r"(\d{1,2})[ \-]([A-Z]{3,9})[ \-](\d{4}|\d{2})", re.ASCII)
_CLOCK = re.compile(r"[T ]\d{1,2}[:.]\d{2}.*$")
_MONTHS = {
    "JAN": 1, "FEB": 2, "PEB": 2, "MAR": 3, "APR": 4, "MEI": 5, "MAY": 5, "JUN": 6, "JUL": 7,
    "AGU": 8, "AGT": 8, "AGS": 8, "AUG": 8, "SEP": 9, "OKT": 10, "OCT": 10, "NOV": 11,
    "NOP": 11, "DES": 12, "DEC": 12,
}  # fmt: skip


class BadCell(Invalid):
    """A cell of a statement that cannot be read."""


class Printed(NamedTuple):
    """An amount on a statement: whole rupiah, sen, and whether it says it came in or went out."""

    rupiah: int
    sen: int
    inward: bool | None


def read_amount(text: str) -> Printed:
    """Read an amount in Indonesian or English writing, with or without CR or DB.

    >>> read_amount("1.250.000,00 CR")
    Printed(rupiah=1250000, sen=0, inward=True)
    >>> read_amount("-1,250,000.50")
    Printed(rupiah=1250000, sen=50, inward=False)
    """
    bare = " ".join(text.split()).upper()
    if len(bare) > LONGEST:
        raise _no_amount(text)
    inward: bool | None = None
    mark = _MARK.search(bare)
    if mark:
        inward, bare = mark[1] in _INWARD, bare[: mark.start()]
    minus = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = _CURRENCY.sub("", bare.strip("+-() ")).strip("+-() ")
    if minus:
        inward = False
    found = bare.replace(" ", "").replace("'", "")
    if not _DIGITS.fullmatch(found) or not found.isascii():
        raise _no_amount(text)
    whole, sen = _parted(found, text)
    return Printed(whole, sen, inward)


def _parted(digits: str, text: str) -> tuple[int, int]:
    """Tell thousands from sen: groups of three against one or two digits at the end."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return _whole(digits, text), 0
    sign, tail = digits[last], digits[last + 1 :]
    head = digits[:last]
    if len(tail) in (1, 2) and sign not in head:
        return _whole(_grouped(head, text), text), int(tail.ljust(2, "0"))
    return _whole(_grouped(digits, text), text), 0


def _grouped(digits: str, text: str) -> str:
    """Take out one kind of thousands sign; every group behind it has three digits."""
    signs = set(digits) & {".", ","}
    if not signs:
        return digits
    if len(signs) > 1:
        raise _no_amount(text)
    first, *others = digits.split(signs.pop())
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in others):
        raise _no_amount(text)
    return first + "".join(others)


def _whole(digits: str, text: str) -> int:
    number = int(digits) if digits else -1
    if not 0 <= number <= LARGEST:
        raise _no_amount(text)
    return number


def _no_amount(text: str) -> BadCell:
    return BadCell(say("Jumlah “%(text)s” tidak terbaca.", text=text[:LONGEST]))


def read_mark(text: str) -> bool | None:
    """Read a cell that says whether money came in: CR, K, DB, D …; None when it says neither."""
    word = text.strip().upper().strip(".()")
    if word in _INWARD:
        return True
    return False if word in _OUTWARD else None


def read_day(text: str, *, today: date) -> date:
    """Read a day; without a year it is the last such day that is not ahead of us.

    >>> read_day("31/12", today=date(2026, 1, 2))
    datetime.date(2025, 12, 31)
    """
    bare = _CLOCK.sub("", text.strip().lstrip("'").strip().upper())
    if found := _ISO_DAY.fullmatch(bare):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED_DAY.fullmatch(bare):
        month = _MONTHS.get(found[2][:3], 0)
        return _day(text, _year(found[3]), month, int(found[1]))
    if found := _DAY.fullmatch(bare):
        day, month = int(found[1]), int(found[2])
        if found[3]:
            return _day(text, _year(found[3]), month, day)
        return _latest(text, month, day, today)
    raise _no_day(text)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _latest(text: str, month: int, day: int, today: date) -> date:
    for year in range(today.year, today.year - 5, -1):  # 29 February comes every fourth year
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    raise _no_day(text)


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise _no_day(text) from wrong


def _no_day(text: str) -> BadCell:
    return BadCell(say("Tanggal “%(text)s” tidak terbaca.", text=text[:LONGEST]))
