"""Goods in the shop that are bought together: linked, watched, and ordered anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say
from marketplace.listings.models import Availability, Listing, Variant
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    TAKES_WISHES,
    PackOffer,
    ShelfLink,
    SupplyItem,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.queries.rounds import ITS_ROUND
from marketplace.supply.rules import MOST_COVER
from marketplace.supply.service.buying import add_good, open_round, take_for_stock
from marketplace.supply.service.terms import BadTerms, RoundPlan, Terms

LARGEST_FACTOR = 10**7
MOST_PACKS = 10_000


class BadShelfLink(Invalid):
    """A thing in the shop that cannot be sold from a good of the list."""


def link_shelf(
    session: Session,
    item: SupplyItem,
    variant_id: UUID,
    *,
    factor: int,
    cover_days: int,
    by: UUID,
    at: datetime,
) -> ShelfLink:
    """Say that a thing in the shop holds so much of a good; saying it again changes it.

    Raises BadShelfLink.
    """
    _check(factor, cover_days)
    thing = session.scalar(
        select(Listing)
        .join(Listing.variants)
        .where(
            Variant.cooperative_id == item.cooperative_id,
            Variant.id == variant_id,
            Listing.availability == Availability.LIMITED,
        )
    )
    if thing is None:
        raise _wrong("variant", say("Pilih barang toko yang stoknya dihitung."))
    link = session.scalar(
        select(ShelfLink)
        .where(ShelfLink.cooperative_id == item.cooperative_id, ShelfLink.variant_id == variant_id)
        .with_for_update()
    )
    if link is None:
        link = ShelfLink(cooperative_id=item.cooperative_id, variant_id=variant_id)
        session.add(link)
    link.item_id, link.factor, link.cover_days = item.id, factor, cover_days
    link.linked_by, link.linked_at = by, at
    session.flush()
    return link


def _check(factor: int, cover_days: int) -> None:
    if not 0 < factor <= LARGEST_FACTOR:
        raise _wrong("factor", say("Isi berapa yang ada di dalam satu barang toko."))
    if not 0 < cover_days <= MOST_COVER:
        raise _wrong("cover_days", say("Isi 1 sampai %(most)s hari.", most=MOST_COVER))


def _wrong(field: str, told: Sentence) -> BadShelfLink:
    return BadShelfLink(told, fields={field: told})


def unlink_shelf(session: Session, link: ShelfLink) -> None:
    """Watch a thing in the shop no longer."""
    session.delete(link)
    session.flush()


def open_reorder(
    session: Session,
    cooperative_id: int,
    packs: Mapping[UUID, int],
    plan: RoundPlan,
    *,
    by: UUID,
    at: datetime,
) -> SupplyPool:
    """Open a round in which the cooperative takes so many packs of each offer for its shelf.

    Members may take part in it as in any other. Opening the very same again gives the one that
    is open. Gives its first good. Raises BadTerms.
    """
    chosen = [
        (queries.offer(session, cooperative_id, offer_id), count)
        for offer_id, count in packs.items()
        if count > 0
    ]
    if not chosen or any(count > MOST_PACKS for _, count in chosen):
        raise BadTerms(say("Isi berapa kemasan yang mau dibeli."))
    if len({offer.item_id for offer, _ in chosen}) != len(chosen):
        raise BadTerms(say("Setiap barang hanya dari satu pemasok dalam satu putaran."))
    known = _known(session, cooperative_id, chosen, plan, by)
    if known is not None:
        return known
    pools: list[SupplyPool] = []
    for offer, count in sorted(chosen, key=lambda pair: pair[0].item.name):
        said = queries.terms_of(offer)
        terms = Terms(
            offer.supplier.name,
            said.pack_name,
            said.pack_size,
            said.pack_price,
            pack_step=said.pack_step,
            pack_minimum=said.pack_minimum,
            tiers=said.tiers,
        )
        pool = (
            add_good(session, pools[0].round, offer.item, terms, at=at)
            if pools
            else open_round(session, offer.item, terms, plan, opened_by=by, at=at)
        )
        take_for_stock(session, pool, packs=count, at=at)
        pools.append(pool)
    return pools[0]


def _known(
    session: Session,
    cooperative_id: int,
    chosen: Sequence[tuple[PackOffer, int]],
    plan: RoundPlan,
    by: UUID,
) -> SupplyPool | None:
    """Find the open round in which this officer takes just these goods until that moment."""
    session.execute(
        select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update()
    )
    wanted = {offer.item_id: count * offer.pack_size for offer, count in chosen}
    pools = session.scalars(
        select(SupplyPool)
        .join(SupplyRound, ITS_ROUND)
        .where(
            SupplyPool.cooperative_id == cooperative_id,
            SupplyRound.closes_at == plan.closes_at,
            SupplyRound.pickup_place == plan.pickup_place,
            SupplyRound.opened_by == by,
            SupplyPool.state.in_(TAKES_WISHES),
        )
        .order_by(SupplyRound.number, SupplyPool.place)
    )
    for _, found in groupby(pools, key=lambda pool: pool.round_id):
        goods = list(found)
        if {pool.item_id: pool.stock_want for pool in goods} == wanted:
            return goods[0]
    return None


def watch_shelves(session: Session, *, at: datetime) -> int:
    """Tell each cooperative whose shelf lacks something; gives how many. For every night."""
    shops = session.scalars(select(ShelfLink.cooperative_id).distinct()).all()
    short = 0
    for shop in sorted(shops):
        lacking = [one for one in queries.reorders(session, shop, at=at) if one.lacking]
        if lacking:
            short += 1
            names = [one.item.name for one in lacking]
            outbox.tell(session, "supply.shelf_lacks", at=at, cooperative=shop, goods=names)
    return short
