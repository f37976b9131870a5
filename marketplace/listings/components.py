"""How templates show a listing: its address and its picture."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from markupsafe import Markup

from marketplace.kernel.ids import to_text
from marketplace.listings.queries import Offer
from marketplace.web import art


def listing_path(listing_id: UUID, slug: str) -> str:
    """Give the address of a product page."""
    return f"/b/{to_text(listing_id)}-{slug}"


def picture_path(cooperative_id: int, file_id: UUID, width: int) -> str:
    """Give the address of a stored picture in one of its widths (160, 320, 640)."""
    return f"/foto/{cooperative_id}/{to_text(file_id)}-{width}.webp"


def listing_picture(offer: Offer, size: int = 160) -> Markup:
    """Show the cover photo of a listing, or the drawing of its category on a cloth."""
    if offer.cover_file_id is not None:
        source = picture_path(offer.cooperative_id, offer.cover_file_id, size)
        return Markup(
            '<img src="{}" alt="" width="{}" height="{}" loading="lazy" decoding="async">'
        ).format(source, size, size)
    return art.drawing_on_motif(art.category_key(offer.category_path), str(offer.listing_id))


def register(app: Flask) -> None:
    """Hand these to templates."""
    app.jinja_env.globals.update(
        listing_path=listing_path, picture_path=picture_path, listing_picture=listing_picture
    )
