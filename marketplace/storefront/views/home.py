"""The first page: what can be fetched today."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.search import service as search
from marketplace.search.current import index
from marketplace.search.rules import Query
from marketplace.storefront import queries
from marketplace.storefront.components import local_name
from marketplace.storefront.queries import Card, Shop
from marketplace.storefront.seo import things
from marketplace.storefront.views import storefront
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.pages import kept, remembered
from marketplace.web.transactions import reader

SHOPS_ASKED = 12
EACH = 2
TILES = 12
ROWS = 8
CATEGORIES = 10


@storefront.get("/")
@kept
@public
def home() -> ResponseReturnValue:
    """Show what can be fetched today, who is open, and what a price is made of."""
    session, at = reader(), now()
    shops = shops_in_turn(session, at)
    cards = _cards_for_today(session, shops, at)
    return render_template(
        "storefront/home.html",
        at=at,
        cards=cards,
        shops=shops[:ROWS],
        shop_count=len(shops),
        member_count=sum(shop.member_count for shop in shops),
        today=any(shop.serves_today(at) for shop in shops),
        categories=_categories(session),
        data=[*things.site_data(), things.cards_data(cards)],
    )


def shops_in_turn(session: Session, at: datetime) -> list[Shop]:
    """List all shops with their places, in the order of the day."""
    return remembered("shops", lambda: in_turn(queries.open_shops(session, at=at), at))


def shops_by_id(session: Session, at: datetime) -> dict[int, Shop]:
    """Find the open shops by their number, as lists of goods need them."""
    return remembered("shops by id", lambda: {shop.id: shop for shop in shops_in_turn(session, at)})


def in_turn(shops: Sequence[Shop], at: datetime) -> list[Shop]:
    """Put those first from whom something can be fetched today; each day others lead.

    Nobody can pay to stand further up.
    """
    day = local_day(at).isoformat()

    def place(shop: Shop) -> tuple[bool, bool, str]:
        lot = hashlib.sha256(f"{day}|{shop.id}".encode()).hexdigest()
        return not shop.serves_today(at), shop.soonest is None, lot

    return sorted(shops, key=place)


def _cards_for_today(session: Session, shops: list[Shop], at: datetime) -> list[Card]:
    found = queries.fresh_cards(session, shops[:SHOPS_ASKED], EACH, at=at)
    ready = [card for card in found if card.mark(at).buyable and card.shop.serves_today(at)]
    later = [card for card in found if card not in ready]
    return [*ready, *later][:TILES]


def _categories(session: Session) -> list[tuple[str, str]]:
    """List the categories that hold most, each with a path and a name."""
    counts: dict[str, int] = remembered("category counts", lambda: _counts(session))
    roots = remembered("root categories", lambda: queries.root_categories(session))
    named = {path: local_name(name, english) for path, name, english in roots}
    filled = sorted((path for path in named if counts.get(path)), key=lambda path: -counts[path])
    return [(path, named[path]) for path in filled[:CATEGORIES]]


def _counts(session: Session) -> dict[str, int]:
    """Count what each top category holds."""
    found = search.find(session, Query(limit=0), index()).facets.get("category", ())
    return {facet.value: facet.count for facet in found}
