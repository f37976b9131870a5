"""Search in the database itself, while there is no index: plainly, without mending typos."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Category, Listing, ListingState
from marketplace.search.rules import (
    DEEPEST,
    FacetCount,
    Query,
    Results,
    Sort,
    asked_words,
    clamp,
    clean,
)
from marketplace.search.synonyms import table

Columns = TypeVarTuple("Columns")

ORDERS: dict[Sort, ColumnElement[Any]] = {
    Sort.RELEVANT: Listing.sold_count.desc(),
    Sort.CHEAPEST: Listing.price_from.asc(),
    Sort.DEAREST: Listing.price_from.desc(),
    Sort.NEWEST: Listing.published_at.desc(),
    Sort.BEST_SOLD: Listing.sold_count.desc(),
}


def search_database(session: Session, query: Query) -> Results:
    """Find listings whose title has every word or one of its synonyms.

    Facets count categories and cooperatives only; readiness is not looked at.
    """
    asked = asked_words(query.text)
    if query.text.strip() and not asked:
        return Results((), 0, {})
    conditions = [*_visible(), *_narrowed(query), *map(_has, _wishes(asked))]
    total = session.scalar(_from(select(func.count())).where(*conditions)) or 0
    found = session.scalars(
        _from(select(Listing.id))
        .where(*conditions)
        .order_by(ORDERS[query.sort], Listing.id)
        .offset(min(max(query.offset, 0), DEEPEST))
        .limit(min(max(query.limit, 0), DEEPEST))
    )
    usual = _usual(asked)
    return Results(
        ids=tuple(to_text(id_) for id_ in found),
        total=total,
        facets=_facets(session, conditions, query),
        did_you_mean=" ".join(usual) if total and usual != asked else None,
    )


def _from(columns: Select[*Columns]) -> Select[*Columns]:
    return (
        columns.select_from(Listing)
        .join(Cooperative, Cooperative.id == Listing.cooperative_id)
        .join(Category, Category.id == Listing.category_id)
    )


def _visible() -> list[ColumnElement[bool]]:
    return [Listing.state == ListingState.PUBLISHED, Cooperative.standing == Standing.OPEN]


def _narrowed(query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if category := clean(query.category).strip("/"):
        below = Category.path.startswith(f"{category}/", autoescape=True)
        conditions.append(or_(Category.path == category, below))
    if region := clean(query.region).strip("."):
        inside = Cooperative.region_code.startswith(f"{region}.", autoescape=True)
        conditions.append(or_(Cooperative.region_code == region, inside))
    if query.cooperative:
        conditions.append(Cooperative.slug == clean(query.cooperative))
    if query.price_from is not None:
        conditions.append(Listing.price_from >= Rupiah(clamp(query.price_from)))
    if query.price_to is not None:
        conditions.append(Listing.price_from <= Rupiah(clamp(query.price_to)))
    return conditions


def _wishes(asked: list[str]) -> list[tuple[str, ...]]:
    """Give each word with its synonyms, as texts to look for."""
    others = table().others
    return [(word, *(" ".join(phrase) for phrase in others.get((word,), ()))) for word in asked]


def _has(texts: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(Listing.title.icontains(text, autoescape=True) for text in texts))


def _usual(asked: list[str]) -> list[str]:
    spelling = table().spelling
    return [part for word in asked for part in spelling.get((word,), (word,))]


def _facets(
    session: Session, conditions: list[ColumnElement[bool]], query: Query
) -> dict[str, tuple[FacetCount, ...]]:
    count = func.count()
    shops = session.execute(
        _from(select(Cooperative.slug, Cooperative.name, count))
        .where(*conditions)
        .group_by(Cooperative.slug, Cooperative.name)
        .order_by(count.desc(), Cooperative.slug)
        .limit(100)
    )
    paths = session.execute(
        _from(select(Category.path, count)).where(*conditions).group_by(Category.path)
    )
    return {
        "category": _categories(session, dict(paths.all()), query),
        "cooperative": tuple(FacetCount(*row) for row in shops),
    }


def _categories(session: Session, counts: dict[str, int], query: Query) -> tuple[FacetCount, ...]:
    """Add up the counts one step below the chosen category."""
    chosen = clean(query.category).strip("/")
    depth = chosen.count("/") + 2 if chosen else 1
    steps: Counter[str] = Counter()
    for path, count in counts.items():
        parts = path.split("/")
        if len(parts) >= depth:
            steps["/".join(parts[:depth])] += count
    named = session.execute(
        select(Category.path, Category.name).where(Category.path.in_(list(steps)))
    )
    names = dict(named.all())
    return tuple(
        FacetCount(path, names.get(path, path), count) for path, count in steps.most_common()
    )
