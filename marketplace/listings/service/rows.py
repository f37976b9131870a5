"""Rows of a spreadsheet put together to listings: one row for each variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.files.tables import Table
from marketplace.kernel.text import Sentence, say
from marketplace.listings.models import Listing
from marketplace.listings.queries.sheet import Known
from marketplace.listings.rules import (
    Availability,
    ListingDraft,
    ListingState,
    VariantDraft,
    clean_line,
)
from marketplace.listings.rules.sheets import Cells, columns_of

LONGEST_REF = 80


@dataclass(slots=True)
class Row:
    """One row of the file as it reads."""

    line: int
    title: str
    variant: VariantDraft
    cells: Cells
    problems: list[Sentence] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """The rows of one listing, and the listing they mean if there is one already."""

    ref: str | None
    listing: Listing | None
    rows: list[Row]
    known: Known

    @property
    def state(self) -> ListingState | None:
        """Say where the file wants the listing to stand."""
        return self.rows[0].cells.state()

    def draft(self, before: ListingDraft | None) -> ListingDraft:
        """Put the rows together; columns the file does not have stay as they are."""
        first = self.rows[0]
        base = before or ListingDraft(
            title=first.title, category_id=None, variants=(), availability=Availability.LIMITED
        )
        given = {name: read(first, self.known) for name, read in _READERS if _says(first, name)}
        draft = replace(base, title=first.title, **given)
        if before is None and draft.category_id is None and not first.cells.text("category"):
            draft = replace(draft, category_id=self.known.guess(first.title))
        return replace(draft, variants=tuple(self._variants(before)))

    def _variants(self, before: ListingDraft | None) -> list[VariantDraft]:
        """Find each row's variant by its name; a single one is found without."""
        there = list(before.variants) if before else []
        if len(there) > 1 and not self.rows[0].cells.has("variant"):
            self.rows[0].problems.append(
                say("Barang ini punya beberapa pilihan. Tambahkan kolom varian.")
            )
        by_title = {part.title.casefold(): part for part in there}
        found = []
        for row in self.rows:
            same = by_title.get(row.variant.title.casefold())
            if same is None and len(there) == len(self.rows) == 1:
                same = there[0]
            found.append(_joined(row, same))
        return found


def _joined(row: Row, same: VariantDraft | None) -> VariantDraft:
    wanted = row.variant
    if same is None:
        return wanted
    quantity = same.quantity if wanted.quantity is None else wanted.quantity
    title = wanted.title if row.cells.has("variant") else same.title
    return replace(wanted, id=same.id, quantity=quantity, title=title)


def grouped_rows(table: Table, known: Known) -> list[Group]:
    """Read all rows and put those of one listing together, by code or else by title."""
    columns = columns_of(table.headings)
    groups: dict[tuple[str, str], Group] = {}
    for line, cells in table.rows:
        row = _read(line, Cells(columns, cells))
        if any(cells[len(table.headings) :]):
            row.problems.append(say("Baris ini punya lebih banyak isian daripada kolomnya."))
        ref = clean_line(row.cells.text("ref")) or None
        if ref and len(ref) > LONGEST_REF:
            row.problems.append(say("Kode paling panjang 80 huruf."))
        key = ("ref", ref) if ref else ("title", row.title.casefold())
        if key in groups:
            _join(groups[key], row)
        else:
            groups[key] = _opened(ref, row, known)
    return list(groups.values())


def _read(line: int, cells: Cells) -> Row:
    title = clean_line(cells.text("title"))
    variant = VariantDraft(
        title=clean_line(cells.text("variant")),
        price=cells.price(),
        quantity=cells.number("quantity"),
    )
    return Row(line, title, variant, cells, cells.problems)


def _join(group: Group, row: Row) -> None:
    if not row.variant.title:
        row.problems.append(
            say(
                "Barang ini sudah ada di baris %(line)d. Isi kolom varian.", line=group.rows[0].line
            )
        )
    group.rows.append(row)


def _opened(ref: str | None, row: Row, known: Known) -> Group:
    found = known.by_ref(ref) if ref else known.by_title(row.title)
    if len(found) > 1:
        row.problems.append(say("Ada beberapa barang bernama ini. Isi kolom kode."))
    return Group(ref, found[0] if len(found) == 1 else None, [row], known)


def _says(row: Row, name: str) -> bool:
    return row.cells.has(_COLUMN_OF.get(name, name))


def _category(row: Row, known: Known) -> int | None:
    text = row.cells.text("category")
    if not text:
        return known.guess(row.title)
    found = known.category(text)
    if found is None:
        row.problems.append(say("Kategori “%(text)s” tidak dikenal.", text=text[:60]))
    return found


def _maker(row: Row, known: Known) -> Any:
    text = row.cells.text("maker")
    if not text:
        return None
    found = known.maker(text)
    if found is None:
        row.problems.append(say("Anggota “%(text)s” tidak ada.", text=text[:60]))
    return found


_COLUMN_OF = {"category_id": "category", "maker_id": "maker"}
_READERS: tuple[tuple[str, Callable[[Row, Known], Any]], ...] = (
    ("category_id", _category),
    ("maker_id", _maker),
    ("description", lambda row, _: row.cells.text("description")),
    ("unit", lambda row, _: row.cells.text("unit") or "buah"),
    ("availability", lambda row, _: row.cells.availability()),
    ("ready_on", lambda row, _: row.cells.day("ready_on")),
    ("food_permit", lambda row, _: row.cells.text("food_permit") or None),
    ("halal", lambda row, _: row.cells.halal()),
    ("halal_number", lambda row, _: row.cells.text("halal_number") or None),
    ("ingredients", lambda row, _: row.cells.text("ingredients") or None),
    ("shelf_life_days", lambda row, _: row.cells.number("shelf_life_days")),
)
