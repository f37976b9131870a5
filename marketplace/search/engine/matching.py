"""Turn what was asked into what the index understands, as strictly or as kindly as needed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import tantivy

from marketplace.search.engine.vocabulary import Candidate, Vocabulary
from marketplace.search.rules import Query, clamp, clean, stem
from marketplace.search.synonyms import Phrase, Synonyms

TITLE = 1.0
SYNONYM = 0.9
STEM = 0.85
NAMES = 0.8
DESCRIPTION = 0.35
CORRECTED = 0.7
UNLIKELY = 0.3
NEIGHBOURS = 0.04

Scored = tuple[tantivy.Occur, tantivy.Query]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word or phrase that was asked for, with everything that may stand for it."""

    typed: Phrase
    synonyms: tuple[Phrase, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    parts: Phrase | None = None

    @property
    def words(self) -> set[str]:
        """List the single words by which a title can answer this wish."""
        found = {*self.typed, *(word for phrase in self.synonyms for word in phrase)}
        found.update(candidate.word for candidate in self.candidates)
        return found | set(self.parts or ())


def wanted(asked: list[str], synonyms: Synonyms) -> list[Wanted]:
    """Part the words into wishes: phrases of the synonym table stay together."""
    wishes, at = [], 0
    while at < len(asked):
        phrase = synonyms.match(asked, at) or (asked[at],)
        wishes.append(Wanted(phrase, synonyms.others.get(phrase, ())))
        at += len(phrase)
    return wishes


def with_corrections(
    wishes: list[Wanted], words: Vocabulary, synonyms: Synonyms, *, far: bool
) -> list[Wanted]:
    """Add to each wish the words that may have been meant, and what those are also called."""
    return [_with_corrections(wish, words, synonyms, far=far) for wish in wishes]


def _with_corrections(wish: Wanted, words: Vocabulary, synonyms: Synonyms, *, far: bool) -> Wanted:
    if len(wish.typed) > 1:
        return wish
    word = wish.typed[0]
    found = words.near(word)
    if far and not words.frequency(word):
        found = found or words.far(word)
    parts = None if words.frequency(word) else words.parts(word)
    candidates = tuple(
        replace(candidate, synonyms=synonyms.others.get((candidate.word,), ()))
        for candidate in found
    )
    return replace(wish, candidates=candidates, parts=parts)


class Matcher:
    """Builds queries for one opened index."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def all_of(self, wishes: list[Wanted]) -> tantivy.Query:
        """Demand every wish; words that stand side by side as asked count a little more."""
        clauses: list[Scored] = [(tantivy.Occur.Must, self._wish(wish)) for wish in wishes]
        for left, right in itertools.pairwise(wishes):
            pair: list[str | tuple[int, str]] = [left.typed[-1], right.typed[0]]
            phrase = tantivy.Query.phrase_query(self._schema, "title", pair)
            clauses.append((tantivy.Occur.Should, _flat(phrase, NEIGHBOURS)))
        return tantivy.Query.boolean_query(clauses)

    def most_of(self, wishes: list[Wanted], words: Vocabulary) -> tantivy.Query:
        """Demand all wishes but one (of many: a third); rare words count for more."""
        clauses: list[Scored] = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(self._wish(wish), _weight(wish, words)),
            )
            for wish in wishes
        ]
        enough = max(1, len(wishes) - max(1, len(wishes) // 3))
        return tantivy.Query.boolean_query(clauses, minimum_number_should_match=enough)

    def _wish(self, wish: Wanted) -> tantivy.Query:
        ways = [*self._phrase(wish.typed, 1.0)]
        for phrase in wish.synonyms:
            ways += self._phrase(phrase, SYNONYM)
        for candidate in wish.candidates:
            weight = CORRECTED - UNLIKELY * candidate.slip
            ways.append(self._term("title", candidate.word, weight))
            ways.append(self._term("names", candidate.word, weight * NAMES))
            for phrase in candidate.synonyms:
                ways += self._phrase(phrase, weight * SYNONYM)
        if wish.parts:
            ways += self._phrase(wish.parts, CORRECTED)
        return tantivy.Query.disjunction_max_query(ways)

    def _phrase(self, phrase: Phrase, weight: float) -> list[tantivy.Query]:
        if len(phrase) == 1:
            return self._word(phrase[0], weight)
        together = [(tantivy.Occur.Must, self._term("title", word, 1.0)) for word in phrase]
        return [_flat(tantivy.Query.boolean_query(together), weight)]

    def _word(self, word: str, weight: float) -> list[tantivy.Query]:
        return [
            self._term("title", word, TITLE * weight),
            self._term("stem", stem(word), STEM * weight),
            self._term("names", word, NAMES * weight),
            self._term("description", word, DESCRIPTION * weight),
        ]

    def _term(self, field: str, value: str, weight: float) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, field, value, index_option="basic")
        return _flat(term, weight)

    def filters(self, query: Query, *, but: str = "") -> list[Scored]:
        """Turn the narrowing of a search into conditions that do not change the order.

        ``but`` leaves one of them out, to count what else could have been chosen.
        """
        found: dict[str, tantivy.Query] = {}
        for field in ("category", "region", "cooperative"):
            if value := clean(getattr(query, field)).strip("/."):
                found[field] = self._term(field, value, 0.0)
        if query.price_from is not None or query.price_to is not None:
            found["price"] = self._range("price", query.price_from, query.price_to)
        if query.ready_today and query.today is not None:
            found["ready"] = self._range("ready_on", None, query.today.toordinal())
        return [(tantivy.Occur.Must, part) for name, part in found.items() if name != but]

    def _range(self, field: str, low: int | None, high: int | None) -> tantivy.Query:
        span = tantivy.Query.range_query(
            self._schema,
            field,
            tantivy.FieldType.Integer,
            clamp(low or 0),
            None if high is None else clamp(high),
        )
        return _flat(span, 0.0)


def _flat(query: tantivy.Query, score: float) -> tantivy.Query:
    """Count a match as this much, however often and in however long a text it occurs."""
    return tantivy.Query.const_score_query(query, score)


def _weight(wish: Wanted, words: Vocabulary) -> float:
    """Give a rare word up to four times the weight of one that is everywhere."""
    frequency = max((words.frequency(word) for word in wish.words), default=0)
    return 4 / (1 + len(str(frequency)))
