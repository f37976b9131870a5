"""Preview pictures for messengers, drawn once and kept on disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from flask import Response, current_app, redirect, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from marketplace.files.rules import picture_name
from marketplace.files.store import FileStore
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.storefront import queries
from marketplace.storefront.queries import Product, Shop
from marketplace.storefront.seo import things
from marketplace.storefront.seo.addresses import LOOK, product_mark, product_picture
from marketplace.storefront.seo.preview import Cloth, Words, preview
from marketplace.storefront.views import storefront
from marketplace.web import art
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public
from marketplace.web.transactions import reader

DAY = 24 * 3600
YEAR = 365 * DAY


@storefront.get("/gambar/<id:listing_id>-<mark>.jpg")
@limiter.limit("120/minute")
@public
def product_preview(listing_id: UUID, mark: str) -> ResponseReturnValue:
    """Show a product's preview; an older address leads to the present one."""
    product = queries.product(reader(), listing_id, at=now())
    for size in product.sizes:
        present = product_mark(product, size)
        if mark == present:
            draw = partial(_draw_product, product, _words(product, size.price))
            return _kept(f"{to_text(listing_id)}-{present}", draw, YEAR)
    return redirect(product_picture(product, product.sizes[0]), 302)


def _words(product: Product, price: object) -> Words:
    unit = product.listing.unit
    shop = product.shop
    return Words(product.listing.title, f"{price} / {unit}", f"{shop.name} · {shop.region_name}")


def _draw_product(product: Product, words: Words) -> bytes:
    return preview(
        words,
        cloth_of(product.shop),
        drawing=art.category_key(product.category_path),
        photo=_photo(product),
    )


def _photo(product: Product) -> bytes | None:
    store: FileStore = current_app.extensions["file_store"]
    cover = product.listing.cover_file_id
    if cover is None:
        return None
    return store.read(picture_name(product.cooperative.id, cover, 640))


def cloth_of(shop: Shop) -> Cloth:
    """Choose the cloth of a cooperative as its pages do."""
    pick, _, dye = (shop.motif or "").partition(".")
    return Cloth(
        f"koperasi-{shop.id}",
        int(pick) if pick.isdigit() else None,
        int(dye) if dye.isdigit() else None,
    )


@storefront.get("/gambar/koperasi/<int:number>.jpg")
@limiter.limit("120/minute")
@public
def shop_preview(number: int) -> Response:
    """Show a cooperative's preview."""
    shops = {shop.id: shop for shop in queries.open_shops(reader(), at=now())}
    shop = shops.get(number)
    if shop is None:
        raise NotFound(say("Koperasi tidak ditemukan."))
    words = Words(shop.name, shop.district, shop.tagline or things.shown_host())
    cloth = cloth_of(shop)
    mark = hashlib.sha256(repr((LOOK, words, cloth)).encode()).hexdigest()[:12]
    return _kept(f"koperasi-{shop.id}-{mark}", lambda: preview(words, cloth), DAY)


@storefront.get("/gambar/guyub.jpg")
@limiter.limit("120/minute")
@public
def site_preview() -> Response:
    """Show the site's own preview."""
    with force_locale("id"):
        promise = gettext("Jajan, oleh-oleh, dan kebutuhan harian dari koperasi di Malang.")
    words = Words(promise, things.site_name(), things.shown_host())
    return _kept(
        f"guyub-{LOOK}", lambda: preview(words, Cloth("guyub", 0, 1), drawing="jajan"), DAY
    )


def _kept(name: str, draw: Callable[[], bytes], seconds: int) -> Response:
    """Send a picture from disk, drawing it if it is not there yet."""
    path = Path(current_app.config["ROOT"]) / _folder() / f"{name}.jpg"
    if not path.exists():
        _write(path, draw())
    response = send_file(path, mimetype="image/jpeg", max_age=seconds, conditional=True)
    response.cache_control.public = True
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # previews are for others
    return response


def _folder() -> str:
    """Keep pictures beside the search index, so that two installations never share them."""
    return str(Path(current_app.config["SETTINGS"].search_path).parent / "gambar")


def _write(path: Path, data: bytes) -> None:
    """Write a whole file at once: a half-drawn picture is never sent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
