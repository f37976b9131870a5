"""Searching, and walking down the tree of categories: the same page in two dresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import from_text
from marketplace.kernel.text import say
from marketplace.search import service
from marketplace.search.current import index
from marketplace.search.engine.documents import prefixes
from marketplace.search.rules import Query, Results, Sort
from marketplace.storefront import narrowing, queries
from marketplace.storefront.components import category_path, local_name
from marketplace.storefront.narrowing import Names
from marketplace.storefront.queries import Card, Shop
from marketplace.storefront.rules import address, page_of, pages, parameters, read
from marketplace.storefront.views import storefront
from marketplace.storefront.views.home import shops_by_id
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public
from marketplace.web.pages import kept, remembered
from marketplace.web.transactions import reader

LONGEST_TYPED = 60
SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results with the ways to go on from it."""

    query: Query
    results: Results
    cards: list[Card]
    names: Names
    path: str

    @property
    def page(self) -> int:
        """Count the page shown."""
        return page_of(self.query)

    @property
    def pages(self) -> int:
        """Count the pages there are."""
        return pages(self.results.total)

    @property
    def page_address(self) -> str:
        """Give the address of a page, with ``{}`` for its number."""
        first = address(replace(self.query, offset=0), self.path)
        plain = first.replace("{", "%7B").replace("}", "%7D")
        return f"{plain}{'&' if '?' in plain else '?'}hal={{}}"

    def sorted_by(self, sort: Sort) -> str:
        """Give the address of these results in another order."""
        return address(self.query, self.path, sort=sort)


def look(query: Query, path: str, at: datetime, *, shop: Shop | None = None) -> Found:
    """Search, and fetch the cards and names of what was found; in one shop names are known."""
    session = reader()
    results = service.find(session, query, index())
    ids = [id_ for text in results.ids if (id_ := from_text(text)) is not None]
    shops = shops_by_id(session, at) if shop is None else {shop.id: shop}
    cards = queries.cards_by_id(session, ids, shops, at=at)
    if shop is not None:
        return Found(query, results, cards, Names({}, {}, {}), path)
    facets = results.facets
    paths = {facet.value for facet in facets.get("category", ())}
    paths.update(prefixes(query.category, "/"))
    known = remembered("category names", lambda: queries.category_names(session))
    names = Names(
        {path_: local_name(*known[path_]) for path_ in paths if path_ in known},
        remembered("districts", lambda: {one.region_code: one.district for one in shops.values()}),
        remembered("shop names", lambda: {one.slug: one.name for one in shops.values()}),
    )
    return Found(query, results, cards, names, path)


@storefront.get("/cari")
@kept
@public
def search() -> ResponseReturnValue:
    """Show what a search finds, and how to narrow or widen it."""
    at = now()
    found = look(read(request.args, today=local_day(at)), "/cari", at)
    return _show(found, "storefront/search.html", at)


@storefront.get("/kategori/<path:path>")
@kept
@public
def category(path: str) -> ResponseReturnValue:
    """Show what is in a category and below it."""
    at = now()
    query = read(request.args, today=local_day(at), category=path)
    found = look(query, f"/kategori/{path}", at)
    if path not in found.names.categories:
        raise NotFound(say("Jenis barang ini tidak ada."))
    way = [(found.names.categories.get(p, p), category_path(p)) for p in prefixes(path, "/")]
    return _show(found, "storefront/category.html", at, way=way)


def _show(found: Found, template: str, at: datetime, **more: Any) -> ResponseReturnValue:
    query, path = found.query, found.path
    fragment = bool(request.headers.get("HX-Request"))
    page = render_template(
        "storefront/_results.html" if fragment else template,
        found=found,
        query=query,
        at=at,
        q=query.text,
        groups=narrowing.groups(query, found.results, found.names, path),
        used=narrowing.used(query, found.names, path),
        cleared=narrowing.cleared(query, path),
        widening=narrowing.widening(reader(), query, found.results, found.names, path, index()),
        ready_count=sum(facet.count for facet in found.results.facets.get("ready", ())),
        sorts=list(Sort),
        kept_fields=_kept_fields(query, path),
        **more,
    )
    response = make_response(page)
    if fragment:
        response.headers["HX-Push-Url"] = address(query, path)
        response.headers["Vary"] = "HX-Request"
    return response


def _kept_fields(query: Query, path: str) -> dict[str, str]:
    """Name what a form of filters must send along although it does not show it."""
    said = parameters(query)
    hidden = {name: value for name, value in said.items() if name in ("q", "urut")}
    if path == "/cari" and query.category:
        hidden["kategori"] = query.category
    return hidden


@storefront.get("/cari/saran")
@limiter.limit("240/minute")
@public
def suggest() -> Response:
    """Offer completions of what is being typed."""
    typed = request.args.get("q", "")[:LONGEST_TYPED]
    found = service.complete(typed, index(), limit=SUGGESTIONS)
    answer = jsonify(
        [
            {"text": one.text, "href": category_path(one.category)} if one.category
            else {"text": one.text}
            for one in found
        ]
    )  # fmt: skip
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer
