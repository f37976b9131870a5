"""Put real market listings into a database of the benchmark's own, quickly."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from slugify import slugify
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, PickupPoint, Standing
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import (
    Availability,
    Category,
    Halal,
    Listing,
    ListingState,
    Variant,
)
from marketplace.stock.models import StockItem

COOPERATIVES = 148
DISTRICTS = ("Blimbing", "Klojen", "Kedungkandang", "Sukun", "Lowokwaru")
BATCH = 2000
Row = dict[str, Any]


def fill(session: Session, path: Path, count: int, *, cooperatives: int = COOPERATIVES) -> int:
    """Insert the first ``count`` listings of the file, spread by seller over cooperatives."""
    now = datetime.now(UTC).replace(microsecond=0)
    shops = _open_shops(session, cooperatives, now)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row, _ in zip(csv.DictReader(lines), range(count), strict=False)]
    for row in rows:
        row["category"] = row["category"] or "lain-lain"
    categories = _categories(session, sorted({row["category"] for row in rows}))
    for start in range(0, len(rows), BATCH):
        _insert(session, rows[start : start + BATCH], shops, categories, now)
    session.commit()
    return len(rows)


def _open_shops(session: Session, count: int, now: datetime) -> list[int]:
    shops = [
        Cooperative(
            slug=f"pasar-{number}",
            name=f"Pasar Guyub {number}",
            legal_name=f"Koperasi Pasar Guyub {number}",
            word="PASAR" + "".join(chr(65 + int(digit)) for digit in str(number)),
            standing=Standing.OPEN,
            region_code=f"35.73.0{number % len(DISTRICTS) + 1}",
            region_name=f"{DISTRICTS[number % len(DISTRICTS)]}, Kota Malang",
            hours={str(day): [0, 1440] for day in range(7)},
            member_count=9 + number,
            created_at=now,
            updated_at=now,
        )
        for number in range(1, count + 1)
    ]
    session.add_all(shops)
    session.flush()
    session.add_all(
        PickupPoint(
            cooperative_id=shop.id,
            name=f"Balai {shop.name}",
            address="Jl. Pasar 1",
            slots=[[day, 0, 1440] for day in range(7)],
            prepare_minutes=0,
        )
        for shop in shops
    )
    session.flush()
    return [shop.id for shop in shops]


def _categories(session: Session, paths: list[str]) -> dict[str, int]:
    whole = sorted(
        {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, 9)},
        key=lambda path: path.count("/"),
    )
    known: dict[str, int] = dict(session.execute(select(Category.path, Category.id)).all())
    for path in whole:
        if path in known:
            continue
        parent, _, name = path.rpartition("/")
        category = Category(
            path=path,
            name=name.replace("-", " ").capitalize(),
            parent_id=known.get(parent),
            depth=path.count("/"),
        )
        session.add(category)
        session.flush()
        known[path] = category.id
    return known


def _insert(
    session: Session,
    rows: list[Row],
    shops: list[int],
    categories: dict[str, int],
    now: datetime,
) -> None:
    keys = [(shops[int(row["seller"]) % len(shops)], new_id(), new_id()) for row in rows]
    paired = list(zip(rows, keys, strict=True))
    session.execute(insert(Listing), [_listing(row, key, categories, now) for row, key in paired])
    session.execute(insert(Variant), [_variant(row, key) for row, key in paired])
    session.execute(insert(StockItem), [_shelf(row, key) for row, key in paired])


def _listing(
    row: Row, key: tuple[int, UUID, UUID], categories: dict[str, int], now: datetime
) -> Row:
    age = timedelta(minutes=int(row["ref"], 16) % 500_000)
    return {
        "cooperative_id": key[0],
        "id": key[1],
        "category_id": categories[row["category"]],
        "title": row["title"],
        "slug": slugify(row["title"], max_length=80) or "barang",
        "description": row["title"],
        "description_html": "",
        "unit": "buah",
        "state": ListingState.PUBLISHED,
        "availability": Availability.LIMITED,
        "halal": Halal.UNKNOWN,
        "price_from": Rupiah(int(row["price"])),
        "sold_count": int(row["sold"]),
        "source_ref": row["ref"],
        "created_at": now - age,
        "updated_at": now - age,
        "published_at": now - age,
        "version": 1,
    }


def _variant(row: Row, key: tuple[int, UUID, UUID]) -> Row:
    return {
        "cooperative_id": key[0],
        "id": key[2],
        "listing_id": key[1],
        "title": "",
        "price": Rupiah(int(row["price"])),
        "list_price": Rupiah(int(row["list_price"])) if row["list_price"] else None,
        "position": 0,
        "active": True,
    }


def _shelf(row: Row, key: tuple[int, UUID, UUID]) -> Row:
    left = int(row["ref"], 16) % 40
    return {
        "cooperative_id": key[0],
        "id": key[2],
        "on_hand": left,
        "reserved": 0,
        "backorder_limit": 0,
    }


def first_categories(session: Session) -> list[str]:
    """List the categories that hold anything."""
    return list(
        session.scalars(
            select(Category.path).join(Listing, Listing.category_id == Category.id).distinct()
        )
    )
