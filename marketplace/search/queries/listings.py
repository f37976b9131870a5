"""Reading from the database what the index shall know about listings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.cooperatives.rules import on_holiday
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Availability, Category, Listing, ListingState, Variant
from marketplace.members.models import Member
from marketplace.search.engine import Document
from marketplace.stock import queries as stock
from marketplace.stock.rules import Shelf

BATCH = 500
Found = Row[Listing, Cooperative, str, str]
Key = tuple[int, UUID]


def documents(session: Session, listing_ids: Collection[UUID], *, at: datetime) -> list[Document]:
    """Describe these listings for the index; those that the public may not see are left out."""
    found = session.execute(_public_listings().where(Listing.id.in_(list(listing_ids)))).all()
    shelves = _shelves(session, found, at)
    names = dict(session.execute(select(Category.path, Category.name)).all())
    today = local_day(at)
    return [_document(row, names, shelves[row.Listing.id], today) for row in found]


def _public_listings() -> Select[Listing, Cooperative, str, str]:
    return (
        select(Listing, Cooperative, Category.path, Member.called)
        .join(Cooperative, Cooperative.id == Listing.cooperative_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Member,
            and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
        )
        .where(Listing.state == ListingState.PUBLISHED, Cooperative.standing == Standing.OPEN)
        .order_by(Listing.cooperative_id, Listing.id)
    )


def _shelves(
    session: Session, found: Sequence[Found], at: datetime
) -> defaultdict[UUID, list[Shelf]]:
    """Fetch what can be promised of the variants of each listing."""
    per_cooperative: dict[int, list[UUID]] = defaultdict(list)
    for row in found:
        per_cooperative[row.Listing.cooperative_id].append(row.Listing.id)
    shelves: defaultdict[UUID, list[Shelf]] = defaultdict(list)
    for cooperative_id, listing_ids in per_cooperative.items():
        pairs = session.execute(
            select(Variant.id, Variant.listing_id).where(
                Variant.cooperative_id == cooperative_id,
                Variant.listing_id.in_(listing_ids),
                Variant.active,
            )
        ).all()
        on_shelf = stock.shelves(
            session, cooperative_id, [pair.id for pair in pairs], day=local_day(at), at=at
        )
        for pair in pairs:
            if pair.id in on_shelf:
                shelves[pair.listing_id].append(on_shelf[pair.id])
    return shelves


def _document(row: Found, names: dict[str, str], shelves: list[Shelf], today: date) -> Document:
    listing: Listing = row.Listing
    cooperative: Cooperative = row.Cooperative
    steps = row.path.split("/")
    paths = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    return Document(
        id=to_text(listing.id),
        title=listing.title,
        description=listing.description,
        price=listing.price_from.amount,
        cooperative=cooperative.slug,
        cooperative_name=cooperative.name,
        maker=row.called or "",
        category=row.path,
        category_names=tuple(names.get(path, path) for path in paths),
        region=cooperative.region_code,
        region_name=cooperative.region_name,
        unit=listing.unit,
        sold=listing.sold_count,
        published=int(listing.published_at.timestamp()) if listing.published_at else 0,
        ready_on=_ready_on(listing, cooperative, shelves, today),
    )


def _ready_on(
    listing: Listing, cooperative: Cooperative, shelves: list[Shelf], today: date
) -> date | None:
    """Name the first day on which a buyer can have it, as far as can be known today."""
    day: date | None = None
    if any(shelf.available for shelf in shelves):
        day = today
    elif any(shelf.daily_limit for shelf in shelves):
        day = today + timedelta(days=1)  # today's are gone, tomorrow new ones are made
    if day is not None and listing.availability is Availability.PREORDER:
        day = max(day, listing.ready_on) if listing.ready_on else None
    if day is not None and on_holiday(cooperative.closed_from, cooperative.closed_until, day):
        until = cooperative.closed_until
        return until + timedelta(days=1) if until else None
    return day


def next_listings(session: Session, after: Key | None) -> list[Key]:
    """List the keys of the next published listings, in the order of the primary key."""
    keys = select(Listing.cooperative_id, Listing.id).where(Listing.state == ListingState.PUBLISHED)
    if after is not None:
        keys = keys.where(tuple_(Listing.cooperative_id, Listing.id) > after)
    keys = keys.order_by(Listing.cooperative_id, Listing.id).limit(BATCH)
    return [(cooperative_id, id_) for cooperative_id, id_ in session.execute(keys)]


def listings_of_cooperative(session: Session, cooperative_id: int) -> list[UUID]:
    """List all listings of a cooperative, whoever may see them."""
    return list(session.scalars(select(Listing.id).where(Listing.cooperative_id == cooperative_id)))


def listings_of_variants(session: Session, variant_ids: Collection[UUID]) -> list[UUID]:
    """List the listings to which these variants belong."""
    return list(
        session.scalars(
            select(Variant.listing_id).where(Variant.id.in_(list(variant_ids))).distinct()
        )
    )
