"""What the columns of a spreadsheet are called, in Indonesian and English, and how cells read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from marketplace.files.tables import BadSheet
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_quantity, parse_rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.listings.rules.states import Availability, Halal, ListingState

Word = TypeVar("Word", bound=Enum)
# The first name is the one an export writes.
NAMES: dict[str, tuple[str, ...]] = {
    "ref": ("kode", "sku", "ref", "kode barang", "id", "code"),
    "title": ("judul", "nama barang", "nama", "title", "name", "product", "produk"),
    "variant": ("varian", "pilihan", "ukuran", "variant", "size", "option"),
    "price": ("harga", "harga jual", "price"),
    "quantity": ("stok", "jumlah stok", "jumlah", "stock", "quantity", "qty"),
    "unit": ("satuan", "dijual per", "unit"),
    "category": ("kategori", "category"),
    "maker": ("pembuat", "dibuat oleh", "anggota", "maker", "member"),
    "description": ("deskripsi", "cerita", "cerita singkat", "keterangan", "description"),
    "availability": ("ketersediaan", "availability"),
    "ready_on": ("tanggal siap", "siap", "ready on", "ready"),
    "food_permit": ("pirt", "p-irt", "nomor pirt", "food permit"),
    "halal": ("halal",),
    "halal_number": ("nomor halal", "sertifikat halal", "halal number"),
    "ingredients": ("bahan", "komposisi", "ingredients"),
    "shelf_life_days": ("masa simpan", "masa simpan (hari)", "tahan (hari)", "shelf life"),
    "state": ("status", "state"),
}
HEADINGS = tuple(names[0] for names in NAMES.values())
_FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
_NEEDED = ("title", "price")
_AVAILABILITY = {
    "": Availability.LIMITED,
    "stok terbatas": Availability.LIMITED,
    "terbatas": Availability.LIMITED,
    "limited": Availability.LIMITED,
    "dibuat tiap hari": Availability.DAILY,
    "tiap hari": Availability.DAILY,
    "daily": Availability.DAILY,
    "pre-order": Availability.PREORDER,
    "preorder": Availability.PREORDER,
    "po": Availability.PREORDER,
}
_HALAL = {
    "": Halal.UNKNOWN,
    "tidak disebut": Halal.UNKNOWN,
    "tidak": Halal.UNKNOWN,
    "no": Halal.UNKNOWN,
    "bahan halal": Halal.SELF_DECLARED,
    "ya": Halal.SELF_DECLARED,
    "yes": Halal.SELF_DECLARED,
    "halal": Halal.SELF_DECLARED,
    "bersertifikat": Halal.CERTIFIED,
    "certified": Halal.CERTIFIED,
}
STATE_WORDS = {
    "draf": ListingState.DRAFT,
    "draft": ListingState.DRAFT,
    "tayang": ListingState.PUBLISHED,
    "published": ListingState.PUBLISHED,
    "arsip": ListingState.ARCHIVED,
    "archived": ListingState.ARCHIVED,
}
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")


def columns_of(headings: tuple[str, ...]) -> dict[str, int]:
    """Say which field stands in which column; unknown columns are left alone."""
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        field = _FIELD_OF.get(" ".join(re.sub(r"[_*:]+", " ", heading).split()).casefold())
        if field and field not in found:
            found[field] = position
    missing = [NAMES[field][0] for field in _NEEDED if field not in found]
    if missing:
        raise BadSheet(say("Kolom %(names)s tidak ada di baris pertama.", names=", ".join(missing)))
    return found


class Cells:
    """One row, asked field by field; what is wrong gathers in ``problems``."""

    def __init__(self, columns: Mapping[str, int], cells: tuple[str, ...]) -> None:
        self._columns = columns
        self._cells = cells
        self.problems: list[Sentence] = []

    def has(self, field: str) -> bool:
        """Say whether the file has this column at all."""
        return field in self._columns

    def text(self, field: str) -> str:
        """Give a cell; a column that is not there is empty."""
        position = self._columns.get(field)
        return self._cells[position] if position is not None and position < len(self._cells) else ""

    def price(self) -> Rupiah | None:
        """Read the price."""
        text = self.text("price")
        if not text:
            self.problems.append(say("Isi harga jual, misalnya 15.000"))
            return None
        try:
            return parse_rupiah(text, least=1)
        except RuleBroken as broken:
            self._blame("price", broken)
            return None

    def number(self, field: str) -> int | None:
        """Read a whole number; an empty cell gives None."""
        text = self.text(field)
        if not text:
            return None
        try:
            return parse_quantity(text)
        except RuleBroken as broken:
            self._blame(field, broken)
            return None

    def day(self, field: str) -> date | None:
        """Read a day as 2026-12-03 or 3/12/2026."""
        text = self.text(field)
        if not text:
            return None
        for pattern in _DATES:
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.problems.append(say("Isi tanggal, misalnya 2026-12-03."))
        return None

    def availability(self) -> Availability:
        """Read how there comes to be stock."""
        return self._word("availability", _AVAILABILITY, Availability.LIMITED)

    def halal(self) -> Halal:
        """Read what is said about halal."""
        return self._word("halal", _HALAL, Halal.UNKNOWN)

    def state(self) -> ListingState | None:
        """Read where the listing shall stand; an empty cell leaves it where it is."""
        if not self.text("state"):
            return None
        return self._word("state", STATE_WORDS, ListingState.DRAFT)

    def _word(self, field: str, words: Mapping[str, Word], default: Word) -> Word:
        text = self.text(field).casefold()
        if text in words:
            return words[text]
        self.problems.append(
            say("%(column)s “%(text)s” tidak dikenal.", column=NAMES[field][0], text=text[:40])
        )
        return default

    def _blame(self, field: str, broken: RuleBroken) -> None:
        self.problems.append(say("%(column)s: %(why)s", column=NAMES[field][0], why=broken.message))
