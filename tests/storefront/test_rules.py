from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.cooperatives.rules import Slot
from marketplace.search.rules import DEEPEST, Query, Sort
from marketplace.storefront.rules import Filter, address, filters_used, mark, page_of, pages, read
from marketplace.storefront.rules.asking import without

TODAY = date(2026, 11, 28)
AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # Saturday 10.00 in Malang
NOW = Slot(datetime(2026, 11, 28, 1, 0, tzinfo=UTC), datetime(2026, 11, 28, 10, 0, tzinfo=UTC))


def asked(**arguments: str) -> Query:
    return read(arguments, today=TODAY)


def slot(day: int, hour: int) -> Slot:
    return Slot(
        datetime(2026, 11, day, hour, tzinfo=UTC), datetime(2026, 11, day, hour + 1, tzinfo=UTC)
    )


def test_an_address_says_all_that_a_search_asks_for():
    query = asked(
        q="  kripik   tempe ",
        kategori="makanan/keripik",
        wilayah="35.73.01",
        koperasi="sanan",
        harga="10001-25000",
        hari_ini="1",
        urut="termurah",
        hal="3",
    )

    assert query.text == "kripik tempe"
    assert (query.category, query.region, query.cooperative) == (
        "makanan/keripik",
        "35.73.01",
        "sanan",
    )
    assert (query.price_from, query.price_to) == (10_001, 25_000)
    assert query.ready_today
    assert query.sort is Sort.CHEAPEST
    assert query.offset == 48


@pytest.mark.parametrize(
    "arguments",
    [
        {"kategori": "../../etc/passwd"},
        {"kategori": "Makanan"},
        {"wilayah": "35' OR 1=1"},
        {"koperasi": "<script>"},
        {"harga": "mahal"},
        {"dari": "-5", "sampai": "٣"},
        {"dari": "1" * 13},
        {"dari": "1.50", "sampai": "1,000"},
        {"hari_ini": "ya"},
        {"urut": "DROP TABLE"},
        {"hal": "0"},
        {"hal": "-1"},
        {"hal": "²"},
    ],
)
def test_what_an_address_says_wrongly_is_as_if_it_were_not_said(arguments):
    assert read(arguments, today=TODAY) == asked()


def test_typed_prices_go_before_a_band_and_are_read_as_people_write_them():
    query = asked(harga="10001-25000", dari="Rp 12.500", sampai="20.000")

    assert (query.price_from, query.price_to) == (12_500, 20_000)


def test_nobody_can_turn_to_a_page_so_deep_that_it_would_cost_much():
    assert asked(hal="999999").offset < DEEPEST
    assert pages(10**9) * 24 <= DEEPEST


@pytest.mark.parametrize(("total", "count"), [(0, 0), (1, 1), (24, 1), (25, 2)])
def test_pages_are_counted_up(total, count):
    assert pages(total) == count


queries = st.builds(
    asked,
    q=st.text(max_size=30),
    kategori=st.sampled_from(["", "makanan", "makanan/keripik"]),
    wilayah=st.sampled_from(["", "35.73", "35.73.01"]),
    koperasi=st.sampled_from(["", "sanan"]),
    harga=st.sampled_from(["", "0-10000", "10001-25000", "250001-"]),
    hari_ini=st.sampled_from(["", "1"]),
    urut=st.sampled_from([sort.value for sort in Sort]),
    hal=st.integers(1, 400).map(str),
)


@given(query=queries)
def test_the_address_of_a_search_asks_for_that_search_again(query):
    said = dict(parse_qsl(urlsplit(address(query)).query))

    assert read(said, today=TODAY) == query


@given(query=queries)
def test_taking_off_every_filter_leaves_words_and_order_on_the_first_page(query):
    for kind in filters_used(query):
        query = without(query, kind)

    assert filters_used(query) == []
    assert query.offset == 0 or page_of(query) >= 1


def test_a_changed_filter_begins_at_the_first_page():
    assert address(asked(q="kopi", hal="4"), region="35.73.01") == "/cari?q=kopi&wilayah=35.73.01"


def test_a_category_page_has_its_category_in_the_path():
    query = read({"hal": "2"}, today=TODAY, category="makanan")

    assert address(query, "/kategori/makanan") == "/kategori/makanan?hal=2"
    assert address(query, "/kategori/makanan", category="makanan/kopi") == "/kategori/makanan/kopi"
    assert address(without(query, Filter.CATEGORY), "/kategori/makanan") == "/cari"


def test_a_shop_page_does_not_name_its_shop_twice():
    query = read({"q": "tempe"}, today=TODAY, shop="sanan")

    assert address(query, "/k/sanan") == "/k/sanan?q=tempe"


@pytest.mark.parametrize(
    ("left", "soonest", "facts", "words", "buyable"),
    [
        (9, NOW, {}, "Siap sekarang", True),
        (9, slot(28, 8), {}, "Ambil 15.00", True),
        (9, slot(29, 2), {}, "Ambil besok", True),
        (9, slot(30, 2), {}, "Ambil Senin", True),
        (5, NOW, {}, "Sisa 5", True),
        (6, NOW, {}, "Siap sekarang", True),
        (0, NOW, {}, "Habis", False),
        (0, NOW, {"made_daily": True}, "Habis hari ini", False),
        (3, NOW, {"preorder": True}, "Pre-order", True),
        (9, None, {}, "Toko tutup", False),
    ],
)
def test_a_card_says_whether_and_when_a_thing_can_be_had(left, soonest, facts, words, buyable):
    found = mark(left, soonest, AT, **facts)

    text = str(found.text)
    assert text.replace("Sentence", "") == words or words in text
    assert found.buyable is buyable
