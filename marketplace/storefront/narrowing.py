"""How a search can be narrowed and widened, in words and links."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.search import service as search
from marketplace.search.engine import Index
from marketplace.search.rules import PRICE_BANDS, FacetCount, Query, Results
from marketplace.storefront.rules import PER_PAGE, Filter, address, filters_used
from marketplace.storefront.rules.asking import without
from marketplace.web.components import rupiah

MOST_ROWS = 12
FIELDS = {
    "category": Filter.CATEGORY,
    "region": Filter.REGION,
    "cooperative": Filter.COOPERATIVE,
}


@dataclass(frozen=True, slots=True)
class Names:
    """What codes and paths are called in the visitor's language."""

    categories: Mapping[str, str]
    regions: Mapping[str, str]
    cooperatives: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of a filter: its value, what it is called, how many it leaves, whether it is set.

    Categories are links, so that they may lead to pages of their own; the rest is a form.
    """

    value: str
    label: str
    count: int
    chosen: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one filter; ``name`` is the field of the form."""

    name: str
    title: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Used:
    """A filter in use, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Widening:
    """An offer to take off one filter, and how many more things that would show."""

    label: str
    href: str
    more: int


def groups(query: Query, results: Results, names: Names, path: str) -> list[Group]:
    """Offer the filters that would change anything, with counts."""
    titles = {
        "category": gettext("Jenis barang"),
        "region": gettext("Kecamatan"),
        "cooperative": gettext("Koperasi"),
    }
    found = [
        Group(kind.value, titles[name], _choices(name, query, results, names, path))
        for name, kind in FIELDS.items()
    ]
    found.append(Group("harga", gettext("Harga"), _prices(query, results)))
    return [group for group in found if group.choices]


def _said_by(path: str, kind: Filter) -> bool:
    """Say whether the page itself already is this filter."""
    places = {Filter.COOPERATIVE: "/k/", Filter.CATEGORY: "/kategori/"}
    return kind in places and path.startswith(places[kind])


def _choices(field: str, query: Query, results: Results, names: Names, path: str) -> list[Choice]:
    """Offer the largest; they are chosen first, since what is not shown need not be written."""
    set_to: str = getattr(query, field)
    found = [
        (facet.value != set_to, -facet.count, _label(field, facet, names), facet)
        for facet in results.facets.get(field, ())
        if facet.value
    ]
    return [
        Choice(
            facet.value,
            label,
            facet.count,
            facet.value == set_to,
            address(query, path, category=facet.value) if field == "category" else "",
        )
        for *_, label, facet in heapq.nsmallest(MOST_ROWS, found, key=itemgetter(0, 1, 2))
    ]


def _label(field: str, facet: FacetCount, names: Names) -> str:
    if field == "region":
        return names.regions.get(facet.value, facet.value)
    if field == "category":
        return names.categories.get(facet.value, facet.label)
    return facet.label


def _prices(query: Query, results: Results) -> list[Choice]:
    counts = {facet.value: facet.count for facet in results.facets.get("price", ())}
    return [
        Choice(
            band.value,
            price_label(band.low, band.high),
            counts[band.value],
            (query.price_from or 0, query.price_to) == (band.low, band.high),
        )
        for band in PRICE_BANDS
        if counts.get(band.value)
    ]


def price_label(low: int | None, high: int | None) -> str:
    """Say a span of prices."""
    if high is None:
        return str(gettext("Di atas %(low)s", low=rupiah(max((low or 1) - 1, 0))))
    if not low:
        return str(gettext("Sampai %(high)s", high=rupiah(high)))
    return f"{rupiah(low)} – {rupiah(high)}"


def label_of(kind: Filter, query: Query, names: Names) -> str:
    """Say what one filter is set to."""
    match kind:
        case Filter.CATEGORY:
            return names.categories.get(query.category, query.category.rpartition("/")[2])
        case Filter.REGION:
            return names.regions.get(query.region, query.region)
        case Filter.COOPERATIVE:
            return names.cooperatives.get(query.cooperative, query.cooperative)
        case Filter.PRICE:
            return price_label(query.price_from, query.price_to)
        case Filter.READY:
            return str(gettext("Ambil hari ini"))


def used(query: Query, names: Names, path: str) -> list[Used]:
    """List the filters in use, each with the way to take it off."""
    return [
        Used(label_of(kind, query, names), address(without(query, kind), path))
        for kind in filters_used(query)
        if not _said_by(path, kind)
    ]


def cleared(query: Query, path: str) -> str:
    """Give the address of the same search without any filter."""
    plain = Query(text=query.text, sort=query.sort)
    if path.startswith("/k/"):
        return address(replace(plain, cooperative=query.cooperative), path)
    return address(plain, path)


def widening(
    session: Session, query: Query, results: Results, names: Names, path: str, index: Index
) -> Widening | None:
    """Offer to take off the filter that hides the most, where little was found."""
    if results.total >= PER_PAGE:
        return None
    offers = []
    for kind in filters_used(query):
        if not _said_by(path, kind):
            wider = without(query, kind)
            total = search.find(session, replace(wider, limit=0), index).total
            href = address(wider, path)
            offers.append(Widening(label_of(kind, query, names), href, total - results.total))
    best = max(offers, key=lambda offer: offer.more, default=None)
    return best if best is not None and best.more > 0 else None
