"""A supplier's price list from a spreadsheet: first a plan for every row, then all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from uuid import UUID

from rapidfuzz import fuzz, process, utils
from sqlalchemy.orm import Session

from marketplace.files.tables import Table
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.supply import queries
from marketplace.supply.models import PackOffer, Supplier, SupplyItem
from marketplace.supply.rules import PackTerms, columns_of, price_list_row
from marketplace.supply.service.suppliers import note_offers

Reader = Callable[[SupplyItem], PackTerms]
ALIKE = 60  # of 100: below it a name is no guess worth saying


class RowsWrong(Invalid):
    """Rows of the file cannot be read, and all or nothing was asked for."""


class Outcome(Enum):
    """What a price list does with a row."""

    NEW = "baru"
    DEARER = "naik"
    CHEAPER = "turun"
    OTHERWISE = "diubah"
    SAME = "sama"
    WRONG = "salah"


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What becomes of one row; ``before`` is the price of the same pack until now."""

    line: int
    title: str
    outcome: Outcome
    item: SupplyItem | None = None
    terms: PackTerms | None = None
    before: Rupiah | None = None
    problem: Sentence | str | None = None


@dataclass(frozen=True, slots=True)
class PricePlan:
    """All rows of a price list with what becomes of them."""

    rows: tuple[PriceRow, ...]

    def count(self, outcome: Outcome) -> int:
        """Count the rows of which this becomes."""
        return sum(1 for row in self.rows if row.outcome is outcome)

    @property
    def writes(self) -> list[tuple[SupplyItem, PackTerms]]:
        """List what would be noted."""
        idle = (Outcome.SAME, Outcome.WRONG)
        return [
            (row.item, row.terms)
            for row in self.rows
            if row.item and row.terms and row.outcome not in idle
        ]


def plan_prices(session: Session, supplier: Supplier, table: Table, *, at: datetime) -> PricePlan:
    """Say what a price list would do, row by row, and change nothing. Raises BadOffer."""
    columns = columns_of(table.headings)
    rows = []
    for line, cells in table.rows:
        said = {
            field: cells[place].strip() if place < len(cells) else ""
            for field, place in columns.items()
        }
        rows.append((line, said["item"], partial(_cells, said)))
    return _plan(session, supplier, rows, at)


def _cells(said: Mapping[str, str], item: SupplyItem) -> PackTerms:
    return price_list_row(said, item.factor)


def plan_offers(
    session: Session, supplier: Supplier, rows: Sequence[tuple[str, PackTerms]], *, at: datetime
) -> PricePlan:
    """Say what prices would do that were read already, each with the name of its good."""
    asked = [(line, name, partial(_as_read, terms)) for line, (name, terms) in enumerate(rows, 1)]
    return _plan(session, supplier, asked, at)


def _as_read(terms: PackTerms, _item: SupplyItem) -> PackTerms:
    return terms


def _plan(
    session: Session, supplier: Supplier, rows: Sequence[tuple[int, str, Reader]], at: datetime
) -> PricePlan:
    goods = {_key(item.name): item for item in queries.items(session, supplier.cooperative_id)}
    offers = queries.offers_of(session, supplier)
    now = {(offer.item_id, offer.pack_size): offer for offer in offers}
    seen: set[tuple[UUID, int]] = set()
    return PricePlan(tuple(_judged(*row, goods, now, seen, at) for row in rows))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _judged(
    line: int,
    name: str,
    read: Reader,
    goods: Mapping[str, SupplyItem],
    now: Mapping[tuple[UUID, int], PackOffer],
    seen: set[tuple[UUID, int]],
    at: datetime,
) -> PriceRow:
    title = name[:120]
    item = goods.get(_key(title))
    if item is None:
        return PriceRow(line, title, Outcome.WRONG, problem=_unknown(title, goods))
    try:
        terms = read(item).checked(local_day(at))
    except RuleBroken as broken:
        return PriceRow(line, title, Outcome.WRONG, item, problem=broken.message)
    place = (item.id, terms.pack_size)
    if place in seen:
        twice = say("Kemasan ini sudah ada di baris lain.")
        return PriceRow(line, title, Outcome.WRONG, item, terms, problem=twice)
    seen.add(place)
    before = now.get(place)
    price = before.pack_price if before else None
    return PriceRow(line, title, _outcome(before, terms), item, terms, price)


def _unknown(title: str, goods: Mapping[str, SupplyItem]) -> Sentence:
    if not title:
        return say("Isi nama barangnya.")
    names = [item.name for item in goods.values()]
    found = process.extractOne(
        title, names, scorer=fuzz.token_set_ratio, processor=utils.default_process
    )
    if found is not None and found[1] >= ALIKE:
        return say("Barang ini belum ada di daftar. Maksudmu %(name)s?", name=found[0])
    return say("Barang ini belum ada di daftar. Tambah dulu, lalu unggah lagi.")


def _outcome(before: PackOffer | None, terms: PackTerms) -> Outcome:
    if before is None:
        return Outcome.NEW
    if queries.terms_of(before) == terms:
        return Outcome.SAME
    if terms.pack_price > before.pack_price:
        return Outcome.DEARER
    return Outcome.CHEAPER if terms.pack_price < before.pack_price else Outcome.OTHERWISE


def note_prices(
    session: Session,
    supplier: Supplier,
    plan: PricePlan,
    *,
    only_good: bool,
    by: UUID | None,
    at: datetime,
) -> Sequence[PackOffer]:
    """Do what the plan says; with wrong rows only if the good ones alone were asked for."""
    if plan.count(Outcome.WRONG) and not only_good:
        raise RowsWrong(say("Ada baris yang salah. Betulkan dulu, atau simpan yang benar saja."))
    return note_offers(session, supplier, plan.writes, by=by, at=at)
