"""Addresses of preview pictures; they change when what they show does."""

from __future__ import annotations

import hashlib

from marketplace.kernel.ids import to_text
from marketplace.storefront.queries import Product, Size

LOOK = "1"
"""Raise this when preview pictures are drawn differently: messengers keep them by address."""


def product_mark(product: Product, size: Size) -> str:
    """Name the state of a product that its preview shows: words, price, picture."""
    listing = product.listing
    facts = (
        LOOK,
        listing.title,
        str(size.price.amount),
        listing.unit,
        str(listing.cover_file_id),
        product.cooperative.name,
        product.cooperative.motif or "",
        product.category_path,
    )
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:12]


def product_picture(product: Product, size: Size) -> str:
    """Give the address of a product's preview picture."""
    return f"/gambar/{to_text(product.listing.id)}-{product_mark(product, size)}.jpg"
