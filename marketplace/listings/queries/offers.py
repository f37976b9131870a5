"""Reading listings. What is for sale starts from variants; what is edited, from a cooperative."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Availability, Category, Listing, ListingState, Variant
from marketplace.members.models import Member


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as a buyer can order it now, with all that an order line copies."""

    cooperative_id: int
    variant_id: UUID
    listing_id: UUID
    title: str
    variant_title: str
    slug: str
    unit: str
    price: Rupiah
    maker_id: UUID | None
    maker_name: str
    share_basis_points: int
    availability: Availability
    ready_on: date | None
    cover_file_id: UUID | None
    category_path: str

    @property
    def full_title(self) -> str:
        """Name the thing with its size, as receipts do."""
        return f"{self.title}, {self.variant_title}" if self.variant_title else self.title


_OFFERS = (
    select(
        Variant.cooperative_id,
        Variant.id,
        Listing.id,
        Listing.title,
        Variant.title,
        Listing.slug,
        Listing.unit,
        Variant.price,
        Member.id,
        Member.called,
        Listing.share_basis_points,
        Listing.availability,
        Listing.ready_on,
        Listing.cover_file_id,
        Category.path,
        Cooperative.name,
        Cooperative.share_basis_points,
    )
    .join(
        Listing,
        and_(Listing.cooperative_id == Variant.cooperative_id, Listing.id == Variant.listing_id),
    )
    .join(Category, Category.id == Listing.category_id)
    .join(Cooperative, Cooperative.id == Variant.cooperative_id)
    .outerjoin(
        Member,
        and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
    )
    .where(
        Variant.id.in_(bindparam("variants", expanding=True)),
        Variant.active,
        Listing.state == ListingState.PUBLISHED,
        Cooperative.standing == Standing.OPEN,
    )
)


def offers(session: Session, variant_ids: Collection[UUID]) -> dict[UUID, Offer]:
    """Fetch what is for sale of these variants: published, active, in an open cooperative."""
    if not variant_ids:
        return {}
    rows = session.execute(_OFFERS, {"variants": list(variant_ids)})
    return {row[1]: _offer(tuple(row)) for row in rows}


def _offer(row: tuple[object, ...]) -> Offer:
    *facts, cooperative_name, cooperative_share = row
    if facts[9] is None:
        facts[9] = cooperative_name  # without a maker, the cooperative itself is behind it
    if facts[10] is None:
        facts[10] = cooperative_share
    return Offer(*facts)  # type: ignore[arg-type]  # the columns above are in this order
