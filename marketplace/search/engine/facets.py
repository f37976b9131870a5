"""Count how the results of a search could be narrowed."""

from __future__ import annotations

from typing import Any

import tantivy

from marketplace.search.engine.documents import CATEGORY_DEPTH, REGION_DEPTH
from marketplace.search.engine.matching import Matcher, Scored
from marketplace.search.rules import PRICE_BANDS, FacetCount, Query, clean

MOST = 100
Facets = dict[str, tuple[FacetCount, ...]]


def count_facets(
    searcher: tantivy.Searcher, matcher: Matcher, text: tantivy.Query, query: Query
) -> Facets:
    """Count all matches by category, region, cooperative, price and readiness.

    Paths are counted one step below the chosen one. Choosing among cooperatives, prices or
    readiness does not hide the other choices: each is counted as if it were still open.
    """
    wishes = _wishes(query)
    open_ = {"cooperative": bool(query.cooperative), "ready": query.ready_today}
    open_["region"] = bool(query.region) and query.region_level is not None
    open_["price"] = query.price_from is not None or query.price_to is not None
    shared = {name: wish for name, wish in wishes.items() if not open_.get(name)}
    answers = _aggregate(searcher, matcher.filters(query), text, shared)
    for name, wish in wishes.items():
        if name not in shared:
            filters = matcher.filters(query, but=name)
            answers |= _aggregate(searcher, filters, text, {name: wish})
    return {name: _read(name, answers[name], query) if name in answers else () for name in GROUPS}


GROUPS = ("category", "region", "cooperative", "price", "ready")


def _wishes(query: Query) -> dict[str, dict[str, Any]]:
    category = _level(query.category, "/")
    region = _level(query.region, ".") if query.region_level is None else query.region_level
    wishes: dict[str, dict[str, Any]] = {
        "cooperative": _terms("shop"),
        "price": {
            "range": {
                "field": "price",
                "ranges": [
                    {"from": band.low, **({} if band.high is None else {"to": band.high + 1})}
                    for band in PRICE_BANDS
                ],
            }
        },
    }
    if category < CATEGORY_DEPTH:
        wishes["category"] = _terms(f"category_{category}")
    if region < REGION_DEPTH:
        wishes["region"] = _terms(f"region_{region}")
    if query.today is not None:
        until = {"to": query.today.toordinal() + 1}
        wishes["ready"] = {"range": {"field": "ready_on", "ranges": [until]}}
    return wishes


def _level(path: str, separator: str) -> int:
    path = clean(path).strip("/.")
    return path.count(separator) + 1 if path else 0


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MOST}}


def _aggregate(
    searcher: tantivy.Searcher,
    filters: list[Scored],
    text: tantivy.Query,
    wishes: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    query = tantivy.Query.boolean_query([(tantivy.Occur.Must, text), *filters]) if filters else text
    answer: dict[str, Any] = searcher.aggregate(query, wishes)
    return answer


def _read(name: str, answer: dict[str, Any], query: Query) -> tuple[FacetCount, ...]:
    buckets = answer["buckets"]
    if name == "price":
        counts = {int(bucket.get("from", -1)): bucket["doc_count"] for bucket in buckets}
        return tuple(
            FacetCount(band.value, band.value, counts[band.low])
            for band in PRICE_BANDS
            if counts.get(band.low)
        )
    if name == "ready":
        ready = sum(bucket["doc_count"] for bucket in buckets if "to" in bucket)
        return (FacetCount("1", "1", ready),) if ready else ()
    return _named(buckets)


def _named(buckets: list[dict[str, Any]]) -> tuple[FacetCount, ...]:
    """Part value and name; a name that changed lately may still stand under both."""
    counts: dict[str, FacetCount] = {}
    for bucket in buckets:
        value, _, label = str(bucket["key"]).partition("\t")
        count: int = bucket["doc_count"]
        if known := counts.get(value):
            label, count = known.label, known.count + count
        counts[value] = FacetCount(value, label or value, count)
    return tuple(counts.values())
