"""Taking a listing for a change, and telling of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.rules import Editor, check_editor
from marketplace.outbox import service as outbox


def locked(session: Session, cooperative_id: int, listing_id: UUID, editor: Editor) -> Listing:
    """Fetch a listing to change it, if this person may; nobody else changes it meanwhile."""
    listing = queries.listing(session, cooperative_id, listing_id, to_change=True)
    check_editor(editor, listing.maker_id)
    return listing


def tell_changed(session: Session, listing: Listing, *, at: datetime) -> None:
    """Let the search index and other listeners know."""
    outbox.tell(
        session,
        "listing.changed",
        at=at,
        cooperative=listing.cooperative_id,
        listing=str(listing.id),
    )
