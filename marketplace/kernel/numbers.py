"""Numbers as Indonesians type them: understood, or refused with a sentence; never misread.

A dot groups thousands, a comma begins the fraction. ``1.50`` and ``1,000`` mean different
things to different people, so they are sent back with the way to write them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import NON_BREAKING_SPACE, Rupiah, grouped
from marketplace.kernel.text import Sentence, say

LARGEST = 10**15
LONGEST_TEXT = 40
WHOLE_PERCENT = 100
BASIS_POINTS = 10_000

_BLANKS = f" \t\r\n{NON_BREAKING_SPACE}"
_WORD = r"(?: *(?P<word>rb|ribu|k|jt|juta|miliar|milyar))?"
_NUMBER = re.compile(
    r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?P<fraction>[0-9]+))?" + _WORD
)
_LOOKS_LIKE_A_NUMBER = re.compile(r"[0-9]+[.,][0-9.,]*" + _WORD)
_CURRENCY = re.compile(r"(?:rp\.?|idr) *")
_AFTER_MONEY = re.compile(r"(?:,-| *rupiah)")
_PERCENT_SIGN = re.compile(r" *(?:%|persen)")
_WORDS = {
    "rb": 10**3, "ribu": 10**3, "k": 10**3,
    "jt": 10**6, "juta": 10**6,
    "miliar": 10**9, "milyar": 10**9,
}  # fmt: skip


class NotANumber(Invalid):
    """The text is no number that we know how to read."""


class AmbiguousNumber(Invalid):
    """Two people could read the text as two different numbers."""


class NumberOutOfRange(Invalid):
    """A clear number, but smaller or larger than may be here."""


class _Read(NamedTuple):
    """A number taken apart: ``digits`` divided by ten to the ``places``."""

    digits: int
    places: int

    def times(self, factor: int) -> int | None:
        """Multiply; None when the answer is not whole."""
        whole, rest = divmod(self.digits * factor, 10**self.places)
        return None if rest else whole


def parse_rupiah(text: str, *, least: int = 0, most: int = LARGEST) -> Rupiah:
    """Read an amount of money, with or without Rp.

    >>> parse_rupiah("Rp 12.500,-").amount, parse_rupiah("1,2 jt").amount
    (12500, 1200000)
    """
    bare = _tidy(text)
    currency = _CURRENCY.match(bare)
    bare = bare[currency.end() :] if currency else bare
    bare = _without_end(bare, _AFTER_MONEY)
    amount = _read(bare).times(1)
    if amount is None:
        raise NotANumber(say("Rupiah tidak memakai sen. Tulis tanpa angka di belakang koma."))
    return Rupiah(_within(amount, least, most))


def parse_quantity(text: str, *, least: int = 0, most: int = LARGEST) -> int:
    """Read a whole number of things."""
    return parse_decimal_quantity(text, 1, least=least, most=most)


def parse_decimal_quantity(
    text: str, unit_factor: int, *, least: int = 0, most: int = LARGEST
) -> int:
    """Read a quantity of a unit that holds ``unit_factor`` base units, as base units.

    >>> parse_decimal_quantity("1,5", 1000)
    1500
    """
    amount = _read(_tidy(text)).times(unit_factor)
    if amount is None and unit_factor == 1:
        raise NotANumber(say("Jumlah ini harus bilangan bulat, misalnya 12."))
    if amount is None:
        raise NotANumber(say("Angka di belakang koma terlalu banyak untuk satuan ini."))
    return _within(amount, least, most)


def parse_percent(text: str, *, least: int = 0, most: int = BASIS_POINTS) -> int:
    """Read a percentage as basis points.

    >>> parse_percent("2,5%")
    250
    """
    points = _read(_without_end(_tidy(text), _PERCENT_SIGN)).times(WHOLE_PERCENT)
    if points is None:
        raise NotANumber(say("Persen paling banyak dua angka di belakang koma, misalnya 2,5."))
    if not least <= points <= most:
        raise NumberOutOfRange(
            say(
                "Persen harus antara %(least)s dan %(most)s.",
                least=_percent(least),
                most=_percent(most),
            )
        )
    return points


def _percent(points: int) -> str:
    whole, rest = divmod(points, WHOLE_PERCENT)
    return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


def _tidy(text: str) -> str:
    """Trim and lower what was typed; refuse at once what is no short text."""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise NotANumber(_how())
    bare = text.strip(_BLANKS).replace(NON_BREAKING_SPACE, " ")
    if not bare:
        raise NotANumber(say("Isi dengan angka."))
    if not bare.isascii():  # before lower(): the Kelvin sign would turn into a k
        raise NotANumber(_how())
    return bare.lower()


def _without_end(text: str, ending: re.Pattern[str]) -> str:
    for found in ending.finditer(text):
        if found.end() == len(text):
            return text[: found.start()]
    return text


def _read(text: str) -> _Read:
    """Take a number apart, or say why it cannot be read."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        if _LOOKS_LIKE_A_NUMBER.fullmatch(text):
            raise AmbiguousNumber(_two_readings(text))
        raise NotANumber(_how())
    whole, fraction, word = found["whole"], found["fraction"] or "", found["word"]
    if word and "." in whole:
        raise AmbiguousNumber(say("Tulis angkanya lengkap, misalnya 1.500.000, tanpa rb atau jt."))
    if len(fraction) == 3 and "." not in whole and not whole.startswith("0"):
        raise AmbiguousNumber(_two_readings(text))
    digits = int(whole.replace(".", "") + fraction)
    return _Read(digits * _WORDS[word] if word else digits, len(fraction))


def _within(number: int, least: int, most: int) -> int:
    if number < least:
        raise NumberOutOfRange(say("Paling sedikit %(least)s.", least=grouped(least)))
    if number > min(most, LARGEST):
        raise NumberOutOfRange(say("Paling banyak %(most)s.", most=grouped(min(most, LARGEST))))
    return number


def _two_readings(text: str) -> Sentence:
    return say(
        "“%(text)s” bisa dibaca dua cara. Pakai titik untuk ribuan (1.500) "
        "dan koma untuk pecahan (1,5).",
        text=text,
    )


def _how() -> Sentence:
    return say("Tulis angka biasa, misalnya 12.500 atau 1,5.")
