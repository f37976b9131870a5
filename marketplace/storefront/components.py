"""What templates of public pages may call."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from marketplace.cooperatives.rules import Slot
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.listings.components import listing_path
from marketplace.listings.models import Availability, Halal
from marketplace.storefront import pictures
from marketplace.storefront.queries import Card, Product, Shop
from marketplace.storefront.rules import PriceParts, address, day_name, parameters
from marketplace.storefront.seo import structured, things
from marketplace.storefront.views import storefront
from marketplace.web.components import SPRITE, jam, static_url, tanggal_pendek
from marketplace.web.i18n import language, translate

ICON_OF_ROOT = {
    "makanan-minuman": "cookie",
    "rumah-tangga": "home",
    "dapur": "salad",
    "fashion-pria": "shirt",
    "fashion-wanita": "shirt",
    "fashion-anak-bayi": "shirt",
    "fashion-muslim": "shirt",
    "olahraga": "shoe",
    "mainan-hobi": "gift",
    "kriya": "needle-thread",
    "kerajinan": "needle-thread",
    "pertukangan": "tool",
    "jasa": "tool",
    "elektronik": "device-mobile",
    "kesehatan": "heart",
    "kecantikan": "star",
}


def category_icon(path: str) -> str:
    """Name the icon of a category at the top of the tree."""
    return ICON_OF_ROOT.get(path.partition("/")[0], "tag")


def category_path(path: str) -> str:
    """Give the address of a category's page."""
    return f"/kategori/{quote(path)}"


def local_name(name: str, english: str | None) -> str:
    """Choose the name in the visitor's language."""
    return english if english and language() == "en" else name


def slot_text(slot: Slot | None, at: datetime) -> str:
    """Say when something can be fetched: ``Ambil hari ini sampai 17.00``."""
    if slot is None:
        return str(gettext("Belum ada jam ambil"))
    until = jam(slot.ends)
    if slot.starts <= at:
        return str(gettext("Ambil hari ini sampai %(until)s", until=until))
    span = f"{jam(slot.starts)}–{until}"
    days = local_day(slot.starts).toordinal() - local_day(at).toordinal()
    if days == 0:
        return str(gettext("Ambil hari ini %(span)s", span=span))
    if days == 1:
        return str(gettext("Ambil besok %(span)s", span=span))
    day = translate(day_name(local_day(slot.starts)))
    return str(gettext("Ambil %(day)s %(span)s", day=day, span=span))


def delivery_text(slot: Slot, at: datetime) -> str:
    """Say when something is brought at the earliest: ``Antar besok 08.00–17.00``."""
    span = f"{jam(max(slot.starts, at))}–{jam(slot.ends)}"
    days = local_day(slot.starts).toordinal() - local_day(at).toordinal()
    if days == 0:
        return str(gettext("Antar hari ini %(span)s", span=span))
    if days == 1:
        return str(gettext("Antar besok %(span)s", span=span))
    day = translate(day_name(local_day(slot.starts)))
    return str(gettext("Antar %(day)s %(span)s", day=day, span=span))


def price_shares(product: Product, parts: PriceParts) -> list[tuple[str, Rupiah, str]]:
    """Name who gets what of a price, for the bar; who gets nothing is not named."""
    seller = product.maker if product.listing.maker_id else gettext("Pemasok")
    shares = [
        (product.maker, parts.maker, "nila"),
        (gettext("%(seller)s, dibayar saat dibeli", seller=seller), parts.bought, "nila"),
        (gettext("Koperasi"), parts.cooperative, "kunyit"),
    ]
    return [share for share in shares if share[1]]


def open_text(shop: Shop, at: datetime) -> str:
    """Say until when a shop is open, or when it opens again."""
    state = shop.state(at)
    if state.is_open and state.until is not None:
        return str(gettext("Buka sampai %(time)s", time=jam(state.until)))
    if state.opens is None:
        return str(gettext("Sedang tutup"))
    days = local_day(state.opens).toordinal() - local_day(at).toordinal()
    if days == 0:
        return str(gettext("Buka pukul %(time)s", time=jam(state.opens)))
    if days == 1:
        return str(gettext("Buka lagi besok"))
    return str(gettext("Buka lagi %(day)s", day=translate(day_name(local_day(state.opens)))))


def card_tile(card: Card, at: datetime, below: str, heading: str, *, eager: bool) -> Markup:
    """Show a card; the same card is written once, however many pages show it."""
    mark = card.mark(at)
    return _tile(
        listing_path(card.listing_id, card.slug),
        card.title,
        card.price,
        card.unit,
        below,
        pictures.card_picture(card, eager=eager),
        (translate(mark.text), mark.kind, mark.icon),
        card.prices > 1,
        heading,
        language(),
        static_url(SPRITE),
    )


@lru_cache(maxsize=8192)
def _tile(
    href: str,
    title: str,
    price: Rupiah,
    unit: str,
    below: str,
    picture: Markup,
    state: tuple[str, str, str],
    start: bool,  # noqa: FBT001 - part of the key
    heading: str,
    _language: str,
    _sprite: str,
) -> Markup:
    macros: Any = current_app.jinja_env.get_template("_components/tiles.html").module
    shown: Markup = macros.tile(
        href, title, price, unit, below, picture, state, start=start, heading=heading
    )
    return shown


def sold_out_text(product: Product, shop: Shop, at: datetime) -> str:
    """Say that something cannot be had now, and when it can again."""
    if shop.soonest is None:
        closed = gettext("Toko sedang tutup.")
        return f"{closed} {open_text(shop, at)}."
    if product.listing.availability is Availability.DAILY:
        return str(gettext("Habis hari ini. Besok dibuat lagi."))
    return str(gettext("Habis. Tanyakan ke penjual kapan ada lagi."))


def food_facts(product: Product, at: datetime) -> list[tuple[str, str]]:
    """List what is known about something to eat: terms and values."""
    listing = product.listing
    halal = {
        Halal.CERTIFIED: gettext("Bersertifikat %(number)s", number=listing.halal_number or ""),
        Halal.SELF_DECLARED: gettext("Bahan halal, belum bersertifikat"),
    }
    day = product.best_before(at)
    facts = (
        (gettext("Komposisi"), listing.ingredients),
        (gettext("PIRT"), listing.food_permit),
        (gettext("Halal"), halal.get(listing.halal)),
        (gettext("Baik dikonsumsi sebelum"), tanggal_pendek(day) if day else None),
    )
    return [(term, value.strip()) for term, value in facts if value]


def crumb_items(way: list[tuple[str, str]]) -> list[dict[str, object]]:
    """Tell the way to a category as structured data: home first."""
    whole = [(things.site_name(), "/"), *way]
    named = [(name, things.absolute(path)) for name, path in whole]
    items: list[dict[str, object]] = structured.breadcrumbs(named)["itemListElement"]
    return items


def next_day(day: date) -> date:
    """Give the day after."""
    return day + timedelta(days=1)


storefront.add_app_template_filter(next_day)
for function in (
    category_icon,
    card_tile,
    sold_out_text,
    food_facts,
    crumb_items,
    parameters,
    address,
    category_path,
    local_name,
    slot_text,
    open_text,
    delivery_text,
    price_shares,
    pictures.sheet,
    pictures.card_picture,
    pictures.shop_cloth,
    pictures.photo,
    pictures.saves_data,
    things.absolute,
    things.cards_data,
):
    storefront.add_app_template_global(function)
storefront.add_app_template_global(structured.script, "structured_data")
