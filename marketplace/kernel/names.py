"""Names of people: what was typed or pasted becomes what can be read aloud."""

from __future__ import annotations

import unicodedata

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

_JOINERS = frozenset("\u200c\u200d")  # between letters of some scripts they carry meaning


def read_name(text: str) -> str:
    """Read a name; nothing invisible in it can turn the page around or hide who it is.

    >>> read_name("  Bu   Lilik ")
    'Bu Lilik'
    """
    visible = "".join(letter for letter in " ".join(text.split()) if _shows(letter))
    name = unicodedata.normalize("NFC", " ".join(visible.split()))
    if not any(letter.isalnum() for letter in name):
        raise Invalid(say("Tulis nama yang bisa dibaca, misalnya Bu Lilik."))
    return name


def _shows(letter: str) -> bool:
    return letter in _JOINERS or not unicodedata.category(letter).startswith("C")
