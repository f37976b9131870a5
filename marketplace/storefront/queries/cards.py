"""Goods as cards: one query for rows, one for sizes, one for the shelf; shops are known already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, and_, bindparam, select, union_all
from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import Earned, price_split, who_earns
from marketplace.listings.models import Availability, Category, Listing, ListingState, Variant
from marketplace.members.models import Member
from marketplace.stock.queries import shelves_of_many
from marketplace.stock.rules import Shelf
from marketplace.storefront.queries.shops import Shop
from marketplace.storefront.rules import Mark, mark


@dataclass(frozen=True, slots=True)
class Card:
    """A listing as lists show it. ``left``: how much can be promised, over all its sizes."""

    cooperative_id: int
    listing_id: UUID
    title: str
    slug: str
    unit: str
    price: Rupiah
    availability: Availability
    ready_on: date | None
    cover_file_id: UUID | None
    sold_count: int
    own_share: int | None
    maker_id: UUID | None
    maker: str | None
    category_path: str
    shop: Shop
    prices: int = 1
    left: int = 0

    @property
    def share_basis_points(self) -> int:
        """Give the cooperative's part of the price."""
        return self.shop.share_basis_points if self.own_share is None else self.own_share

    @property
    def earned(self) -> Earned:
        """Say who earns what of the price."""
        parts = price_split(self.price, self.share_basis_points)
        return who_earns(*parts, has_maker=self.maker_id is not None)

    def mark(self, at: datetime) -> Mark:
        """Say whether and when it can be had."""
        return mark(
            self.left,
            self.shop.soonest,
            at,
            made_daily=self.availability is Availability.DAILY,
            preorder=self.availability is Availability.PREORDER,
        )


@dataclass(frozen=True, slots=True)
class Size:
    """A variant as its page offers it. ``cost``: what one had cost the cooperative."""

    id: UUID
    title: str
    price: Rupiah
    list_price: Rupiah | None
    left: int
    cost: Rupiah


CARD_COLUMNS = (
    Listing.cooperative_id,
    Listing.id,
    Listing.title,
    Listing.slug,
    Listing.unit,
    Listing.price_from,
    Listing.availability,
    Listing.ready_on,
    Listing.cover_file_id,
    Listing.sold_count,
    Listing.share_basis_points,
    Listing.maker_id,
    Member.called,
    Category.path,
)
_FACTS = len(CARD_COLUMNS)


def _listings(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Listing)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Member,
            and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
        )
    )


# By id, whether something is for sale is looked at afterwards: asked here, SQLite would walk
# through everything that is for sale and look for the ids.
BY_ID = _listings(*CARD_COLUMNS, Listing.state).where(
    Listing.id.in_(bindparam("ids", expanding=True))
)
_OF_SHOP = _listings(*CARD_COLUMNS).where(
    Listing.cooperative_id == bindparam("shop"), Listing.state == ListingState.PUBLISHED
)
NEWEST = (
    _OF_SHOP.where(Listing.id != bindparam("but"))
    .order_by(Listing.published_at.desc())
    .limit(bindparam("limit"))
)
MAKER_BY_MAKER = (
    _OF_SHOP.order_by(Listing.maker_id, Listing.published_at.desc(), Listing.id)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
# From the listings on, each is one look into an index; lists of shops and of listings would be
# looked up crosswise.
SIZES = (
    select(
        Variant.listing_id,
        Variant.cooperative_id,
        Variant.id,
        Variant.title,
        Variant.price,
        Variant.list_price,
    )
    .select_from(Listing)
    .join(
        Variant,
        and_(Variant.cooperative_id == Listing.cooperative_id, Variant.listing_id == Listing.id),
    )
    .where(Listing.id.in_(bindparam("listings", expanding=True)), Variant.active)
    .order_by(Variant.position, Variant.id)
)


def cards_by_id(
    session: Session, ids: Sequence[UUID], shops: Mapping[int, Shop], *, at: datetime
) -> list[Card]:
    """Fetch these listings in this order; what is no longer for sale is left out.

    ``shops`` are those that are open, by number; what belongs to another is not for sale.
    """
    if not ids:
        return []
    rows = [
        row
        for row in session.execute(BY_ID, {"ids": list(ids)})
        if row[-1] is ListingState.PUBLISHED and row[0] in shops
    ]
    found = {card.listing_id: card for card in stocked(session, _from_rows(rows, shops), at=at)}
    return [found[id_] for id_ in ids if id_ in found]


def fresh_cards(
    session: Session, shops: Collection[Shop], each: int, *, at: datetime
) -> list[Card]:
    """Fetch the newest things of each of these shops, taking turns among them."""
    if not shops:
        return []
    wanted = _listings(*CARD_COLUMNS).where(Listing.id.in_(_newest_of(shops, each)))
    cards = _from_rows(session.execute(wanted).all(), {shop.id: shop for shop in shops})
    turns: dict[int, list[Card]] = defaultdict(list)
    for card in stocked(session, cards, at=at):
        turns[card.cooperative_id].append(card)
    return [
        turns[shop.id][turn] for turn in range(each) for shop in shops if turn < len(turns[shop.id])
    ]


def _newest_of(shops: Iterable[Shop], each: int) -> CompoundSelect[Any]:
    """Name the newest of each shop; each part reads a few rows of one index."""
    parts = []
    for shop in shops:
        newest = (
            select(Listing.id)
            .where(Listing.cooperative_id == shop.id, Listing.state == ListingState.PUBLISHED)
            .order_by(Listing.published_at.desc())
            .limit(each)
            .subquery()
        )
        parts.append(select(newest.c.id))
    return union_all(*parts)


def newest_cards(session: Session, shop: Shop, limit: int, *, but: UUID) -> list[Card]:
    """Fetch the newest things of one shop but this one, not yet with what is left of them."""
    rows = session.execute(NEWEST, {"shop": shop.id, "but": but, "limit": limit}).all()
    return _from_rows(rows, {shop.id: shop})


def cards_of_shop(
    session: Session, shop: Shop, *, offset: int, limit: int, at: datetime
) -> list[Card]:
    """Fetch a page of what one shop sells, maker by maker, in the order of joining."""
    asked = {"shop": shop.id, "offset": offset, "limit": limit}
    rows = session.execute(MAKER_BY_MAKER, asked).all()
    return stocked(session, _from_rows(rows, {shop.id: shop}), at=at)


def _from_rows(rows: Sequence[Any], shops: Mapping[int, Shop]) -> list[Card]:
    facts: list[list[Any]] = [[*row[:_FACTS], shops[row[0]]] for row in rows]
    return [Card(*fact) for fact in facts]


def stocked(session: Session, cards: Sequence[Card], *, at: datetime) -> list[Card]:
    """Fill in how many there are and how many prices, for all cards together."""
    sizes = sizes_of(session, {card.listing_id: card.shop for card in cards}, at=at)
    return [with_sizes(card, sizes.get(card.listing_id, [])) for card in cards]


def with_sizes(card: Card, sizes: Sequence[Size]) -> Card:
    """Tell on a card what its sizes say."""
    return replace(
        card,
        prices=len({size.price for size in sizes}),
        left=sum(size.left for size in sizes),
    )


def sizes_of(
    session: Session, listings: Mapping[UUID, Shop], *, at: datetime
) -> dict[UUID, list[Size]]:
    """Fetch the sizes of these listings with what is left of each, in two queries."""
    if not listings:
        return {}
    rows: list[Any] = [
        row
        for row in session.execute(SIZES, {"listings": list(listings)})
        if row[1] == listings[row[0]].id
    ]
    shelves = shelves_of_many(session, [(row[1], row[2]) for row in rows], day=local_day(at), at=at)
    found: dict[UUID, list[Size]] = defaultdict(list)
    for listing_id, _, *facts in rows:
        shelf = shelves.get(facts[0])
        facts += [promised(shelf, listings[listing_id], at), shelf.cost if shelf else Rupiah(0)]
        found[listing_id].append(Size(*facts))
    return found


def promised(shelf: Shelf | None, shop: Shop, at: datetime) -> int:
    """Count what can be promised for the next time at which the shop hands over.

    What is made daily is counted for today; on another day nothing is taken yet.
    """
    if shelf is None:
        return 0
    if shelf.daily_limit is not None and not shop.serves_today(at):
        return shelf.daily_limit
    return shelf.available
