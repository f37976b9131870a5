from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search.engine import Index
from marketplace.search.rules import Query, Results, Sort
from tests.search.makers import MARKET, TODAY, make_document

HOSTILE = Path(__file__).parents[1] / "vectors" / "hostile.json"


def ask(index: Index, text: str = "", **narrowed: object) -> Results:
    return index.search(Query(text=text, today=TODAY, **narrowed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("keripik tempe", "tempe"),
        ("KERIPIK", "tempe"),
        ("kripik tmpe", "tempe"),
        ("keripk tempe", "tempe"),
        ("kreipik tempe", "tempe"),
        ("keripiktempe", "tempe"),
        ("keripik 250gr", "tempe"),
        ("keripik 250 gram", "tempe"),
        ("jilbab segi empat", "segi"),
        ("krudung segi empat", "segi"),
        ("hijab anak", "instan"),
        ("batik bu lilik", "batik"),
        ("batik dinoyo", "batik"),
        ("tulungagung", "batik"),
        ("sari apel", "apel"),
        ("apel blimbing", "apel"),
        ("minuman apel", "apel"),
        ("kemeja batik tulis lengan pendek", "batik"),
        ("kripik ayam pedess", "usus"),
        ("kkripikk ussus", "usus"),
    ],
)
def test_it_finds_what_was_meant(market: Index, text: str, first: str) -> None:
    assert ask(market, text).ids[0] == first


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("kripik tmpe", "keripik tempe"),
        ("keripk tempe", "keripik tempe"),
        ("keripiktempe", "keripik tempe"),
        ("krudung polos", "kerudung polos"),
        ("keripik tempe", None),
        ("hijab", None),
        ("zzzzz", None),
        ("", None),
    ],
)
def test_it_offers_the_spelling_that_was_meant(
    market: Index, text: str, offered: str | None
) -> None:
    assert ask(market, text).did_you_mean == offered


def test_what_matches_as_typed_comes_before_what_was_mended(index: Index) -> None:
    with index.write() as writer:
        writer.replace(
            [
                make_document("mended", "Batu", sold=1_000_000),
                make_document("typed", "Baju anak warna merah cerah sekali", sold=0),
            ]
        )
        writer.commit()

    found = ask(index, "baju")

    assert found.ids == ("typed", "mended")
    assert found.corrected


def test_words_with_enough_results_are_not_mended(index: Index) -> None:
    with index.write() as writer:
        writer.replace([make_document(f"baju{number}", "Baju") for number in range(12)])
        writer.replace([make_document("batu", "Batu")])
        writer.commit()

    found = ask(index, "baju", limit=50)

    assert found.total == 12
    assert not found.corrected
    assert "batu" not in found.ids


def test_the_shorter_title_comes_first_then_what_was_sold_more(index: Index) -> None:
    with index.write() as writer:
        writer.replace(
            [
                make_document("long", "Sambal pecel pedas asli Blitar kemasan besar"),
                make_document("new", "Sambal pecel", sold=0),
                make_document("sold", "Sambal pecel", sold=500),
            ]
        )
        writer.commit()

    assert ask(index, "sambal pecel").ids == ("sold", "new", "long")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.CHEAPEST, ["apel", "usus", "tempe", "segi", "instan", "batik"]),
        (Sort.DEAREST, ["batik", "instan", "segi", "tempe", "usus", "apel"]),
        (Sort.NEWEST, ["segi", "usus", "batik", "instan", "apel", "tempe"]),
        (Sort.BEST_SOLD, ["tempe", "segi", "usus"]),
        (Sort.RELEVANT, ["tempe", "segi", "usus"]),
    ],
)
def test_results_come_in_the_order_asked_for(
    market: Index, sort: Sort, expected: list[str]
) -> None:
    assert list(ask(market, sort=sort).ids)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"category": "makanan"}, {"tempe", "usus", "apel"}),
        ({"category": "makanan/keripik"}, {"tempe", "usus"}),
        ({"category": "makan"}, set()),
        ({"category": "/busana/"}, {"segi", "instan", "batik"}),
        ({"region": "35.73"}, {"tempe", "usus", "apel", "segi", "instan"}),
        ({"region": "35.7"}, set()),
        ({"region": "35.73.05"}, {"segi", "instan"}),
        ({"cooperative": "dinoyo"}, {"segi", "instan", "batik"}),
        ({"price_from": 35_000}, {"segi", "instan", "batik"}),
        ({"price_to": 9_000}, {"usus", "apel"}),
        ({"price_from": 9_000, "price_to": 15_000}, {"tempe", "usus"}),
        ({"price_from": 2**80}, set()),
        ({"price_to": -(2**80)}, set()),
        ({"ready_today": True}, {"tempe", "usus", "apel", "batik"}),
        ({"category": "busana", "cooperative": "sanan"}, set()),
    ],
)
def test_results_can_be_narrowed(
    market: Index, narrowed: dict[str, object], expected: set[str]
) -> None:
    found = ask(market, **narrowed)

    assert set(found.ids) == expected
    assert found.total == len(expected)


def test_results_come_in_pages_without_gap_or_repetition(index: Index) -> None:
    with index.write() as writer:
        writer.replace([make_document(f"n{number}", f"Kopi {number}") for number in range(300)])
        writer.commit()

    pages = [ask(index, "kopi", offset=start, limit=40).ids for start in range(0, 320, 40)]

    found = [id_ for page in pages for id_ in page]
    assert len(found) == len(set(found)) == 300


@pytest.mark.parametrize(("offset", "limit"), [(-5, 10), (0, 0), (0, -1), (10**9, 10), (9_999, 50)])
def test_odd_pages_are_answered(market: Index, offset: int, limit: int) -> None:
    found = ask(market, "keripik", offset=offset, limit=limit)

    assert found.total == 2
    assert len(found.ids) <= 10


def counts(found: Results, group: str) -> dict[str, int]:
    return {facet.value: facet.count for facet in found.facets[group]}


def test_facets_count_all_results(market: Index) -> None:
    found = ask(market, limit=1)

    assert counts(found, "category") == {"makanan": 3, "busana": 3}
    assert counts(found, "region") == {"35": 6}
    assert counts(found, "cooperative") == {"sanan": 3, "dinoyo": 3}
    assert counts(found, "ready") == {"1": 4}
    assert counts(found, "price") == {
        "0-10000": 2,
        "10001-25000": 1,
        "25001-50000": 1,
        "100001-250000": 1,
        "250001-": 1,
    }


def test_facets_carry_names(market: Index) -> None:
    found = ask(market, "hijab")

    assert [(facet.value, facet.label) for facet in found.facets["category"]] == [
        ("busana", "Busana")
    ]
    assert [facet.label for facet in found.facets["cooperative"]] == ["Dinoyo Busana"]


def test_paths_are_counted_one_step_below_the_chosen_one(market: Index) -> None:
    found = ask(market, category="makanan", region="35.73")

    assert counts(found, "category") == {"makanan/keripik": 2, "makanan/minuman": 1}
    assert counts(found, "region") == {"35.73.01": 3}
    assert ask(market, category="a/b/c/d/e/f").facets["category"] == ()


def test_a_choice_does_not_hide_the_other_choices_of_its_group(market: Index) -> None:
    found = ask(market, cooperative="sanan", price_to=10_000, ready_today=True)

    assert found.total == 2
    assert counts(found, "price") == {"0-10000": 2, "10001-25000": 1}
    assert counts(found, "cooperative") == {"sanan": 2}
    assert counts(ask(market, cooperative="sanan"), "cooperative") == {"sanan": 3, "dinoyo": 3}


def test_without_a_day_nothing_is_said_of_readiness(market: Index) -> None:
    found = market.search(Query(ready_today=True))

    assert found.total == len(MARKET)
    assert found.facets["ready"] == ()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("keri", "keripik"),
        ("KERI", "keripik"),
        ("kripik t", "keripik tempe"),
        ("sari ", "sari apel"),
        ("keripk", "keripik"),
    ],
)
def test_what_is_being_typed_is_completed(typed: str, expected: str, index: Index) -> None:
    with index.write() as writer:
        writer.replace(
            [
                *(make_document(f"k{number}", "Keripik tempe") for number in range(3)),
                *(make_document(f"s{number}", "Sari apel") for number in range(3)),
            ]
        )
        writer.commit()

    assert expected in [one.text for one in index.suggest(typed) if not one.category]


def test_categories_are_offered_with_their_path(market: Index) -> None:
    found = market.suggest("keru")

    assert found[0].text == "Kerudung"
    assert found[0].category == "busana/kerudung"
    assert found[0].count == 2


@pytest.mark.parametrize("typed", ["", "  ", "🙂", "!!"])
def test_nothing_typed_offers_nothing(market: Index, typed: str) -> None:
    assert market.suggest(typed) == []
    assert market.suggest("keri", limit=0) == []


def hostile_texts() -> list[str]:
    inputs = json.loads(HOSTILE.read_text("utf-8"))["inputs"]
    return [str(one["value"]) for one in inputs if "value" in one]


def test_hostile_text_is_only_text(market: Index) -> None:
    for text in [*hostile_texts(), "A" * 100_000, "a " * 50_000, '"', "(((", "title:x OR *", "\0"]:
        found = ask(market, text, category=text, cooperative=text, region=text)
        market.suggest(text)

        assert found.ids == () or len(found.ids) <= len(MARKET)
        assert isinstance(ask(market, text).total, int)


@settings(max_examples=150)
@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_any_text_is_answered(market_path: Path, text: str) -> None:
    index = OPENED.setdefault(market_path, Index(market_path))

    found = ask(index, text)

    assert set(found.ids) <= {document.id for document in MARKET}
    assert len(index.suggest(text)) <= 8


OPENED: dict[Path, Index] = {}
