"""Mobile numbers: every spelling of one number becomes one stored text (E.164)."""

from __future__ import annotations

import re

from lokal.phone import parse_phone as read_phone

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

_SPELLING = re.compile(r"\+?[0-9 ().\-]{8,28}")
_COUNTRY = "+62"
_SERVICE_NUMBERS = f"{_COUNTRY}80"  # 0800 free of charge, 0809 premium: nobody's handset


class NotAPhone(Invalid):
    """No Indonesian mobile number that a message could reach."""


def parse_phone(text: str) -> str:
    """Read an Indonesian mobile number written in any common way, as E.164.

    >>> parse_phone("0812-3456-7890")
    '+6281234567890'
    """
    refused = NotAPhone(say("Tulis nomor HP Indonesia, misalnya 0812 3456 7890."))
    if not isinstance(text, str) or not _SPELLING.fullmatch(text.strip()):
        raise refused
    found = read_phone(text)
    if found.e164 is None or found.type != "mobile" or found.e164.startswith(_SERVICE_NUMBERS):
        raise refused
    return found.e164


def show(e164: str) -> str:
    """Write a stored number as people read it aloud.

    >>> show("+6281234567890")
    '0812 3456 7890'
    """
    number = _national(e164)
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def masked(e164: str) -> str:
    """Write a stored number so that its owner knows it and a stranger cannot ring it.

    >>> masked("+6281234565566")
    '0812••5566'
    """
    number = _national(e164)
    return f"{number[:4]}••{number[-4:]}"


def whatsapp_number(e164: str) -> str:
    """Write a stored number as wa.me wants it."""
    return e164.removeprefix("+")


def _national(e164: str) -> str:
    return "0" + e164.removeprefix(_COUNTRY)
