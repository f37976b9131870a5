from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.engine.ranking import arrangement
from marketplace.search.engine.vocabulary import Vocabulary, correctable, slip

KNOWN = Vocabulary(
    [("keripik", 140), ("tempe", 90), ("kemeja", 2000), ("kerja", 20), ("tas", 50), ("kopi", 9)]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("keripk", "keripik"),
        ("kerripik", "keripik"),
        ("kreipik", "keripik"),
        ("kezipik", "keripik"),
        ("tmpe", "tempe"),
        ("etmpe", "tempe"),
        ("teme", "tempe"),
        ("tsa", "tas"),
        ("kpoi", "kopi"),
        ("kemja", "kemeja"),
    ],
)
def test_one_slip_is_mended(typed: str, meant: str) -> None:
    assert meant in [candidate.word for candidate in KNOWN.near(typed)]


@given(st.sampled_from(["keripik", "tempe", "kemeja", "kerja", "kopi"]), st.data())
def test_every_single_slip_is_mended(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    slips = [
        word[:at] + word[at + 1 :],
        word[: at + 1] + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    ]
    typed = data.draw(st.sampled_from(slips))

    found = [candidate.word for candidate in KNOWN.near(typed)]

    assert typed == word or word in found


def test_likelier_slips_and_more_frequent_words_come_first() -> None:
    found = KNOWN.near("kemja")

    assert [candidate.word for candidate in found][:2] == ["kemeja", "kerja"]
    assert found[0].slip < found[1].slip


def test_two_slips_are_mended_only_in_long_words() -> None:
    assert [candidate.word for candidate in KNOWN.far("kripk")] == []
    assert [candidate.word for candidate in KNOWN.far("kripikk")] == ["keripik"]
    assert KNOWN.near("kripikk") == []


@pytest.mark.parametrize("word", ["", "ab", "250", "lw1", "a1b2c3"])
def test_numbers_and_initials_are_not_mended(word: str) -> None:
    assert not correctable(word)
    assert KNOWN.near(word) == []
    assert KNOWN.far(word) == []


def test_a_forgotten_space_is_found() -> None:
    assert KNOWN.parts("keripiktempe") == ("keripik", "tempe")
    assert KNOWN.parts("keripikxxxx") is None
    assert KNOWN.parts("tas") is None


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("tmpe", "tempe", 0.0),
        ("ttempe", "tempe", 0.0),
        ("etmpe", "tempe", 0.0),
        ("tempa", "tempe", 0.5),
        ("tempex", "tempe", 0.5),
    ],
)
def test_slips_are_weighed(typed: str, meant: str, expected: float) -> None:
    assert slip(typed, meant) == expected


def test_words_in_order_and_side_by_side_are_rewarded() -> None:
    title = ["tas", "ransel", "sekolah", "anak"]

    beside = arrangement(title, [{"ransel"}, {"sekolah"}])
    in_order = arrangement(title, [{"tas"}, {"sekolah"}])
    backwards = arrangement(title, [{"sekolah"}, {"tas"}])
    missing = arrangement(title, [{"tas"}, {"kulit"}])

    assert beside > in_order > backwards == missing == 0
    assert arrangement(title, [{"tas"}]) == 0
