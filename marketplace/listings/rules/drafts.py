"""What a seller writes down about one thing to sell, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah, grouped
from marketplace.kernel.text import Sentence, say
from marketplace.listings.rules.states import Availability, Halal
from marketplace.listings.rules.texts import clean_line, clean_text, is_visible

UNITS = (
    "buah", "bungkus", "porsi", "kotak", "botol", "toples", "lusin", "pasang", "lembar",
    "meter", "kg", "ons", "liter", "ikat", "ekor", "paket",
)  # fmt: skip
LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 2_000
LONGEST_VARIANT = 80
LONGEST_UNIT = 20
LONGEST_INGREDIENTS = 500
LONGEST_SHELF_LIFE = 3_650
MOST_VARIANTS = 20
MOST_PHOTOS = 4
HIGHEST_PRICE = 10_000_000_000
MOST_STOCK = 1_000_000
_PERMIT = re.compile(r"(?:(?:P-?IRT|MD|ML)[ .:]*)?([0-9][0-9 .-]{10,24}[0-9])", re.IGNORECASE)
_PERMIT_DIGITS = range(12, 18)
Problem = tuple[str, Sentence]


class BadListing(Invalid):
    """Something about a listing is missing or impossible; ``fields`` says where."""

    def __init__(self, problems: dict[str, Sentence]) -> None:
        super().__init__(next(iter(problems.values())), fields=problems)


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A size or kind with its price.

    ``quantity`` counts what is free to sell, may be made in a day, or may be ordered in
    advance; None leaves it as it is.
    """

    title: str
    price: Rupiah | None
    quantity: int | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """Everything the editor and a row of an import say about a listing."""

    title: str
    category_id: int | None
    variants: tuple[VariantDraft, ...]
    description: str = ""
    unit: str = "buah"
    maker_id: UUID | None = None
    availability: Availability = Availability.LIMITED
    ready_on: date | None = None
    food_permit: str | None = None
    halal: Halal = Halal.UNKNOWN
    halal_number: str | None = None
    ingredients: str | None = None
    shelf_life_days: int | None = None


def checked(draft: ListingDraft, *, today: date) -> ListingDraft:
    """Return the draft in its clean form, or raise BadListing with all that is wrong."""
    clean = _cleaned(draft)
    problems: dict[str, Sentence] = {}
    for name, sentence in (
        *_about_texts(clean),
        *_about_variants(clean.variants),
        *_about_stock(clean, today),
        *_about_food(clean),
    ):
        problems.setdefault(name, sentence)
    if problems:
        raise BadListing(problems)
    return clean


def _cleaned(draft: ListingDraft) -> ListingDraft:
    preorder = draft.availability is Availability.PREORDER
    certified = draft.halal is Halal.CERTIFIED
    return replace(
        draft,
        title=clean_line(draft.title),
        description=clean_text(draft.description),
        unit=clean_line(draft.unit).lower() or "buah",
        variants=tuple(replace(part, title=clean_line(part.title)) for part in draft.variants),
        ready_on=draft.ready_on if preorder else None,
        food_permit=clean_line(draft.food_permit or "") or None,
        halal_number=clean_line(draft.halal_number or "") or None if certified else None,
        ingredients=clean_line(draft.ingredients or "") or None,
    )


def _about_texts(draft: ListingDraft) -> Iterator[Problem]:
    if not is_visible(draft.title):
        yield "title", say("Isi nama barang, misalnya Keripik tempe 250 g")
    yield from _too_long("title", draft.title, LONGEST_TITLE)
    yield from _too_long("description", draft.description, LONGEST_DESCRIPTION)
    yield from _too_long("unit", draft.unit, LONGEST_UNIT)
    yield from _too_long("ingredients", draft.ingredients or "", LONGEST_INGREDIENTS)
    if draft.category_id is None:
        yield "category", say("Pilih kategori supaya barang ini mudah ditemukan")


def _too_long(name: str, text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield name, say("Paling panjang %(most)s huruf.", most=grouped(most))


def _about_variants(variants: tuple[VariantDraft, ...]) -> Iterator[Problem]:
    if not variants:
        yield "price", say("Isi harga jual, misalnya 15.000")
    if len(variants) > MOST_VARIANTS:
        yield "variants", say("Paling banyak %(most)d pilihan.", most=MOST_VARIANTS)
    seen: set[str] = set()
    for position, variant in enumerate(variants):
        yield from _about_price(f"variants-{position}-price", variant.price)
        yield from _too_long(f"variants-{position}-title", variant.title, LONGEST_VARIANT)
        if len(variants) > 1 and not is_visible(variant.title):
            yield f"variants-{position}-title", say("Beri nama pilihan ini, misalnya 250 g")
        elif variant.title.casefold() in seen:
            yield f"variants-{position}-title", say("Nama pilihan ini sudah dipakai.")
        seen.add(variant.title.casefold())


def _about_price(name: str, price: Rupiah | None) -> Iterator[Problem]:
    if price is None:
        yield name, say("Isi harga jual, misalnya 15.000")
    elif not 0 < price.amount <= HIGHEST_PRICE:
        yield name, say("Harga jual antara Rp 1 dan Rp %(most)s.", most=grouped(HIGHEST_PRICE))


def _about_stock(draft: ListingDraft, today: date) -> Iterator[Problem]:
    for position, variant in enumerate(draft.variants):
        name, quantity = f"variants-{position}-quantity", variant.quantity
        if quantity is None:
            if draft.availability is not Availability.LIMITED and variant.id is None:
                yield name, say("Isi berapa yang bisa dipesan, misalnya 24")
        elif not 0 <= quantity <= MOST_STOCK:
            yield name, say("Jumlah stok antara 0 dan %(most)s.", most=grouped(MOST_STOCK))
    if draft.availability is Availability.PREORDER:
        if draft.ready_on is None:
            yield "ready_on", say("Isi tanggal siap pre-order, misalnya 2026-12-03")
        elif draft.ready_on < today:
            yield "ready_on", say("Tanggal siap sudah lewat. Pilih hari ini atau sesudahnya.")


def _about_food(draft: ListingDraft) -> Iterator[Problem]:
    if draft.food_permit and not is_permit(draft.food_permit):
        yield "food_permit", say("Nomor PIRT 15 angka, misalnya 2063573010123-28")
    if draft.halal is Halal.CERTIFIED and not draft.halal_number:
        yield "halal_number", say("Isi nomor sertifikat halal, misalnya ID35110001234560122")
    yield from _too_long("halal_number", draft.halal_number or "", 40)
    days = draft.shelf_life_days
    if days is not None and not 1 <= days <= LONGEST_SHELF_LIFE:
        yield "shelf_life_days", say("Masa simpan antara 1 dan 3.650 hari.")


def is_permit(text: str) -> bool:
    """Say whether a text can be a PIRT number, or that of BPOM for larger makers (MD, ML)."""
    found = _PERMIT.fullmatch(text)
    return bool(found) and sum(letter.isdigit() for letter in text) in _PERMIT_DIGITS
