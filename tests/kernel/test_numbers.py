"""Numbers as people type them: understood or refused, never misread."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah, grouped
from marketplace.kernel.numbers import (
    AmbiguousNumber,
    NotANumber,
    NumberOutOfRange,
    parse_decimal_quantity,
    parse_percent,
    parse_quantity,
    parse_rupiah,
)

PARSERS: list[Callable[[str], object]] = [
    parse_rupiah,
    parse_quantity,
    parse_percent,
    lambda text: parse_decimal_quantity(text, 1000),
]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("5", 5),
        ("007", 7),
        ("1.000", 1_000),
        ("12500", 12_500),
        ("Rp 12.500", 12_500),
        ("Rp12.500", 12_500),
        ("rp. 12.500", 12_500),
        ("IDR 12500", 12_500),
        ("Rp\u00a01.250.000", 1_250_000),
        ("12.500,-", 12_500),
        ("Rp 10.000,-", 10_000),
        ("Rp12.500,00", 12_500),
        ("12500,0", 12_500),
        ("1.000.000,00", 1_000_000),
        ("  12.500 \n", 12_500),
        ("12.500 rupiah", 12_500),
        ("15rb", 15_000),
        ("15 ribu", 15_000),
        ("15 ribu rupiah", 15_000),
        ("Rp15k", 15_000),
        ("15 RB", 15_000),
        ("1,2 jt", 1_200_000),
        ("1,25 juta", 1_250_000),
        ("2 miliar", 2_000_000_000),
        ("0,125 jt", 125_000),
        ("1.000.000.000.000.000", 10**15),
    ],
)
def test_money_is_read_as_it_is_meant(text: str, amount: int) -> None:
    assert parse_rupiah(text) == Rupiah(amount)


@pytest.mark.parametrize(
    "text",
    ["1.50", "1.5", "1,000", "12,345", "1,000.00", "1.0000", "1.2.3", "0.001", "1,000,000", "12.",
     "1.5 jt", "1,500 rb", "1.500 rb", "12,"],
)  # fmt: skip
@pytest.mark.parametrize("parse", PARSERS)
def test_what_two_people_could_read_differently_is_sent_back(
    text: str, parse: Callable[[str], object]
) -> None:
    with pytest.raises(AmbiguousNumber) as refused:
        parse(text)

    assert "1.500" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Rp", "sepuluh", "-1", "-0", "+5", "−5", "1e3", "1E3", "NaN", "Infinity", "inf",
     "0x10", "1_000", "１２", "²", "٣", "१२", "1²", "1\0", "\0", "\ud800", "1\ud800", "9" * 5000,
     "1 000", "12 500", "1'000", "5-", ".5", ",5", "--", "12\u200b", "1\n2", "5\u212a", "½", "5 m"],
)  # fmt: skip
@pytest.mark.parametrize("parse", PARSERS)
def test_what_is_no_number_is_refused(text: str, parse: Callable[[str], object]) -> None:
    with pytest.raises(NotANumber):
        parse(text)


@pytest.mark.parametrize("value", [None, 1, 1.5, True, ["1"], {"$gt": 0}, b"12"])
@pytest.mark.parametrize("parse", PARSERS)
def test_what_is_no_text_is_refused(value: str, parse: Callable[[str], object]) -> None:
    with pytest.raises(NotANumber):
        parse(value)


@pytest.mark.parametrize("text", ["1.500,50", "12,5", "0,0001 rb", "0,5"])
def test_money_has_no_cents(text: str) -> None:
    with pytest.raises(NotANumber, match="sen"):
        parse_rupiah(text)


def test_an_amount_outside_its_bounds_is_refused_with_the_bound() -> None:
    with pytest.raises(NumberOutOfRange, match=r"Paling sedikit 500\."):
        parse_rupiah("499", least=500)
    with pytest.raises(NumberOutOfRange, match=r"Paling banyak 1\.000\."):
        parse_rupiah("1.001", most=1_000)
    with pytest.raises(NumberOutOfRange):
        parse_rupiah("1.000.000.000.000.001", most=10**18)
    with pytest.raises(NumberOutOfRange):
        parse_quantity("9" * 40)


@pytest.mark.parametrize(
    ("text", "quantity"), [("12", 12), ("1.000", 1_000), ("12,0", 12), ("2 ribu", 2_000)]
)
def test_a_quantity_is_whole(text: str, quantity: int) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize("text", ["1,5", "0,5", "1.500,50"])
def test_half_a_piece_is_refused(text: str) -> None:
    with pytest.raises(NotANumber, match="bulat"):
        parse_quantity(text)


@pytest.mark.parametrize("text", ["Rp 5", "5 rupiah", "5,-", "5%"])
def test_a_quantity_is_no_money(text: str) -> None:
    with pytest.raises(Invalid):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "factor", "base"),
    [
        ("1,5", 1000, 1_500),
        ("0,125", 1000, 125),
        ("1.500,250", 1000, 1_500_250),
        ("2", 25_000, 50_000),
        ("0,2", 5, 1),
        ("1,2500", 1000, 1_250),
    ],
)
def test_a_fraction_of_a_unit_becomes_base_units(text: str, factor: int, base: int) -> None:
    assert parse_decimal_quantity(text, factor) == base


def test_a_fraction_finer_than_the_base_unit_is_refused() -> None:
    with pytest.raises(NotANumber, match="terlalu banyak"):
        parse_decimal_quantity("0,0001", 1000)
    with pytest.raises(NotANumber, match="terlalu banyak"):
        parse_decimal_quantity("1,5", 5)


@pytest.mark.parametrize(
    ("text", "points"),
    [("2,5%", 250), ("2,5 %", 250), ("12,5", 1_250), ("10", 1_000), ("0", 0), ("0,25 persen", 25),
     ("100%", 10_000)],
)  # fmt: skip
def test_a_percentage_becomes_basis_points(text: str, points: int) -> None:
    assert parse_percent(text) == points


def test_a_percentage_has_bounds_and_two_places() -> None:
    with pytest.raises(NumberOutOfRange, match=r"antara 0 dan 100\."):
        parse_percent("100,5%")
    with pytest.raises(NumberOutOfRange, match=r"antara 2,5 dan 10,25\."):
        parse_percent("2", least=250, most=1_025)
    with pytest.raises(NotANumber, match="dua angka"):
        parse_percent("0,125%")
    with pytest.raises(NotANumber):
        parse_percent("5%%")


@given(st.integers(0, 10**15))
def test_what_we_write_we_read(amount: int) -> None:
    assert parse_rupiah(str(Rupiah(amount))) == Rupiah(amount)
    assert parse_rupiah(str(amount)) == Rupiah(amount)
    assert parse_quantity(grouped(amount)) == amount


@given(st.text(max_size=50) | st.from_regex(r"[0-9.,\- %rbjtkpP]{1,20}"))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    for parse in PARSERS:
        with contextlib.suppress(RuleBroken):
            assert parse(text) is not None
