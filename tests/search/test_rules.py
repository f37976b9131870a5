from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.rules import (
    LONGEST_WORD,
    MOST_WORDS,
    PRICE_BANDS,
    asked_words,
    clamp,
    clean,
    normalise,
    stem,
    words,
)
from marketplace.search.synonyms import read, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keripik  TEMPE!", "keripik tempe"),
        ("Kéripik Témpé", "keripik tempe"),
        ("ＫＥＲＩＰＩＫ", "keripik"),
        ("oleh-oleh", "oleh oleh"),
        ("Jum'at", "jumat"),
        ("syar’i", "syari"),
        ("250gr", "250 gr"),
        ("1kg/2kg", "1 kg 2 kg"),
        ("NVA0106", "nva0106"),
        ("snake_case", "snake case"),
        ("<b>tempe</b>", "b tempe b"),
        ("tempe\0goreng", "tempe goreng"),
        ("\ud800tempe", "tempe"),
        ("Straße", "strasse"),
        ("", ""),
        ("🙂🙂", ""),
    ],
)
def test_text_is_made_comparable(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_any_text_becomes_words_that_stay_as_they_are(text: str) -> None:
    found = words(text)

    assert words(" ".join(found)) == found
    assert all(word and len(word) <= LONGEST_WORD and " " not in word for word in found)


@given(st.text(max_size=3000))
def test_a_search_has_a_bounded_number_of_words(text: str) -> None:
    assert len(asked_words(text)) <= MOST_WORDS


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("minuman", "minum"),
        ("makanan", "makan"),
        ("termurah", "murah"),
        ("sepatunya", "sepatu"),
        ("keripik", "keripik"),
        ("tempe", "tempe"),
        ("baju", "baju"),
        ("12345", "12345"),
        ("minimalis", "minimalis"),
        ("x" * 30, "x" * 30),
    ],
)
def test_words_are_reduced_to_their_root(word: str, root: str) -> None:
    assert stem(word) == root


@given(st.text(alphabet="abdeiknmprstu", min_size=1, max_size=22))
def test_a_stem_is_never_empty(word: str) -> None:
    assert stem(word)


@given(st.integers())
def test_numbers_fit_into_a_column(number: int) -> None:
    assert -(2**63) < clamp(number) < 2**63


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_clean_text_can_be_stored(text: str) -> None:
    clean(text).encode()

    assert "\0" not in clean(text)


def test_price_bands_follow_one_another_without_gap() -> None:
    for lower, upper in pairwise(PRICE_BANDS):
        assert lower.high is not None
        assert upper.low == lower.high + 1

    assert PRICE_BANDS[0].low == 0
    assert PRICE_BANDS[-1].high is None
    assert [band.value for band in PRICE_BANDS[:2]] == ["0-10000", "10001-25000"]
    assert PRICE_BANDS[-1].value == "250001-"


def test_a_spelling_finds_the_usual_word_and_is_offered_it() -> None:
    synonyms = read(["kripik = krepek > keripik  # crisps"])

    assert synonyms.others[("kripik",)] == (("keripik",), ("krepek",))
    assert synonyms.spelling == {("kripik",): ("keripik",), ("krepek",): ("keripik",)}


def test_synonyms_are_searched_both_ways_but_not_offered() -> None:
    synonyms = read(["jilbab = hijab = kerudung", "", "# a comment"])

    assert synonyms.others[("hijab",)] == (("jilbab",), ("kerudung",))
    assert synonyms.spelling == {}


def test_lines_that_share_a_word_become_one_family() -> None:
    synonyms = read(["krudung > kerudung", "jilbab = kerudung"])

    assert set(synonyms.others[("krudung",)]) == {("kerudung",), ("jilbab",)}


def test_the_longest_phrase_is_matched_first() -> None:
    synonyms = read(["cd = celana dalam", "celana = pants"])

    assert synonyms.match(["celana", "dalam", "anak"], 0) == ("celana", "dalam")
    assert synonyms.match(["celana", "anak"], 0) == ("celana",)
    assert synonyms.match(["anak"], 0) is None
    assert read([]).match(["anak"], 0) is None


def test_the_table_is_rich_and_tidy() -> None:
    synonyms = table()

    assert len(synonyms.others) >= 240
    assert synonyms.spelling[("kripik",)] == ("keripik",)
    assert synonyms.spelling[("tmpe",)] == ("tempe",)
    assert synonyms.spelling[("brg",)] == ("barang",)
    assert ("kaus",) in synonyms.others[("kaos",)]
    assert all(phrase not in others for phrase, others in synonyms.others.items())
    assert all(usual not in synonyms.spelling for usual in synonyms.spelling.values())
    assert max(len(others) for others in synonyms.others.values()) <= 10
