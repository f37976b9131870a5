"""What a supplier asks for a pack, and what a price list in a spreadsheet says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_decimal_quantity, parse_quantity, parse_rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.supply.rules.packs import Pack

MOST_TIERS = 5
LARGEST = 10**9
LONGEST_NAME = 30
# The first name is the one that the example file has.
COLUMNS: dict[str, tuple[str, ...]] = {
    "item": ("barang", "nama barang", "nama", "item", "product", "produk"),
    "pack_name": ("kemasan", "nama kemasan", "pack", "package"),
    "pack_size": ("isi", "isi kemasan", "isi per kemasan", "contents", "size"),
    "pack_price": ("harga", "harga kemasan", "harga per kemasan", "price"),
    "pack_minimum": ("minimal", "pembelian minimal", "min", "minimum"),
    "pack_step": ("kelipatan", "step"),
    "tiers": ("harga bertingkat", "harga grosir", "tiers"),
    "valid_until": ("berlaku sampai", "sampai", "valid until"),
}
NEEDED = ("item", "pack_size", "pack_price")
_TIER = re.compile(r"\s*([^:=]+?)\s*[:=]\s*(.+?)\s*")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


class BadOffer(Invalid):
    """A pack that no supplier could sell like that."""


@dataclass(frozen=True, slots=True)
class PackTerms:
    """A pack as a supplier sells it: size in base units, price in whole rupiah.

    ``tiers`` are pairs (from so many packs, price of each), each cheaper than the one before.
    """

    pack_name: str
    pack_size: int
    pack_price: Rupiah
    pack_step: int = 1
    pack_minimum: int = 0
    tiers: tuple[tuple[int, int], ...] = ()
    valid_until: date | None = None

    @property
    def pack(self) -> Pack:
        """Give the pack as the rules of choosing take it."""
        price = self.pack_price.amount
        return Pack(self.pack_size, price, self.pack_step, self.pack_minimum, self.tiers)

    def checked(self, today: date) -> PackTerms:
        """Refuse what makes no sense. Raises BadOffer, NoSuchPacks."""
        _ = self.pack
        if self.pack_price <= Rupiah(0):
            raise _wrong("pack_price", say("Isi harga kemasan."))
        if not 0 < len(self.pack_name) <= LONGEST_NAME:
            raise _wrong("pack_name", say("Isi nama kemasan, misalnya karton."))
        if self.valid_until is not None and self.valid_until < today:
            raise _wrong("valid_until", say("Tanggal itu sudah lewat."))
        before, start_before = self.pack_price.amount, 1
        for start, price in self.tiers:
            if start <= start_before or not 0 < price < before:
                raise _wrong("tiers", say("Harga bertingkat harus makin banyak makin murah."))
            before, start_before = price, start
        if len(self.tiers) > MOST_TIERS:
            raise _wrong("tiers", say("Paling banyak 5 tingkat harga."))
        return self


def _wrong(field: str, message: Sentence) -> BadOffer:
    return BadOffer(message, fields={field: message})


def per_unit(pack: Pack, factor: int, *, packs: int = 1) -> Fraction:
    """Give the price of one unit (``factor`` base units) when so many packs are bought."""
    return Fraction(pack.price_at(packs) * factor, pack.size)


def columns_of(headings: Sequence[str]) -> dict[str, int]:
    """Find which column of a price list says what. Raises BadOffer when one is missing."""
    known = {name: field for field, names in COLUMNS.items() for name in names}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        field = known.get(" ".join(heading.casefold().split()))
        if field is not None:
            found.setdefault(field, place)
    missing = [COLUMNS[field][0] for field in NEEDED if field not in found]
    if missing:
        raise BadOffer(say("Kolom ini belum ada: %(names)s.", names=", ".join(missing)))
    return found


def price_list_row(cells: Mapping[str, str], factor: int) -> PackTerms:
    """Read one row of a price list; amounts are in the item's unit. Raises RuleBroken."""
    return PackTerms(
        pack_name=(cells.get("pack_name") or "kemasan")[:LONGEST_NAME],
        pack_size=parse_decimal_quantity(cells["pack_size"], factor, most=LARGEST),
        pack_price=parse_rupiah(cells["pack_price"]),
        pack_step=_count(cells.get("pack_step")) or 1,
        pack_minimum=_count(cells.get("pack_minimum")),
        tiers=parse_tiers(cells.get("tiers") or ""),
        valid_until=_day(cells.get("valid_until") or ""),
    )


def _count(text: str | None) -> int:
    return parse_quantity(text) if text else 0


def parse_tiers(text: str) -> tuple[tuple[int, int], ...]:
    """Read steps of price as people write them. Raises BadOffer.

    >>> parse_tiers("10: 380.000; 50: 372.000")
    ((10, 380000), (50, 372000))
    """
    found = []
    for part in filter(str.strip, re.split(r"[;\\n]", text)):
        read = _TIER.fullmatch(part)
        if read is None:
            raise _wrong(
                "tiers", say("Tulis harga bertingkat seperti ini: 10: 380.000; 50: 372.000.")
            )
        try:
            found.append((parse_quantity(read[1]), parse_rupiah(read[2]).amount))
        except RuleBroken as broken:
            raise BadOffer(broken.message, fields={"tiers": broken.message}) from broken
    return tuple(sorted(found))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    for pattern in _DAYS:
        try:
            return datetime.strptime(text.strip()[:10], pattern).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    raise _wrong("valid_until", say("Tulis tanggal seperti 31/12/2026."))
