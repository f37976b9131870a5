"""Complete what somebody is typing, from categories and from the words of titles."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

from marketplace.search.engine.matching import wanted
from marketplace.search.engine.opened import Opened
from marketplace.search.rules import asked_words, words
from marketplace.search.synonyms import table

FEWEST = 2
LOOK_AT = 60
FILLERS = frozenset(
    words(
        "dan atau untuk dengan yang di ke dari isi pcs gr gram kg ml cm size set paket promo best"
        " seller ready stock tanpa murah termurah terbaru terlaris kekinian premium original model"
    )
)
"""Words that fill titles but that nobody is waiting to be offered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search for, or with ``category`` a category to open."""

    text: str
    count: int
    category: str = ""


def suggest(opened: Opened, text: str, limit: int) -> list[Suggestion]:
    """Offer up to ``limit`` completions: fitting categories first, then words.

    All words but the last are taken as they are; the last may be unfinished.
    """
    asked = _usual(asked_words(text))
    if not asked or limit < 1:
        return []
    categories = _categories(opened, asked)[: max(1, limit // 3)]
    phrases = _phrases(opened, asked, limit - len(categories))
    return [*categories, *phrases]


def _categories(opened: Opened, asked: list[str]) -> list[Suggestion]:
    return [
        Suggestion(category.name, category.count, category.path)
        for category in opened.known.categories
        if all(any(word.startswith(part) for word in category.words) for part in asked)
    ]


def _usual(asked: list[str]) -> list[str]:
    """Put the usual spelling in place of odd ones: what is offered should be well spelled."""
    spelling = table().spelling
    return [part for word in asked for part in spelling.get((word,), (word,))]


def _phrases(opened: Opened, asked: list[str], limit: int) -> list[Suggestion]:
    found = dict(_completions(opened, asked, limit) or _mended(opened, asked))
    if len(found) < limit:
        for phrase, count in _continuations(opened, asked):
            found.setdefault(phrase, count)
    return [Suggestion(phrase, count) for phrase, count in found.items()][:limit]


def _completions(opened: Opened, asked: list[str], limit: int) -> list[tuple[str, int]]:
    """Finish the last word with words that occur beside the ones before it."""
    *before, last = asked
    beside = opened.matcher.all_of(wanted(before, table())) if before else None
    found = opened.searcher.terms_with_prefix("title", last, beside, limit + LOOK_AT)
    return [
        (" ".join([*before, word]), count)
        for word, count in found
        if word not in before and (word == last or (count >= FEWEST and word not in FILLERS))
    ][:limit]


def _mended(opened: Opened, asked: list[str]) -> list[tuple[str, int]]:
    """Offer what the last word was probably meant to be, where nothing begins with it."""
    *before, last = asked
    found = opened.known.vocabulary.near(last)
    return [
        (" ".join([*before, *_usual([candidate.word])]), candidate.frequency)
        for candidate in sorted(found, key=lambda one: -one.frequency)
        if candidate.frequency >= FEWEST
    ]


def _continuations(opened: Opened, asked: list[str]) -> list[tuple[str, int]]:
    """Go on with the words that most often follow the last one in a title."""
    query = opened.matcher.all_of(wanted(asked, table()))
    hits = opened.searcher.search(query, LOOK_AT, count=False, weight_by_field="brevity").hits
    following: Counter[str] = Counter()
    for _, address in hits:
        title = str(opened.searcher.doc(address).get_first("title")).split()
        following.update(
            after
            for word, after in itertools.pairwise(title)
            if word == asked[-1] and after not in FILLERS and after not in asked
        )
    return [
        (" ".join([*asked, after]), count)
        for after, count in following.most_common()
        if count >= FEWEST
    ]
