"""The market's own listings, in the format of ``products-id.csv.gz``, spread over cooperatives.

Each seller belongs to one of N cooperatives, always the same one for the same N. A listing is
known by its ``source_ref``, so a second run finds everything done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zlib import crc32

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, PickupPoint, Standing
from marketplace.database.bulk import insert_many
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_id
from marketplace.kernel.text import say
from marketplace.listings.models import Category, Listing, Variant
from marketplace.listings.rules import OTHER, Availability, Halal, ListingState, slug_of
from marketplace.listings.rules.market import MarketRow, Tally, read_row
from marketplace.stock import service as stock

DISTRICTS = (
    ("35.73.01", "Blimbing, Kota Malang"),
    ("35.73.02", "Klojen, Kota Malang"),
    ("35.73.03", "Kedungkandang, Kota Malang"),
    ("35.73.04", "Sukun, Kota Malang"),
    ("35.73.05", "Lowokwaru, Kota Malang"),
)
HOURS = {str(day): [480, 1020] for day in range(6)}
SLOTS = [[day, 540, 960] for day in range(6)]
MOST_COOPERATIVES = 500
LEAST_STOCK, STOCK_SPAN = 5, 95
_LISTINGS = cast(Table, Listing.__table__)
_VARIANTS = cast(Table, Variant.__table__)


def open_cooperatives(session: Session, count: int, *, at: datetime) -> list[int]:
    """Find or found the market's cooperatives ``pasar-1`` to ``pasar-N``; gives their ids."""
    slugs = [f"pasar-{number}" for number in range(1, count + 1)]
    known = _market_of(session)
    if known and set(known) != set(slugs):
        raise Invalid(
            say(
                "Pasar ini sudah dibagi ke %(known)d koperasi, tidak bisa menjadi %(wanted)d.",
                known=len(known),
                wanted=count,
            )
        )
    for number, slug in enumerate(slugs, 1):
        if slug not in known:
            known[slug] = _found(session, number, slug, at)
    return [known[slug] for slug in slugs]


def _market_of(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Cooperative.slug, Cooperative.id).where(Cooperative.slug.startswith("pasar-"))
    )
    return {row.slug: row.id for row in rows if row.slug.removeprefix("pasar-").isdecimal()}


def _found(session: Session, number: int, slug: str, at: datetime) -> int:
    code, name = DISTRICTS[number % len(DISTRICTS)]
    cooperative = Cooperative(
        slug=slug,
        name=f"Pasar {number}",
        legal_name=f"Koperasi Pasar {number}",
        word=f"PASAR{_letters(number)}",
        standing=Standing.OPEN,
        region_code=code,
        region_name=name,
        hours=HOURS,
        created_at=at,
        updated_at=at,
    )
    session.add(cooperative)
    session.flush()
    point = PickupPoint(
        cooperative_id=cooperative.id,
        name=f"Pasar {number}",
        address=f"Kios {number}, {name}",
        slots=SLOTS,
    )
    session.add(point)
    session.flush()
    return cooperative.id


def _letters(number: int) -> str:
    """Count in letters: A, B … Z, AA; pickup codes take no digits."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


class Market:
    """Brings rows in, piece by piece; knows what is there already."""

    def __init__(self, session: Session, cooperatives: Sequence[int]) -> None:
        self._cooperatives = cooperatives
        self.tally = Tally()
        tree = session.execute(select(Category.path, Category.id))
        self._categories: dict[str, int] = {row.path: row.id for row in tree}
        self._known: dict[tuple[int, str], tuple[UUID, str, int, int]] = {}
        for row in session.execute(
            select(
                Listing.cooperative_id,
                Listing.source_ref,
                Listing.id,
                Listing.title,
                Listing.price_from,
                Listing.category_id,
            ).where(Listing.cooperative_id.in_(cooperatives), Listing.source_ref.is_not(None))
        ):
            self._known[row[0], row[1] or ""] = (row[2], row[3], row[4].amount, row[5])

    def load(
        self, session: Session, lines: Iterable[Mapping[str, str | None]], *, at: datetime
    ) -> None:
        """Keep one piece of the file: new listings at once, changed ones one by one."""
        fresh: list[tuple[int, UUID, MarketRow]] = []
        for line in lines:
            row = read_row(line)
            if row is None:
                self.tally.wrong += 1
                continue
            home = self._cooperatives[crc32(row.seller.encode()) % len(self._cooperatives)]
            now_ = (row.title, row.price.amount, self._category(row.category))
            before = self._known.get((home, row.ref))
            if before is None:
                listing_id = new_id()
                fresh.append((home, listing_id, row))
                self._known[home, row.ref] = (listing_id, *now_)
            elif before[1:] == now_:
                self.tally.same += 1
            else:
                self._change(session, home, before[0], row, at)
                self._known[home, row.ref] = (before[0], *now_)
        self._insert(session, fresh, at)

    def _category(self, path: str) -> int:
        """Find the nearest category there is, going up the path."""
        while path and path not in self._categories:
            path = path.rpartition("/")[0]
        return self._categories[path or OTHER]

    def _insert(
        self, session: Session, fresh: Sequence[tuple[int, UUID, MarketRow]], at: datetime
    ) -> None:
        if not fresh:
            return
        variants = [(home, new_id(), listing_id, row) for home, listing_id, row in fresh]
        insert_many(
            session,
            Listing,
            [
                _listing(home, id_, row, self._category(row.category), at)
                for home, id_, row in fresh
            ],
        )
        insert_many(session, Variant, [_variant(*one) for one in variants])
        stock.open_items(
            session,
            [
                (home, id_, LEAST_STOCK + crc32(row.ref.encode()) % STOCK_SPAN)
                for home, id_, _, row in variants
            ],
            cause="stok awal",
            at=at,
        )
        self.tally.new += len(fresh)

    def _change(
        self, session: Session, home: int, listing_id: UUID, row: MarketRow, at: datetime
    ) -> None:
        session.execute(
            update(_LISTINGS)
            .where(_LISTINGS.c.cooperative_id == home, _LISTINGS.c.id == listing_id)
            .values(
                title=row.title,
                slug=slug_of(row.title),
                category_id=self._category(row.category),
                price_from=row.price,
                updated_at=at,
                version=_LISTINGS.c.version + 1,
            )
        )
        session.execute(
            update(_VARIANTS)
            .where(_VARIANTS.c.cooperative_id == home, _VARIANTS.c.listing_id == listing_id)
            .values(price=row.price, list_price=row.list_price)
        )
        self.tally.changed += 1


def _listing(
    home: int, id_: UUID, row: MarketRow, category_id: int, at: datetime
) -> dict[str, Any]:
    return {
        "cooperative_id": home,
        "id": id_,
        "category_id": category_id,
        "title": row.title,
        "slug": slug_of(row.title),
        "description": "",
        "description_html": "",
        "unit": "buah",
        "state": ListingState.PUBLISHED,
        "availability": Availability.LIMITED,
        "halal": Halal.UNKNOWN,
        "price_from": row.price,
        "sold_count": row.sold,
        "source_ref": row.ref,
        "created_at": at,
        "updated_at": at,
        "published_at": at,
        "version": 1,
    }


def _variant(home: int, id_: UUID, listing_id: UUID, row: MarketRow) -> dict[str, Any]:
    return {
        "cooperative_id": home,
        "id": id_,
        "listing_id": listing_id,
        "title": "",
        "price": row.price,
        "list_price": row.list_price,
        "position": 0,
        "active": True,
    }
