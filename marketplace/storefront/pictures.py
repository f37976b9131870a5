"""Pictures of cards: photos, or drawings on cloth that stand only once in a page.

A page defines each drawing and each cloth it needs as a symbol; cards point at them, so
that twenty-four cards weigh little more than one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from flask import request
from markupsafe import Markup

from marketplace.cooperatives.components import cooperative_motif
from marketplace.files.rules import picture_path
from marketplace.storefront.queries import Card, Shop
from marketplace.web import art

SIZES = "(min-width: 48rem) 10rem, 45vw"
WIDTHS = (160, 320, 640)


@dataclass(frozen=True, slots=True)
class _Cloth:
    id: int
    motif: str | None


@lru_cache(maxsize=1024)
def _cloth_symbol(cooperative_id: int, motif: str | None) -> Markup:
    cloth = cooperative_motif(_Cloth(cooperative_id, motif), "kain")
    return Markup('<symbol id="k-{}">{}</symbol>').format(cooperative_id, cloth)


@lru_cache(maxsize=64)
def _drawing_symbol(key: str) -> Markup:
    drawing = art.DRAWINGS[key]
    shapes = Markup(drawing["shapes"])  # noqa: S704 - our own drawing
    return Markup(
        '<symbol id="g-{}" viewBox="0 0 200 200"><circle cx="100" cy="100" r="84" fill="{}"/>'
        '<g transform="translate(30 30) scale(.7)">{}</g></symbol>'
    ).format(key, drawing["ground"], shapes)


@lru_cache(maxsize=4096)
def _drawn(cooperative_id: int, key: str) -> Markup:
    return Markup(
        '<span class="ph"><svg class="motif" aria-hidden="true"><use href="#k-{}"/></svg>'
        '<svg class="art" viewBox="0 0 200 200" aria-hidden="true"><use href="#g-{}"/></svg></span>'
    ).format(cooperative_id, key)


def saves_data() -> bool:
    """Say whether the visitor asked to be spared photos."""
    return request.headers.get("Save-Data", "").lower() == "on"


def shows_photo(card: Card) -> bool:
    """Say whether a card shows a photo."""
    return card.cover_file_id is not None and not saves_data()


def sheet(cards: Iterable[Card], shops: Iterable[Shop] = ()) -> Markup:
    """Define the drawings and cloths to which the cards of this page point."""
    drawn = [card for card in cards if not shows_photo(card)]
    cloths = {(card.shop.id, card.shop.motif) for card in drawn}
    cloths |= {(shop.id, shop.motif) for shop in shops}
    keys = {art.category_key(card.category_path) for card in drawn}
    symbols = [_cloth_symbol(*cloth) for cloth in sorted(cloths, key=str)]
    symbols += [_drawing_symbol(key) for key in sorted(keys)]
    if not symbols:
        return Markup()
    return Markup('<svg class="vh" aria-hidden="true">{}</svg>').format(Markup().join(symbols))


def card_picture(card: Card, *, eager: bool = False) -> Markup:
    """Show a card's photo, or point at its drawing and cloth."""
    if card.cover_file_id is not None and not saves_data():
        return photo(card.cooperative_id, card.cover_file_id, eager=eager)
    return _drawn(card.shop.id, art.category_key(card.category_path))


def shop_cloth(shop: Shop) -> Markup:
    """Point at a shop's cloth."""
    return Markup('<svg class="motif" aria-hidden="true"><use href="#k-{}"/></svg>').format(shop.id)


def photo(
    cooperative_id: int,
    file_id: UUID,
    *,
    alt: str = "",
    sizes: str = SIZES,
    size: int = 320,
    eager: bool = False,
) -> Markup:
    """Show a stored photo in the width that the screen needs."""
    paths = [picture_path(cooperative_id, file_id, width) for width in WIDTHS]
    sources = ", ".join(f"{path} {width}w" for path, width in zip(paths, WIDTHS, strict=True))
    return Markup(
        '<img src="{}" srcset="{}" sizes="{}" alt="{}" width="{}" height="{}" {} decoding="async">'
    ).format(
        picture_path(cooperative_id, file_id, size),
        sources,
        sizes,
        alt,
        size,
        size,
        Markup('fetchpriority="high"') if eager else Markup('loading="lazy"'),
    )
