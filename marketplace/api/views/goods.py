"""Finding and looking at goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from marketplace.api import cursors, queries
from marketplace.api.blueprint import operation
from marketplace.api.queries import Product
from marketplace.api.schemas.goods import ProductDetailSchema, ProductPageSchema, ProductQuery
from marketplace.files.pictures import WIDTHS
from marketplace.files.rules import picture_path
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.text import say
from marketplace.search import service as search
from marketplace.search.current import index
from marketplace.search.rules import DEEPEST, Query, Results, Sort
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.mail import absolute
from marketplace.web.transactions import reader

AROUND = 40  # so many new or lost results before the cursor's place may be made up for


@operation(
    method="GET",
    path="/products",
    summary=say("Cari barang"),
    guard=public,
    asks=ProductQuery,
    gives=ProductPageSchema,
)
def list_products(asked: dict[str, Any]) -> dict[str, Any]:
    """Find goods by words and filters, with counts for narrowing and a mended spelling."""
    at = now()
    query = _query(asked, at)
    if asked["cursor"] is None:
        results = search.find(reader(), query, index())
        ids, start = list(results.ids), 0
    else:
        results, ids, start = _onward(query, asked["cursor"])
    found = queries.products(reader(), _uuids(ids), at=at)
    return {
        "items": [card(product) for product in found],
        "total": results.total,
        "next_cursor": _next(ids, start, results.total),
        "facets": {
            name: [
                {"value": facet.value, "label": facet.label, "count": facet.count}
                for facet in counts
            ]
            for name, counts in results.facets.items()
        },
        "did_you_mean": results.did_you_mean,
    }


def _query(asked: dict[str, Any], at: datetime) -> Query:
    return Query(
        text=asked["q"],
        category=asked["category"].strip("/"),
        region=asked["region"],
        cooperative=asked["cooperative"],
        price_from=asked["price_from"],
        price_to=asked["price_to"],
        ready_today=asked["ready_today"],
        today=local_day(at),
        sort=Sort(asked["sort"]),
        limit=asked["limit"],
    )


def _onward(query: Query, cursor: str) -> tuple[Results, list[str], int]:
    """Go on behind the last result that was said, even if others came or went before it."""
    start, last = cursors.decode(cursor, int, str)
    start = min(start, DEEPEST)
    before = max(0, start - AROUND)
    wide = replace(query, offset=before, limit=start - before + AROUND + query.limit)
    results = search.find(reader(), wide, index())
    ids = list(results.ids)
    place = ids.index(last) + 1 if last in ids else start - before
    return results, ids[place : place + query.limit], before + place


def _next(ids: list[str], start: int, total: int) -> str | None:
    end = start + len(ids)
    return cursors.encode(end, ids[-1]) if ids and end < min(total, DEEPEST) else None


def _uuids(ids: list[str]) -> list[UUID]:
    return [id_ for text in ids if (id_ := from_text(text)) is not None]


@operation(
    method="GET",
    path="/products/<id:product_id>",
    summary=say("Lihat satu barang"),
    guard=public,
    gives=ProductDetailSchema,
)
def get_product(product_id: UUID) -> dict[str, Any]:
    """Show one product with all that its page says."""
    product = queries.product(reader(), product_id, at=now())
    listing = product.listing
    return {
        **card(product),
        "description": listing.description,
        "ingredients": listing.ingredients,
        "shelf_life_days": listing.shelf_life_days,
        "food_permit": listing.food_permit,
        "halal": listing.halal.value,
        "halal_number": listing.halal_number,
        "sold": listing.sold_count,
        "photos": [
            {"url": _picture(product, photo.file_id), "description": photo.description}
            for photo in listing.photos
        ],
    }


def card(product: Product) -> dict[str, Any]:
    """Say of a product what lists say."""
    listing = product.listing
    return {
        "id": listing.id,
        "title": listing.title,
        "slug": listing.slug,
        "price": listing.price_from,
        "cooperative": product.cooperative.slug,
        "cooperative_name": product.cooperative.name,
        "category": product.category_path,
        "maker": product.maker,
        "unit": listing.unit,
        "availability": listing.availability.value,
        "ready_on": listing.ready_on,
        "photo": _picture(product, listing.cover_file_id) if listing.cover_file_id else None,
        "url": absolute(f"/b/{to_text(listing.id)}-{listing.slug}"),
        "variants": [
            {
                "id": variant.id,
                "title": variant.title,
                "price": variant.price,
                "list_price": variant.list_price,
                "available": product.available(variant),
            }
            for variant in product.variants
        ],
    }


def _picture(product: Product, file_id: UUID) -> str:
    return absolute(picture_path(product.cooperative.id, file_id, WIDTHS[-1]))
