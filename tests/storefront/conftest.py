from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.listings.components import listing_path
from marketplace.listings.models import Listing, Variant
from marketplace.members.models import Member
from marketplace.search import service as search
from marketplace.search.engine import Index
from marketplace.web.extensions import db
from tests.makers import (
    make_category,
    make_cooperative,
    make_listing,
    make_member,
    make_point,
    make_variant,
)

ROUND_THE_CLOCK = [[day, 0, 1440] for day in range(7)]


@dataclass
class Market:
    """Two cooperatives, their goods, and how to tell the index of changes."""

    sanan: Cooperative
    velodrome: Cooperative
    lilik: Member
    keripik: Variant
    large: Variant
    cilok: Variant
    sambal: Variant
    index: Callable[[], int]

    def path(self, session: Session, variant: Variant) -> str:
        listing = listing_of(session, variant)
        return listing_path(listing.id, listing.slug)


def listing_of(session: Session, variant: Variant) -> Listing:
    return session.scalars(select(Listing).where(Listing.id == variant.listing_id)).one()


@pytest.fixture
def market(app: Flask, session: Session) -> Market:
    sanan = make_cooperative(session, whatsapp="+6281234567890", deed_number="AHU-0012")
    velodrome = make_cooperative(
        session,
        "Velodrome Rukun Jaya",
        region_code="35.73.03",
        region_name="Kedungkandang, Kota Malang",
    )
    for shop in (sanan, velodrome):
        make_point(session, shop, slots=ROUND_THE_CLOCK, prepare_minutes=0)
    lilik = make_member(session, sanan)
    keripik = make_listing(session, sanan, maker=lilik, sold_count=214, description="Renyah.")
    large = make_variant(
        session, listing_of(session, keripik), title="500 g", price=29_000, position=1
    )
    cilok = make_listing(
        session,
        velodrome,
        "Cilok kuah kacang",
        price=10_000,
        stock_count=3,
        category_id=make_category(session, "makanan-minuman/makanan-beku/cilok"),
    )
    sambal = make_listing(
        session,
        sanan,
        "Sambal bawang",
        price=22_000,
        stock_count=0,
        category_id=make_category(session, "makanan-minuman/bumbu-bahan-masakan/aneka-sambal"),
    )
    session.commit()

    def index() -> int:
        here: Index = app.extensions["search"]
        count = search.rebuild(session, here, at=datetime.now(UTC))
        here._looked = float("-inf")  # look at once whether the index has changed
        return count

    index()
    return Market(sanan, velodrome, lilik, keripik, large, cilok, sambal, index)


@pytest.fixture
def counted(app: Flask) -> Callable[[], object]:
    """Count the questions that a request puts to the database."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        asked: list[str] = []

        def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", hear)
        try:
            yield asked
        finally:
            event.remove(db.engine, "before_cursor_execute", hear)

    return count
