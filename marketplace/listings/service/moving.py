"""Show a listing to buyers, put it away, and say how much is left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.rules import MOST_STOCK, BadListing, Editor, ListingState, step
from marketplace.listings.service.editing import active, set_shelf
from marketplace.listings.service.locks import locked, tell_changed


class NotFit(RuleBroken):
    """A listing lacks what buyers need, or its cooperative may not sell."""


def publish(
    session: Session, cooperative: Cooperative, listing_id: UUID, *, editor: Editor, at: datetime
) -> Listing:
    """Show a listing to buyers; they see it once its cooperative is open."""
    listing = locked(session, cooperative.id, listing_id, editor)
    if listing.state is ListingState.PUBLISHED:
        return listing
    if cooperative.standing is Standing.SUSPENDED:
        raise NotFit(say("Koperasi ini sedang dihentikan. Barang belum bisa ditayangkan."))
    if not active(listing.variants):
        raise NotFit(say("Isi harga jual dulu, lalu tayangkan."))
    listing.published_at = at
    return _move(session, listing, ListingState.PUBLISHED, at)


def archive(
    session: Session, cooperative_id: int, listing_id: UUID, *, editor: Editor, at: datetime
) -> Listing:
    """Take a listing off the shelf of the shop; orders that name it stay as they are."""
    listing = locked(session, cooperative_id, listing_id, editor)
    return _move(session, listing, ListingState.ARCHIVED, at)


def restore(
    session: Session, cooperative_id: int, listing_id: UUID, *, editor: Editor, at: datetime
) -> Listing:
    """Bring an archived listing back as a draft."""
    listing = locked(session, cooperative_id, listing_id, editor)
    return _move(session, listing, ListingState.DRAFT, at)


def _move(session: Session, listing: Listing, wanted: ListingState, at: datetime) -> Listing:
    if listing.state is not wanted:  # a repeated request finds it done
        listing.state = step(listing.state, wanted)
        listing.updated_at = at
        session.flush()
        tell_changed(session, listing, at=at)
    return listing


def set_stock(
    session: Session,
    cooperative_id: int,
    variant_id: UUID,
    quantity: int,
    *,
    editor: Editor,
    at: datetime,
) -> Listing:
    """Say how much of one variant can be had now (per day, or ahead, as its listing says)."""
    listing_id = queries.listing_of(session, cooperative_id, variant_id)
    listing = locked(session, cooperative_id, listing_id, editor)
    variant = next(one for one in listing.variants if one.id == variant_id)
    if not 0 <= quantity <= MOST_STOCK:
        raise BadListing({"quantity": say("Jumlah stok antara 0 dan 1.000.000.")})
    set_shelf(session, variant, listing.availability, quantity, at=at, actor_id=editor.account_id)
    tell_changed(session, listing, at=at)
    return listing
