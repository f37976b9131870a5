"""Cooperatives as the public sees them, and when their goods can be fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, PickupPoint, Standing
from marketplace.cooperatives.rules import OpenState, Slot, on_holiday, open_state, slots
from marketplace.kernel.calendar import local_day
from marketplace.listings.models import Category, Listing, ListingState


@dataclass(frozen=True, slots=True)
class Place:
    """A pickup point with the next span in which something ordered now can be fetched."""

    name: str
    address: str
    note: str | None
    soonest: Slot | None


@dataclass(frozen=True, slots=True)
class Shop:
    """What lists and cards tell of a cooperative."""

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

    @property
    def district(self) -> str:
        """Name the district without its city."""
        return self.region_name.partition(",")[0]

    @property
    def place(self) -> Place | None:
        """Name the place where something can be fetched soonest."""
        open_ = [place for place in self.places if place.soonest is not None]
        return min(open_, key=lambda place: place.soonest.starts) if open_ else None  # type: ignore[union-attr]

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


def open_shops(session: Session, *, at: datetime) -> list[Shop]:
    """List every cooperative that the public sees, by name, with its places."""
    rows = session.execute(
        select(*SHOP_COLUMNS)
        .where(Cooperative.standing == Standing.OPEN)
        .order_by(Cooperative.name)
    ).all()
    return with_places(session, [Shop(*row) for row in rows], at=at)


def with_places(session: Session, shops: Iterable[Shop], *, at: datetime) -> list[Shop]:
    """Give shops their pickup points, fetched in one query."""
    found = {shop.id: shop for shop in shops}
    rows = session.execute(
        select(
            PickupPoint.cooperative_id,
            PickupPoint.name,
            PickupPoint.address,
            PickupPoint.note,
            PickupPoint.slots,
            PickupPoint.prepare_minutes,
        )
        .where(PickupPoint.cooperative_id.in_(list(found)), PickupPoint.active)
        .order_by(PickupPoint.cooperative_id, PickupPoint.position, PickupPoint.id)
    )
    for cooperative_id, name, address, note, weekly, minutes in rows:
        shop = found[cooperative_id]
        spans = slots(
            weekly,
            at,
            prepare_minutes=minutes,
            closed_from=shop.closed_from,
            closed_until=shop.closed_until,
        )
        shop.places.append(Place(name, address, note, spans[0] if spans else None))
    return list(found.values())


def places_of(session: Session, cooperative: Cooperative, *, at: datetime) -> Shop:
    """Tell of one cooperative as lists do, with its places."""
    facts = [getattr(cooperative, column.key) for column in SHOP_COLUMNS]
    return with_places(session, [Shop(*facts)], at=at)[0]


def shop_goods(session: Session, cooperative_id: int) -> list[ShopCategory]:
    """Count what one cooperative sells, by category; the largest first."""
    count = func.count()
    rows = session.execute(
        select(Category.path, Category.name, count)
        .select_from(Listing)
        .join(Category, Category.id == Listing.category_id)
        .where(Listing.cooperative_id == cooperative_id, Listing.state == ListingState.PUBLISHED)
        .group_by(Category.path, Category.name)
        .order_by(count.desc(), Category.path)
    )
    return [ShopCategory(*row) for row in rows]


def region_names(session: Session) -> dict[str, str]:
    """Name the regions in which there are cooperatives."""
    rows = session.execute(
        select(Cooperative.region_code, Cooperative.region_name)
        .where(Cooperative.standing == Standing.OPEN)
        .distinct()
    )
    return {code: name.partition(",")[0] for code, name in rows}


def category_names(session: Session, paths: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """Name these categories in both languages."""
    rows = session.execute(
        select(Category.path, Category.name, Category.name_en).where(Category.path.in_(list(paths)))
    )
    return {path: (name, english) for path, name, english in rows}


def root_categories(session: Session) -> list[tuple[str, str, str | None]]:
    """List the top of the category tree: path and names."""
    rows = session.execute(
        select(Category.path, Category.name, Category.name_en)
        .where(Category.parent_id.is_(None))
        .order_by(Category.position, Category.name)
    )
    return [(path, name, english) for path, name, english in rows]
