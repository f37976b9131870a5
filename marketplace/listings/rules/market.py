"""Lines of the market's own file, read or passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from marketplace.kernel.money import Rupiah
from marketplace.listings.rules.drafts import HIGHEST_PRICE, LONGEST_TITLE
from marketplace.listings.rules.texts import clean_line


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One listing of the file, as far as we keep it."""

    ref: str
    title: str
    category: str
    price: Rupiah
    list_price: Rupiah | None
    seller: str
    sold: int


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed, there already, or could not be read."""

    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0

    @property
    def seen(self) -> int:
        """Count all rows so far."""
        return self.new + self.changed + self.same + self.wrong


def read_row(line: Mapping[str, str | None]) -> MarketRow | None:
    """Read a line of the file; None when it lacks what a listing needs."""
    title = clean_line(line.get("title") or "")[:LONGEST_TITLE].strip()
    price = _amount(line.get("price"))
    ref = (line.get("ref") or "").strip()
    if not (ref and title and price):
        return None
    list_price = _amount(line.get("list_price"))
    sold = line.get("sold") or ""
    return MarketRow(
        ref=ref,
        title=title,
        category=(line.get("category") or "").strip("/ "),
        price=price,
        list_price=list_price if list_price and list_price > price else None,
        seller=line.get("seller") or "",
        sold=int(sold) if sold.isascii() and sold.isdigit() else 0,
    )


def _amount(text: str | None) -> Rupiah | None:
    if not text or not (text.isascii() and text.isdigit()):
        return None
    number = int(text[:16])
    return Rupiah(number) if 0 < number <= HIGHEST_PRICE else None


def batches(
    lines: Iterable[Mapping[str, str | None]], size: int
) -> Iterator[list[Mapping[str, str | None]]]:
    """Cut the file into pieces that are kept one after another."""
    batch: list[Mapping[str, str | None]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
