"""One product."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kernel.ids import from_text
from marketplace.listings.components import listing_path
from marketplace.storefront import queries
from marketplace.storefront.seo import things
from marketplace.storefront.seo.addresses import product_picture
from marketplace.storefront.views import storefront
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.pages import kept
from marketplace.web.transactions import reader


@storefront.get("/b/<id:listing_id>", defaults={"name": ""})
@storefront.get("/b/<id:listing_id>-<name>")
@kept
@public
def product(listing_id: UUID, name: str) -> ResponseReturnValue:
    """Show a product with its sizes, times, price split and what it is made of."""
    at = now()
    found = queries.product(reader(), listing_id, at=at)
    path = listing_path(listing_id, found.listing.slug)
    if name != found.listing.slug:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    size = found.chosen(from_text(request.args.get("varian", "")))
    return render_template(
        "storefront/product.html",
        at=at,
        product=found,
        listing=found.listing,
        shop=found.shop,
        cooperative=found.cooperative,
        size=size,
        mark=found.mark(size, at),
        parts=found.price_parts(size),
        path=path,
        preview=product_picture(found, size),
        data=[things.product_data(found, path, at), things.product_way(found, path)],
    )
