"""One listing with all that its page tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.delivery.models import DeliveryArea, DeliveryZone
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Gone, NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import price_split, who_earns
from marketplace.kernel.text import say
from marketplace.listings.models import (
    Availability,
    Category,
    Halal,
    Listing,
    ListingState,
    Photo,
)
from marketplace.members.models import Member
from marketplace.storefront.queries.cards import (
    Card,
    Size,
    newest_cards,
    sizes_of,
    with_sizes,
)
from marketplace.storefront.queries.shops import Shop, places_of
from marketplace.storefront.rules import Doors, Mark, PriceParts, mark, price_parts

MORE = 6


def _of_zones(fact: Any) -> ScalarSelect[Any]:
    """Ask one thing of the zones a shop delivers to now, in the question about the product."""
    has_areas = exists().where(
        DeliveryArea.cooperative_id == DeliveryZone.cooperative_id,
        DeliveryArea.zone_id == DeliveryZone.id,
    )
    return (
        select(fact)
        .where(DeliveryZone.cooperative_id == Cooperative.id, DeliveryZone.active, has_areas)
        .correlate(Cooperative)
        .scalar_subquery()
    )


PRODUCT = (
    select(
        Listing,
        Cooperative,
        Category.path,
        Category.name,
        Category.name_en,
        Member.called,
        _of_zones(func.min(DeliveryZone.fee)),
        _of_zones(func.max(DeliveryZone.fee)),
        _of_zones(func.min(DeliveryZone.minimum)),
        _of_zones(func.min(DeliveryZone.free_from)),
    )
    .join(Cooperative, Cooperative.id == Listing.cooperative_id)
    .join(Category, Category.id == Listing.category_id)
    .outerjoin(
        Member,
        and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
    )
    .where(Listing.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class Product:
    """A listing for sale, with everything around it. ``sizes`` are never empty."""

    listing: Listing
    cooperative: Cooperative
    shop: Shop
    category_path: str
    category_name: str
    category_name_en: str | None
    maker: str
    sizes: list[Size]
    photos: list[tuple[UUID, str]]
    more: list[Card]
    doors: Doors | None

    @property
    def share_basis_points(self) -> int:
        """Give the cooperative's part of the price."""
        own = self.listing.share_basis_points
        return self.cooperative.share_basis_points if own is None else own

    def price_parts(self, size: Size) -> PriceParts:
        """Say where the price of a size goes, by the rule that books it."""
        parts = price_split(size.price, self.share_basis_points)
        earned = who_earns(*parts, has_maker=self.listing.maker_id is not None)
        return price_parts(earned, size.cost)

    def chosen(self, wanted: UUID | None) -> Size:
        """Pick the size that was asked for, else the first of which there is something."""
        for size in self.sizes:
            if size.id == wanted:
                return size
        return next((size for size in self.sizes if size.left > 0), self.sizes[0])

    def mark(self, size: Size, at: datetime) -> Mark:
        """Say whether and when a size can be had."""
        return mark(
            size.left,
            self.shop.soonest,
            at,
            made_daily=self.listing.availability is Availability.DAILY,
            preorder=self.listing.availability is Availability.PREORDER,
        )

    def food_facts(self) -> bool:
        """Say whether there is anything to tell about food."""
        listing = self.listing
        halal = listing.halal is not Halal.UNKNOWN
        return bool(listing.ingredients or listing.food_permit or halal or listing.shelf_life_days)

    def best_before(self, at: datetime) -> date | None:
        """Say until when it keeps if it is made today."""
        days = self.listing.shelf_life_days
        return date.fromordinal(local_day(at).toordinal() + days) if days else None


def product(session: Session, listing_id: UUID, *, at: datetime) -> Product:
    """Fetch a listing that is for sale; say when it is gone, or was never for the public."""
    row = session.execute(PRODUCT, {"id": listing_id}).one_or_none()
    if row is None or row[0].state is ListingState.DRAFT:
        raise NotFound(say("Barang ini tidak ada."))
    listing, cooperative, path, name, english, maker, *terms = row
    if listing.state is ListingState.ARCHIVED or cooperative.standing is not Standing.OPEN:
        raise Gone(say("Barang ini sudah tidak dijual."))
    shop = places_of(session, cooperative, at=at)
    more = newest_cards(session, shop, MORE, but=listing.id)
    sizes = sizes_of(session, dict.fromkeys([listing.id, *_ids(more)], shop), at=at)
    if not sizes[listing.id]:
        raise Gone(say("Barang ini sudah tidak dijual."))
    return Product(
        listing=listing,
        cooperative=cooperative,
        shop=shop,
        category_path=path,
        category_name=name,
        category_name_en=english,
        maker=maker or cooperative.name,
        sizes=sizes[listing.id],
        photos=_photos(session, listing),
        more=[with_sizes(card, sizes[card.listing_id]) for card in more],
        doors=_doors(shop, *terms),
    )


def _doors(
    shop: Shop,
    fee: Rupiah | None,
    highest: Rupiah | None,
    minimum: Rupiah | None,
    free_from: Rupiah | None,
) -> Doors | None:
    """Say on what terms goods are brought; None where nobody brings them, or not this week."""
    slot = next((place.soonest for place in shop.places if place.soonest), None)
    if fee is None or highest is None or minimum is None or slot is None:
        return None
    return Doors(slot, fee, fee < highest, minimum, free_from)


def _ids(cards: list[Card]) -> list[UUID]:
    return [card.listing_id for card in cards]


def _photos(session: Session, listing: Listing) -> list[tuple[UUID, str]]:
    if listing.cover_file_id is None:
        return []
    rows = session.execute(
        select(Photo.file_id, Photo.description)
        .where(Photo.cooperative_id == listing.cooperative_id, Photo.listing_id == listing.id)
        .order_by(Photo.position, Photo.id)
    )
    return [(file_id, description) for file_id, description in rows]
