"""One listing with all that its page tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Gone, NotFound
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
from marketplace.storefront.rules import Mark, mark

MORE = 6
PRODUCT = (
    select(Listing, Cooperative, Category.path, Category.name, Category.name_en, Member.called)
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

    @property
    def share_basis_points(self) -> int:
        """Give the cooperative's part of the price."""
        own = self.listing.share_basis_points
        return self.cooperative.share_basis_points if own is None else own

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
    listing, cooperative, path, name, english, maker = row
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
    )


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
