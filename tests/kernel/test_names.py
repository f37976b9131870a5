from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import Invalid
from marketplace.kernel.names import read_name

INVISIBLE = "\u200b\u200e\u202e\u2066\u2069\ufeff\u00ad\x00\x07"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Sari", "Sari"),
        ("  Bu   Lilik\t", "Bu Lilik"),
        ("Sari\r\nBcc: orang@lain.id", "Sari Bcc: orang@lain.id"),
        ("\u2068Bu Lilik\u2069", "Bu Lilik"),  # as WhatsApp copies a contact
        ("I Gusti A\u0301yu", "I Gusti Áyu"),
        ("Toko 99", "Toko 99"),
        ("\u1b13\u1b2e\u1b36", "\u1b13\u1b2e\u1b36"),  # Balinese
        ("O'Brien-Dwi, S.E.", "O'Brien-Dwi, S.E."),
    ],
)
def test_a_name_is_kept_as_people_write_it(typed: str, name: str) -> None:
    assert read_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "\u202e\u2066", "...", "\u0301", "👍", "\x00"]
)
def test_what_nobody_can_read_aloud_is_no_name(typed: str) -> None:
    with pytest.raises(Invalid):
        read_name(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_clean_name_or_refused(text: str) -> None:
    try:
        name = read_name(text)
    except Invalid:
        return

    assert name == read_name(name)
    assert name == " ".join(name.split())
    assert unicodedata.is_normalized("NFC", name)
    assert any(letter.isalnum() for letter in name)
    name.encode()


@given(st.text(alphabet="abcXYZ 09'", min_size=1, max_size=30), st.text(INVISIBLE, max_size=5))
def test_nothing_invisible_makes_another_name(text: str, noise: str) -> None:
    if not any(letter.isalnum() for letter in text):
        return
    middle = len(text) // 2

    assert read_name(text[:middle] + noise + text[middle:]) == read_name(text)
