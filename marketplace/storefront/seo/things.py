"""Products and cooperatives as structured data, with whole addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext

from marketplace.config import Settings
from marketplace.cooperatives.models import Cooperative
from marketplace.files.rules import picture_path
from marketplace.kernel.ids import to_text
from marketplace.listings.components import listing_path
from marketplace.listings.models import Availability
from marketplace.storefront.queries import Card, Product, Size
from marketplace.storefront.seo import structured
from marketplace.storefront.seo.addresses import product_picture

Data = dict[str, Any]


def absolute(path: str) -> str:
    """Write a whole address; it begins with PUBLIC_URL, whatever host was asked."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/") + path


def site_name() -> str:
    """Name the site."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.site_name


def availability(product: Product, size: Size) -> str:
    """Name schema.org's word for how a size can be had; a holiday does not sell it out."""
    if size.left <= 0:
        return "OutOfStock"
    if product.listing.availability is Availability.PREORDER:
        return "PreOrder"
    return "InStock"


def product_data(product: Product, path: str, at: datetime) -> Data:
    """Tell of a product with its offers."""
    listing, cooperative = product.listing, product.cooperative
    pictures = [
        absolute(picture_path(cooperative.id, file_id, 640)) for file_id, _ in product.photos
    ]
    single = [
        structured.offer(
            size.price.amount,
            absolute(f"{path}?varian={to_text(size.id)}" if len(product.sizes) > 1 else path),
            availability(product, size),
            cooperative.name,
            sku=to_text(size.id),
            name=size.title,
        )
        for size in product.sizes
    ]
    return {
        "@type": "Product",
        "@id": absolute(path),
        "name": listing.title,
        "description": listing.description or listing.title,
        "image": pictures or [absolute(product_picture(product, product.sizes[0]))],
        "sku": to_text(listing.id),
        "category": product.category_name,
        "brand": {"@type": "Brand", "name": product.maker},
        "offers": structured.offers(single),
    }


def product_way(product: Product, path: str) -> Data:
    """Tell the way to a product: home, its category, itself."""
    return structured.breadcrumbs(
        [
            (gettext("Beranda"), absolute("/")),
            (product.category_name, absolute(f"/kategori/{product.category_path}")),
            (product.listing.title, absolute(path)),
        ]
    )


def shop_data(cooperative: Cooperative) -> Data:
    """Tell of a cooperative as a local business."""
    url = absolute(f"/k/{cooperative.slug}")
    data: Data = {
        "@type": "LocalBusiness",
        "@id": url,
        "name": cooperative.name,
        "legalName": cooperative.legal_name,
        "url": url,
        "image": absolute(f"/gambar/koperasi/{cooperative.id}.jpg"),
        "address": {
            "@type": "PostalAddress",
            "addressLocality": cooperative.region_name,
            "addressCountry": "ID",
            **({"streetAddress": cooperative.address} if cooperative.address else {}),
        },
        "openingHoursSpecification": structured.hours(cooperative.hours),
        "currenciesAccepted": "IDR",
    }
    said = {
        "description": cooperative.tagline,
        "telephone": cooperative.phone or cooperative.whatsapp,
        "email": cooperative.email,
        "taxID": cooperative.tax_number,
    }
    return data | {name: value for name, value in said.items() if value}


def site_data() -> list[Data]:
    """Tell of the site: who it is and how it is searched."""
    home = absolute("/")
    return [
        {
            "@type": "Organization",
            "@id": f"{home}#organization",
            "name": site_name(),
            "url": home,
            "logo": absolute("/static/icons/guyub.svg"),
        },
        {
            "@type": "WebSite",
            "name": site_name(),
            "url": home,
            "inLanguage": ["id", "en"],
            "potentialAction": {
                "@type": "SearchAction",
                "target": absolute("/cari?q={search_term_string}"),
                "query-input": "required name=search_term_string",
            },
        },
    ]


def cards_data(cards: Sequence[Card], first: int = 1) -> Data:
    """Tell which goods a list shows."""
    return structured.item_list(
        (absolute(listing_path(card.listing_id, card.slug)) for card in cards), first
    )


def shown_host() -> str:
    """Name the site's host as people read it."""
    settings: Settings = current_app.config["SETTINGS"]
    return urlsplit(settings.public_url).netloc
