"""Mobile numbers: all spellings of one number are one number."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.phones import NotAPhone, masked, parse_phone, show, whatsapp_number


@pytest.mark.parametrize(
    "text",
    ["081234567890", "0812-3456-7890", "0812 3456 7890", "+62 812 3456 7890", "62812 3456 7890",
     "6281234567890", "+6281234567890", "(0812) 3456.7890", "81234567890", "+62 0812 3456 7890",
     "  081234567890\n"],
)  # fmt: skip
def test_every_spelling_is_the_same_number(text: str) -> None:
    assert parse_phone(text) == "+6281234567890"


@pytest.mark.parametrize(
    "text",
    ["", "0812", "0341 555123", "021-5551234", "+8816123456789", "+1 202 555 0123", "0800 1234567",
     "0809 123 4567", "08123456789012345", "０８１２３４５６７８９０", "0812x3456789",
     "081234567890\0", "0812\ud8003456789", "٠٨١٢٣٤٥٦٧٨٩٠", "0062812345678",
     "+62+81234567890", "9" * 5000],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(NotAPhone, match="0812 3456 7890"):
        parse_phone(text)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(NotAPhone):
        parse_phone(81234567890)  # type: ignore[arg-type]


def test_a_number_is_shown_masked_and_linked() -> None:
    stored = parse_phone("0812 3456 5566")

    assert show(stored) == "0812 3456 5566"
    assert masked(stored) == "0812••5566"
    assert whatsapp_number(stored) == "6281234565566"


@given(st.from_regex(r"\A8[1235789][0-9]{7,10}\Z"))
def test_what_is_shown_is_read_again(rest: str) -> None:
    stored = f"+62{rest}"

    assert parse_phone(show(stored)) == stored
    assert parse_phone(whatsapp_number(stored)) == stored


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    with contextlib.suppress(RuleBroken):
        assert parse_phone(text).startswith("+628")
