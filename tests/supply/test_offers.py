"""What a pack may cost, and how a price list is read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import (
    BadOffer,
    NoSuchPacks,
    Pack,
    PackTerms,
    columns_of,
    per_unit,
    price_list_row,
)
from marketplace.supply.rules.offers import parse_tiers

TODAY = date(2026, 11, 24)
CARTON = PackTerms("karton", 4, Rupiah(400_000), tiers=((10, 380_000), (50, 372_000)))
ROW = {"item": "Minyak", "pack_name": "karton", "pack_size": "4", "pack_price": "Rp 400.000"}


def test_a_plausible_offer_is_taken():
    assert CARTON.checked(TODAY) is CARTON
    assert CARTON.pack == Pack(4, 400_000, tiers=((10, 380_000), (50, 372_000)))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"pack_size": 0}, NoSuchPacks),
        ({"pack_step": 0}, NoSuchPacks),
        ({"pack_minimum": -1}, NoSuchPacks),
        ({"pack_price": Rupiah(0)}, BadOffer),
        ({"pack_name": ""}, BadOffer),
        ({"valid_until": date(2026, 11, 23)}, BadOffer),
        ({"tiers": ((10, 400_000),)}, BadOffer),
        ({"tiers": ((10, 380_000), (50, 390_000))}, BadOffer),
        ({"tiers": ((10, 380_000), (10, 370_000))}, BadOffer),
        ({"tiers": ((1, 380_000),)}, BadOffer),
        ({"tiers": ((10, 0),)}, BadOffer),
        ({"tiers": tuple((10 * n, 400_000 - n) for n in range(1, 7))}, BadOffer),
    ],
)
def test_an_offer_that_nobody_makes_is_refused(changes, error):
    facts = {"pack_name": "karton", "pack_size": 4, "pack_price": Rupiah(400_000), **changes}

    with pytest.raises(error):
        PackTerms(**facts).checked(TODAY)


def test_packs_are_compared_by_the_price_of_one_unit():
    sack, bag = Pack(25_000, 225_000), Pack(5_000, 52_000)

    assert per_unit(sack, 1_000) == 9_000
    assert per_unit(bag, 1_000) == 10_400
    assert [per_unit(CARTON.pack, 1, packs=n) for n in (1, 9, 10, 50)] == [
        100_000, 100_000, 95_000, 93_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("", ()),
        ("10: 380.000", ((10, 380_000),)),
        ("50=372000; 10=380.000", ((10, 380_000), (50, 372_000))),
        (" 10 : Rp 380.000 ;", ((10, 380_000),)),
    ],
)
def test_steps_of_price_are_read_as_people_write_them(text, tiers):
    assert parse_tiers(text) == tiers


@pytest.mark.parametrize("text", ["10", "sepuluh: 380.000", "10: murah", "10: 1,5", ": 380.000"])
def test_steps_of_price_that_say_nothing_clear_are_refused(text):
    with pytest.raises(BadOffer):
        parse_tiers(text)


def test_columns_are_found_under_their_usual_names_in_any_order():
    found = columns_of(["Harga", " NAMA  BARANG ", "Isi kemasan", "apa saja", "Kemasan"])

    assert found == {"pack_price": 0, "item": 1, "pack_size": 2, "pack_name": 4}


def test_a_missing_column_is_named():
    with pytest.raises(BadOffer, match="isi, harga"):
        columns_of(["barang"])


def test_a_row_is_read_in_the_unit_of_its_good():
    read = price_list_row({**ROW, "pack_size": "2,5", "valid_until": "31/12/2026"}, 1_000)

    assert (read.pack_size, read.pack_price) == (2_500, Rupiah(400_000))
    assert read.valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pack_size": "banyak"},
        {"pack_size": "0,0001"},
        {"pack_price": "1,000"},
        {"pack_minimum": "-3"},
        {"pack_step": "1,5"},
        {"valid_until": "besok"},
        {"tiers": "x"},
    ],
)
def test_a_row_with_a_cell_that_cannot_be_read_is_refused(wrong):
    with pytest.raises(RuleBroken):
        price_list_row({**ROW, **wrong}, 1_000)


CELL = st.text(max_size=20)


@given(
    st.fixed_dictionaries(dict.fromkeys(("item", "pack_size", "pack_price"), CELL)),
    st.dictionaries(st.sampled_from(["pack_step", "pack_minimum", "tiers", "valid_until"]), CELL),
)
def test_no_row_breaks_the_reading(needed, more):
    try:
        read = price_list_row({**needed, **more}, 1_000).checked(TODAY)
    except RuleBroken:
        return

    assert read.pack_size > 0
    assert read.pack_price > Rupiah(0)
