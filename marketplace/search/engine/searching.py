"""Search strictly first, then more and more kindly, until something is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import tantivy

from marketplace.search.engine.facets import count_facets
from marketplace.search.engine.matching import Wanted, wanted, with_corrections
from marketplace.search.engine.opened import Opened
from marketplace.search.engine.ranking import WINDOW, arrangement, single_words
from marketplace.search.rules import DEEPEST, Query, Results, Sort, asked_words
from marketplace.search.synonyms import table

ENOUGH = 10
FEW = 3
FAR_MORE = 20
VOTERS = 20

ORDERS = {
    Sort.CHEAPEST: ("price", tantivy.Order.Asc),
    Sort.DEAREST: ("price", tantivy.Order.Desc),
    Sort.NEWEST: ("published", tantivy.Order.Desc),
    Sort.BEST_SOLD: ("sold", tantivy.Order.Desc),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of searching gave, before it is cut into pages."""

    text: tantivy.Query
    wishes: list[Wanted]
    total: int
    hits: list[tuple[str, list[str]]]
    corrected: bool = False


def search(opened: Opened, query: Query) -> Results:
    """Find what was asked for, or what was probably meant."""
    wishes = wanted(asked_words(query.text), table())
    if not wishes and query.text.strip():
        return Results((), 0, {})
    if not wishes:
        found, exact = _run(opened, query, tantivy.Query.all_query(), []), 0
    else:
        found, exact = _kindly(opened, query, wishes)
    start = max(query.offset, 0)
    page = found.hits[start : start + max(query.limit, 0)]
    return Results(
        tuple(id_ for id_, _ in page),
        found.total,
        count_facets(opened.searcher, opened.matcher, found.text, query),
        _did_you_mean(found, exact),
        found.corrected,
    )


def _kindly(opened: Opened, query: Query, wishes: list[Wanted]) -> tuple[Found, int]:
    """Try the words as typed, then as probably meant, then most of them.

    Gives also how many listings have the words as typed.
    """
    exact = _run(opened, query, opened.matcher.all_of(wishes), wishes)
    if exact.total >= ENOUGH:
        return exact, exact.total
    meant = with_corrections(wishes, opened.known.vocabulary, table(), far=False)
    found = _run(opened, query, opened.matcher.all_of(meant), meant, corrected=True)
    if not found.total:
        meant = with_corrections(wishes, opened.known.vocabulary, table(), far=True)
        found = _run(opened, query, opened.matcher.all_of(meant), meant, corrected=True)
    if not found.total and len(wishes) > 1:
        text = opened.matcher.most_of(meant, opened.known.vocabulary)
        found = _run(opened, query, text, meant, corrected=True)
    return (found if found.total > exact.total else exact), exact.total


def _run(
    opened: Opened,
    query: Query,
    text: tantivy.Query,
    wishes: list[Wanted],
    *,
    corrected: bool = False,
) -> Found:
    filters = opened.matcher.filters(query)
    whole = tantivy.Query.boolean_query([(tantivy.Occur.Must, text), *filters])
    until = max(min(max(query.offset, 0) + max(query.limit, 1), DEEPEST), 1)
    sort = query.sort
    if sort is Sort.RELEVANT and not wishes:
        sort = Sort.BEST_SOLD
    if sort is Sort.RELEVANT:
        places = single_words(wishes)
        window = WINDOW if len(places) > 1 else 0  # one word stands in no order
        until = max(until, VOTERS)
        answer = opened.searcher.search(whole, max(until, window), weight_by_field="brevity")
        hits = _read(opened, answer.hits[:window])
        hits = _arranged(hits, [score for score, _ in answer.hits], places)
        hits += _read(opened, answer.hits[window:until])
    else:
        field, order = ORDERS[sort]
        answer = opened.searcher.search(whole, until, order_by_field=field, order=order)
        hits = _read(opened, answer.hits)
    total: int = answer.count  # type: ignore[attr-defined]  # forgotten in the library's stubs
    return Found(text, wishes, total, hits, corrected)


def _read(
    opened: Opened, hits: list[tuple[float, tantivy.DocAddress]]
) -> list[tuple[str, list[str]]]:
    """Fetch id and title words of each hit."""
    stored = [opened.searcher.doc(address) for _, address in hits]
    return [(str(one.get_first("id")), str(one.get_first("title")).split()) for one in stored]


def _arranged(
    hits: list[tuple[str, list[str]]], scores: list[float], places: list[set[str]]
) -> list[tuple[str, list[str]]]:
    ranked = [
        (-(score + arrangement(title, places)), at)
        for at, ((_, title), score) in enumerate(zip(hits, scores, strict=False))
    ]
    return [hits[at] for _, at in sorted(ranked)]


def _did_you_mean(found: Found, exact: int) -> str | None:
    """Offer the usual spelling of odd words, and what most of the best matches say instead."""
    doubtful = found.corrected and (exact < FEW or found.total >= FAR_MORE * exact)
    typed = [word for wish in found.wishes for word in wish.typed]
    meant = [
        word
        for wish in found.wishes
        for word in (_meant(wish, found.hits[:VOTERS]) if doubtful else _usual(wish))
    ]
    return " ".join(meant) if found.total and meant != typed else None


def _usual(wish: Wanted) -> tuple[str, ...]:
    return table().spelling.get(wish.typed, wish.typed)


def _meant(wish: Wanted, hits: list[tuple[str, list[str]]]) -> tuple[str, ...]:
    """Let the best matches vote which of the possible words it was."""
    usual = _usual(wish)
    if usual != wish.typed or len(wish.typed) > 1:
        return usual
    titles = [set(title) for _, title in hits]
    if any(wish.typed[0] in title for title in titles):
        return wish.typed
    if wish.parts and any(set(wish.parts) <= title for title in titles):
        return wish.parts
    votes = Counter(
        candidate.word
        for candidate in wish.candidates
        for title in titles
        if candidate.word in title
    )
    if not votes:
        return wish.typed
    best = votes.most_common(1)[0][0]
    return table().spelling.get((best,), (best,))
