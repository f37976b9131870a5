"""What the shop's own shelf lacks of goods that are bought together, and from whom to buy it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.listings.models import Availability, Listing, ListingState, Variant
from marketplace.stock import queries as stock
from marketplace.supply.models import PackOffer, ShelfLink, SupplyItem, SupplyPool
from marketplace.supply.queries.suppliers import offers_for, terms_of
from marketplace.supply.rules import (
    WATCHED_DAYS,
    PoolState,
    Running,
    lacking,
    packs_for,
)

MOST_THINGS = 500
STILL_TO_COME = (
    PoolState.DRAFT,
    PoolState.OPEN,
    PoolState.TOP_UP,
    PoolState.LOCKED,
    PoolState.ORDERED,
)


@dataclass(frozen=True, slots=True)
class Reorder:
    """A good of which the shelf lacks some; amounts are in base units.

    ``offer`` is the cheapest way to get it: so many of its packs.
    """

    item: SupplyItem
    running: list[Running]
    on_order: int
    offer: PackOffer | None

    @property
    def used(self) -> int:
        """Say what was sold in the watched days."""
        return sum(one.used for one in self.running)

    @property
    def needed(self) -> int:
        """Say what is wanted on the shelf."""
        return sum(one.needed for one in self.running)

    @property
    def on_hand(self) -> int:
        """Say what is on the shelf and not promised."""
        return sum(max(0, one.on_hand) for one in self.running)

    @property
    def lacking(self) -> int:
        """Say what is missing."""
        return lacking(self.running, self.on_order)

    @property
    def packs(self) -> int:
        """Count the packs to buy."""
        return packs_for(terms_of(self.offer).pack, self.lacking) if self.offer else 0

    @property
    def cost(self) -> Rupiah:
        """Say what these cost."""
        return Rupiah(_cost(self.offer, self.lacking)) if self.offer else Rupiah(0)


def shelf_links(
    session: Session, cooperative_id: int, *, of: SupplyItem | None = None
) -> Sequence[ShelfLink]:
    """List what in the shop is sold from goods of the list, or from one of them."""
    chosen = (
        select(ShelfLink)
        .join(ShelfLink.item)
        .join(ShelfLink.variant)
        .join(Variant.listing)
        .where(ShelfLink.cooperative_id == cooperative_id)
        .order_by(SupplyItem.name, Listing.title, Variant.position, ShelfLink.id)
        .options(
            contains_eager(ShelfLink.item).joinedload(SupplyItem.rungs),
            contains_eager(ShelfLink.variant).contains_eager(Variant.listing),
        )
    )
    if of is not None:
        chosen = chosen.where(ShelfLink.item_id == of.id)
    return session.scalars(chosen).unique().all()


def shelf_link(session: Session, item: SupplyItem, link_id: UUID) -> ShelfLink:
    """Fetch one of the links of a good."""
    found = session.get(ShelfLink, (item.cooperative_id, link_id))
    if found is None or found.item_id != item.id:
        raise NotFound(say("Barang toko ini tidak ada di daftar itu."))
    return found


def counted_things(session: Session, cooperative_id: int) -> Sequence[Variant]:
    """List what in the shop is counted on a shelf, by name."""
    return session.scalars(
        select(Variant)
        .join(Variant.listing)
        .where(
            Variant.cooperative_id == cooperative_id,
            Variant.active,
            Listing.availability == Availability.LIMITED,
            Listing.state != ListingState.ARCHIVED,
        )
        .order_by(Listing.title, Variant.position, Variant.id)
        .options(joinedload(Variant.listing))
        .limit(MOST_THINGS)
    ).all()


def reorders(session: Session, cooperative_id: int, *, at: datetime) -> list[Reorder]:
    """Say for each linked good what its shelf lacks, and who sells that cheapest."""
    links = shelf_links(session, cooperative_id)
    if not links:
        return []
    things, today = [link.variant_id for link in links], local_day(at)
    shelves = stock.shelves(session, cooperative_id, things, day=today, at=at)
    since = at - timedelta(days=WATCHED_DAYS)
    sold = stock.sold_since(session, cooperative_id, things, since)
    goods = {link.item_id: link.item for link in links}
    coming = _to_come(session, cooperative_id, list(goods))
    running: dict[UUID, list[Running]] = {item_id: [] for item_id in goods}
    for link in links:
        shelf = shelves.get(link.variant_id)
        free = shelf.on_hand - shelf.reserved if shelf else 0
        used = max(0, sold.get(link.variant_id, 0))
        running[link.item_id].append(
            Running(used * link.factor, free * link.factor, link.cover_days)
        )
    offers: dict[UUID, list[PackOffer]] = {}
    for offer in offers_for(session, cooperative_id, list(goods), on=today):
        offers.setdefault(offer.item_id, []).append(offer)
    return [
        Reorder(
            item,
            running[item_id],
            coming.get(item_id, 0),
            _cheapest(offers.get(item_id, []), lacking(running[item_id], coming.get(item_id, 0))),
        )
        for item_id, item in goods.items()
    ]


def _to_come(session: Session, cooperative_id: int, item_ids: list[UUID]) -> dict[UUID, int]:
    """Add up what the cooperative takes of running rounds for its own shelf."""
    rows = session.execute(
        select(SupplyPool.item_id, func.sum(SupplyPool.stock_want))
        .where(
            SupplyPool.cooperative_id == cooperative_id,
            SupplyPool.item_id.in_(item_ids),
            SupplyPool.state.in_(STILL_TO_COME),
        )
        .group_by(SupplyPool.item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in rows}


def _cheapest(offers: list[PackOffer], quantity: int) -> PackOffer | None:
    """Choose what costs least for so much; then what leaves least over, then the older price."""

    def rank(offer: PackOffer) -> tuple[int, int, UUID]:
        packs = packs_for(terms_of(offer).pack, max(quantity, 1))
        return _cost(offer, max(quantity, 1)), packs * offer.pack_size, offer.id

    return min(offers, key=rank, default=None)


def _cost(offer: PackOffer, quantity: int) -> int:
    pack = terms_of(offer).pack
    packs = packs_for(pack, quantity)
    return packs * pack.price_at(packs)
