"""Cooperatives as the public sees them, and when their goods can be fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, PickupPoint, Standing
from marketplace.cooperatives.rules import (
    OpenState,
    Slot,
    on_holiday,
    open_state,
    slots,
)
from marketplace.kernel.calendar import local_day
from marketplace.listings.models import Category, Listing, ListingState


@dataclass(frozen=True, slots=True)
class Place:
    """A pickup point with the next span in which something ordered now can be fetched."""

    name: str
    address: str
    note: str | None
    soonest: Slot | None


@dataclass(slots=True)
class Shop:
    """What lists and cards tell of a cooperative.

    ``place`` is where something can be fetched soonest; it comes with the places.
    """

    id: int
    slug: str
    name: str
    tagline: str | None
    region_code: str
    region_name: str
    motif: str | None
    member_count: int
    share_basis_points: int
    hours: dict[str, Any]
    closed_from: date | None
    closed_until: date | None
    places: list[Place] = field(default_factory=list)
    place: Place | None = None

    @property
    def district(self) -> str:
        """Name the district without its city."""
        return self.region_name.partition(",")[0]

    @property
    def soonest(self) -> Slot | None:
        """Give the next span in which something can be fetched anywhere."""
        return self.place.soonest if self.place else None

    def serves_today(self, at: datetime) -> bool:
        """Say whether something ordered now can be fetched today."""
        return self.soonest is not None and local_day(self.soonest.starts) == local_day(at)

    def state(self, at: datetime) -> OpenState:
        """Say whether the shop is open, and until or from when."""
        return open_state(
            self.hours, at, closed_from=self.closed_from, closed_until=self.closed_until
        )

    def on_holiday(self, at: datetime) -> bool:
        """Say whether the shop has said that it is away."""
        return on_holiday(self.closed_from, self.closed_until, local_day(at))


@dataclass(frozen=True, slots=True)
class ShopCategory:
    """How many things of a kind a shop sells."""

    path: str
    name: str
    count: int


TWO_DAYS, WEEK = 2, 7
SHOP_COLUMNS = (
    Cooperative.id,
    Cooperative.slug,
    Cooperative.name,
    Cooperative.tagline,
    Cooperative.region_code,
    Cooperative.region_name,
    Cooperative.motif,
    Cooperative.member_count,
    Cooperative.share_basis_points,
    Cooperative.hours,
    Cooperative.closed_from,
    Cooperative.closed_until,
)


OPEN_SHOPS = (
    select(*SHOP_COLUMNS).where(Cooperative.standing == Standing.OPEN).order_by(Cooperative.name)
)
POINTS = (
    select(
        PickupPoint.cooperative_id,
        PickupPoint.name,
        PickupPoint.address,
        PickupPoint.note,
        PickupPoint.slots,
        PickupPoint.prepare_minutes,
    )
    .where(PickupPoint.cooperative_id.in_(bindparam("ids", expanding=True)), PickupPoint.active)
    .order_by(PickupPoint.cooperative_id, PickupPoint.position, PickupPoint.id)
)


# Counted before they are named, so that one index tells it all.
_COUNTED = (
    select(Listing.category_id, func.count().label("goods"))
    .where(Listing.cooperative_id == bindparam("shop"), Listing.state == ListingState.PUBLISHED)
    .group_by(Listing.category_id)
    .subquery()
)
GOODS = (
    select(Category.path, Category.name, _COUNTED.c.goods)
    .join(_COUNTED, _COUNTED.c.category_id == Category.id)
    .order_by(_COUNTED.c.goods.desc(), Category.path)
)
NAMES = select(Category.path, Category.name, Category.name_en)


def open_shops(session: Session, *, at: datetime) -> list[Shop]:
    """List every cooperative that the public sees, by name, with its places."""
    shops = [Shop(*row) for row in session.execute(OPEN_SHOPS)]
    return with_places(session, shops, at=at)


def with_places(session: Session, shops: Iterable[Shop], *, at: datetime) -> list[Shop]:
    """Give shops their pickup points, fetched in one query."""
    found = {shop.id: shop for shop in shops}
    for cooperative_id, name, address, note, weekly, minutes in session.execute(
        POINTS, {"ids": list(found)}
    ):
        shop = found[cooperative_id]
        place = Place(name, address, note, _soonest(shop, weekly, minutes, at))
        shop.places.append(place)
        if _sooner(place, shop.place):
            shop.place = place
    return list(found.values())


def _soonest(shop: Shop, weekly: list[Any], minutes: int, at: datetime) -> Slot | None:
    """Find the next span at a point; mostly it is in sight before the week is over."""
    for days in (TWO_DAYS, WEEK):
        spans = slots(
            weekly,
            at,
            prepare_minutes=minutes,
            closed_from=shop.closed_from,
            closed_until=shop.closed_until,
            days=days,
        )
        if spans:
            return spans[0]
    return None


def _sooner(place: Place, other: Place | None) -> bool:
    if place.soonest is None:
        return False
    return other is None or other.soonest is None or place.soonest < other.soonest


def places_of(session: Session, cooperative: Cooperative, *, at: datetime) -> Shop:
    """Tell of one cooperative as lists do, with its places."""
    facts = [getattr(cooperative, column.key) for column in SHOP_COLUMNS]
    return with_places(session, [Shop(*facts)], at=at)[0]


def shop_goods(session: Session, cooperative_id: int) -> list[ShopCategory]:
    """Count what one cooperative sells, by category; the largest first."""
    return [ShopCategory(*row) for row in session.execute(GOODS, {"shop": cooperative_id})]


def category_names(session: Session) -> dict[str, tuple[str, str | None]]:
    """Name all categories in both languages."""
    rows = session.execute(NAMES)
    return {path: (name, english) for path, name, english in rows}


def root_categories(session: Session) -> list[tuple[str, str, str | None]]:
    """List the top of the category tree: path and names."""
    rows = session.execute(
        select(Category.path, Category.name, Category.name_en)
        .where(Category.parent_id.is_(None))
        .order_by(Category.position, Category.name)
    )
    return [(path, name, english) for path, name, english in rows]
