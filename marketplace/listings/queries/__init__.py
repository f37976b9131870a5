"""Reading goods: what buyers can order, and what a cooperative's people look after."""

from marketplace.listings.queries.categories import place, places, used_places
from marketplace.listings.queries.manage import (
    PAGE_SIZE,
    GoodsPage,
    GoodsRow,
    Maker,
    editor,
    free,
    goods,
    goods_row,
    listing,
    listing_of,
    makers,
    shelves_of,
)
from marketplace.listings.queries.offers import Offer, offers
from marketplace.listings.queries.sheet import draft_of, export

__all__ = [
    "PAGE_SIZE",
    "GoodsPage",
    "GoodsRow",
    "Maker",
    "Offer",
    "draft_of",
    "editor",
    "export",
    "free",
    "goods",
    "goods_row",
    "listing",
    "listing_of",
    "makers",
    "offers",
    "place",
    "places",
    "shelves_of",
    "used_places",
]
