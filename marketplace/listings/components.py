"""How templates show a listing: its address and its picture."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from markupsafe import Markup

from marketplace.files.pictures import WIDTHS
from marketplace.files.rules import picture_path
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Listing
from marketplace.listings.queries import Offer
from marketplace.web import art


def listing_path(listing_id: UUID, slug: str) -> str:
    """Give the address of a product page."""
    return f"/b/{to_text(listing_id)}-{slug}"


def photo_srcset(cooperative_id: int, file_id: UUID) -> str:
    """Name all widths of a stored picture, so that the browser takes the one it needs."""
    return ", ".join(f"{picture_path(cooperative_id, file_id, width)} {width}w" for width in WIDTHS)


def listing_picture(offer: Offer, size: int = 160) -> Markup:
    """Show the cover photo of a listing, or the drawing of its category on a cloth."""
    if offer.cover_file_id is not None:
        source = picture_path(offer.cooperative_id, offer.cover_file_id, size)
        return Markup(
            '<img src="{}" alt="" width="{}" height="{}" loading="lazy" decoding="async">'
        ).format(source, size, size)
    return art.drawing_on_motif(art.category_key(offer.category_path), str(offer.listing_id))


def goods_picture(listing: Listing, category_path: str, size: int = 160) -> Markup:
    """Show the cover of a listing as its sellers see it, or the drawing of its category."""
    if listing.cover_file_id is not None:
        source = picture_path(listing.cooperative_id, listing.cover_file_id, size)
        return Markup(
            '<img src="{}" alt="" width="{}" height="{}" loading="lazy" decoding="async">'
        ).format(source, size, size)
    return art.drawing(art.category_key(category_path))


def register(app: Flask) -> None:
    """Hand these to templates."""
    app.jinja_env.globals.update(
        listing_path=listing_path,
        picture_path=picture_path,
        photo_srcset=photo_srcset,
        listing_picture=listing_picture,
        goods_picture=goods_picture,
    )
