"""What sellers write down, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Listing, Variant
from marketplace.listings.rules import ListingDraft, VariantDraft
from marketplace.outbox.models import OutboxMessage
from marketplace.stock import queries as stock
from marketplace.stock.rules import Shelf
from tests.makers import SATURDAY, make_category


def make_draft(session: Session, **changes: Any) -> ListingDraft:
    """A good draft: keripik at Rp 15.000, 24 of them."""
    draft = ListingDraft(
        title="Keripik tempe 250 g",
        category_id=make_category(session),
        variants=(VariantDraft("", Rupiah(15_000), 24),),
        description="**Renyah**",
        unit="bungkus",
    )
    return replace(draft, **changes)


def make_form(session: Session, **changes: Any) -> dict[str, Any]:
    """What the editor's page sends for the same draft."""
    return {
        "title": "Keripik tempe 250 g",
        "category": str(make_category(session)),
        "unit": "bungkus",
        "availability": "stok terbatas",
        "variants-0-price": "15.000",
        "variants-0-quantity": "24",
        "maker": "",
        "description": "**Renyah**",
        "halal": "tidak disebut",
        "aksi": "simpan",
        **changes,
    }


def shelf_of(session: Session, variant: Variant) -> Shelf:
    """What is left of a variant."""
    found = stock.shelf(
        session, variant.cooperative_id, variant.id, day=SATURDAY.date(), at=SATURDAY
    )
    assert found is not None
    return found


def told(session: Session, topic: str = "listing.changed") -> list[dict[str, Any]]:
    """What the outbox was told."""
    return [
        message.facts
        for message in session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == topic).order_by(OutboxMessage.id)
        )
    ]


def listings_of(session: Session, cooperative_id: int) -> list[Listing]:
    """All goods of a cooperative, oldest first."""
    return list(
        session.scalars(
            select(Listing)
            .where(Listing.cooperative_id == cooperative_id)
            .order_by(Listing.id)
            .execution_options(populate_existing=True)
        )
    )


def variants_of(session: Session, listing_id: UUID) -> list[Variant]:
    """All variants of a listing in their order, also those no longer sold."""
    return list(
        session.scalars(
            select(Variant)
            .where(Variant.listing_id == listing_id)
            .order_by(Variant.position, Variant.id)
            .execution_options(populate_existing=True)
        )
    )


def path_of(listing: Listing, slug: str = "sanan-tempe-muda") -> str:
    """The editor's address."""
    return f"/k/{slug}/kelola/barang/{to_text(listing.id)}"
