"""One opened generation of the index, as one search sees it from beginning to end."""

from __future__ import annotations

from dataclasses import dataclass

import tantivy

from marketplace.search.engine.documents import CATEGORY_DEPTH
from marketplace.search.engine.matching import Matcher
from marketplace.search.engine.vocabulary import Vocabulary
from marketplace.search.rules import words


@dataclass(frozen=True, slots=True)
class KnownCategory:
    """A category that has listings."""

    path: str
    name: str
    count: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What occurs in the index; collected now and then, not with every change."""

    vocabulary: Vocabulary
    categories: tuple[KnownCategory, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A searcher that no later change disturbs, with the words that occur."""

    searcher: tantivy.Searcher
    matcher: Matcher
    known: Known


def collect(searcher: tantivy.Searcher) -> Known:
    """Collect the words of titles and of names, and the categories in use."""
    names = searcher.terms_with_prefix("names", "")
    titles = searcher.terms_with_prefix("title", "")
    return Known(Vocabulary([*names, *titles]), tuple(_categories(searcher)))


def _categories(searcher: tantivy.Searcher) -> list[KnownCategory]:
    fields = [f"category_{level}" for level in range(CATEGORY_DEPTH)]
    found = [
        KnownCategory(path, name, count, tuple(words(name)))
        for field in fields
        for term, count in searcher.terms_with_prefix(field, "")
        for path, _, name in [term.partition("\t")]
    ]
    return sorted(found, key=lambda category: -category.count)
