"""The directory of cooperatives, and the shop of each."""

from __future__ import annotations

from itertools import groupby

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.cooperatives.current import here
from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Gone, NotFound
from marketplace.kernel.text import say
from marketplace.storefront import queries
from marketplace.storefront.queries import Card, Shop
from marketplace.storefront.rules import PER_PAGE, page_of, pages, read
from marketplace.storefront.seo import structured, things
from marketplace.storefront.views import storefront
from marketplace.storefront.views.home import shops_in_turn
from marketplace.storefront.views.search import Found, look
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.pages import kept
from marketplace.web.transactions import reader


@storefront.get("/koperasi")
@kept
@public
def directory() -> ResponseReturnValue:
    """List the cooperatives, those first from whom something can be fetched today."""
    at = now()
    shops = shops_in_turn(reader(), at)
    query = read(request.args, today=local_day(at))
    districts = sorted({(shop.district, shop.region_code) for shop in shops})
    wanted = query.text.casefold()
    chosen = [
        shop
        for shop in shops
        if shop.region_code.startswith(query.region) and wanted in shop.name.casefold()
    ]
    shown = chosen[query.offset : query.offset + PER_PAGE]
    return render_template(
        "storefront/directory.html",
        at=at,
        query=query,
        q=query.text,
        shops=shown,
        total=len(chosen),
        districts=districts,
        page=page_of(query),
        pages=pages(len(chosen)),
        data=structured.item_list(
            (things.absolute(f"/k/{shop.slug}") for shop in shown), query.offset + 1
        ),
    )


@storefront.get("/k/<slug>")
@kept
@public
def shop(slug: str) -> ResponseReturnValue:
    """Show one cooperative: who it is, when it hands over, what its members make."""
    cooperative, at = here(), now()
    _check_standing(cooperative)
    query = read(request.args, today=local_day(at), shop=slug)
    session = reader()
    seen = queries.places_of(session, cooperative, at=at)
    goods = queries.shop_goods(session, cooperative.id)
    found: Found | None = None
    if query.text or query.category:
        found = look(query, f"/k/{slug}", at, shop=seen)
        cards, total = found.cards, found.results.total
    else:
        total = sum(part.count for part in goods)
        cards = queries.cards_of_shop(session, seen, offset=query.offset, limit=PER_PAGE, at=at)
    if not cards and query.offset:
        abort(404)
    return render_template(
        "storefront/shop.html",
        at=at,
        query=query,
        shop=seen,
        goods=goods[:12],
        found=found,
        makers=_by_maker(cards, cooperative),
        cards=cards,
        total=total,
        page=page_of(query),
        pages=pages(total),
        data=_data(cooperative, seen, cards),
    )


def _check_standing(cooperative: Cooperative) -> None:
    """Show a shop that is not open to the public only to those who work there."""
    if cooperative.standing is Standing.OPEN or g.get("permissions"):
        return
    if cooperative.standing is Standing.SUSPENDED:
        raise Gone(say("Toko ini sedang tidak melayani."))
    raise NotFound(say("Koperasi tidak ditemukan."))


def _by_maker(cards: list[Card], cooperative: Cooperative) -> list[tuple[str, list[Card]]]:
    """Group cards by who made them; what has no maker is the cooperative's own."""
    return [
        (maker, list(own))
        for maker, own in groupby(cards, lambda card: card.maker or cooperative.name)
    ]


def _data(cooperative: Cooperative, shop: Shop, cards: list[Card]) -> list[structured.Data]:
    way = [
        (things.site_name(), things.absolute("/")),
        (shop.name, things.absolute(f"/k/{shop.slug}")),
    ]
    return [
        things.shop_data(cooperative),
        structured.breadcrumbs(way),
        things.cards_data(cards),
    ]
