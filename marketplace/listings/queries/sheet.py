"""All goods of one cooperative at once: what an import compares with, and what an export writes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.files.tables import write_csv
from marketplace.kernel.ids import from_text, to_text
from marketplace.listings.models import Listing
from marketplace.listings.queries.categories import places
from marketplace.listings.queries.manage import free, shelves_of
from marketplace.listings.rules import (
    ListingDraft,
    Place,
    VariantDraft,
    find,
    suggest,
)
from marketplace.listings.rules.categories import OTHER
from marketplace.listings.rules.sheets import HEADINGS, STATE_WORDS
from marketplace.members.models import Member
from marketplace.stock.rules import Shelf


class Known:
    """What a cooperative has, found as people name it."""

    def __init__(
        self,
        listings: list[Listing],
        shelves: dict[UUID, Shelf],
        tree: list[Place],
        members: list[tuple[int, str, UUID]],
    ) -> None:
        self.listings = listings
        self._shelves = shelves
        self._tree = tree
        self._members = {called.casefold(): id_ for _, called, id_ in members}
        self._members |= {str(number): id_ for number, _, id_ in members}
        self._numbers = {id_: str(number) for number, _, id_ in members}
        self._paths = {one.id: one.path for one in tree}
        self._by_ref = {one.source_ref: one for one in listings if one.source_ref}
        self._by_id = {one.id: one for one in listings}
        self._by_title: dict[str, list[Listing]] = {}
        for one in listings:
            self._by_title.setdefault(one.title.casefold(), []).append(one)
        self._categories: dict[str, int | None] = {}

    def by_ref(self, ref: str) -> list[Listing]:
        """Find a listing by its code: that of an earlier import, or our own from an export."""
        own = from_text(ref)
        found = self._by_ref.get(ref) or (self._by_id.get(own) if own else None)
        return [found] if found else []

    def by_title(self, title: str) -> list[Listing]:
        """Find the listings that bear this title."""
        return self._by_title.get(title.casefold(), [])

    def category(self, text: str) -> int | None:
        """Find the category that a cell names."""
        if text not in self._categories:
            found = find(self._tree, text)
            self._categories[text] = found.id if found else None
        return self._categories[text]

    def guess(self, title: str) -> int | None:
        """Guess a category from a title; "lainnya" when nothing fits."""
        found = suggest(self._tree, title, most=1)
        return found[0].id if found else self.category(OTHER)

    def maker(self, text: str) -> UUID | None:
        """Find a member by number or name."""
        return self._members.get(text.strip().lstrip("0").casefold())

    def path_of(self, category_id: int) -> str:
        """Give a category's path, as an export writes it."""
        return self._paths.get(category_id, "")

    def number_of(self, member_id: UUID | None) -> str:
        """Give a member's number, as an export writes it."""
        return self._numbers.get(member_id, "") if member_id else ""

    def draft_of(self, listing: Listing | None) -> ListingDraft | None:
        """Say of a listing what a row of the file would say."""
        return draft_of(listing, self._shelves) if listing else None


def known_goods(session: Session, cooperative_id: int, *, at: datetime) -> Known:
    """Load all goods of a cooperative with its members and the category tree."""
    listings = list(
        session.scalars(
            select(Listing)
            .where(Listing.cooperative_id == cooperative_id)
            .options(selectinload(Listing.variants))
            .order_by(Listing.id)
        )
    )
    ids = [variant.id for one in listings for variant in one.variants]
    members = session.execute(
        select(Member.number, Member.called, Member.id)
        .where(Member.cooperative_id == cooperative_id)
        .order_by(Member.number.desc())
    )
    shelves: dict[UUID, Shelf] = {}
    for start in range(0, len(ids), 1000):
        shelves |= shelves_of(session, cooperative_id, ids[start : start + 1000], at)
    return Known(listings, shelves, places(session), [(row[0], row[1], row[2]) for row in members])


def draft_of(listing: Listing, shelves: dict[UUID, Shelf]) -> ListingDraft:
    """Write a listing down as its editor shows it."""
    return ListingDraft(
        title=listing.title,
        category_id=listing.category_id,
        variants=tuple(
            VariantDraft(
                title=variant.title,
                price=variant.price,
                quantity=free(listing.availability, shelves.get(variant.id)),
                id=variant.id,
            )
            for variant in listing.variants
            if variant.active
        ),
        description=listing.description,
        unit=listing.unit,
        maker_id=listing.maker_id,
        availability=listing.availability,
        ready_on=listing.ready_on,
        food_permit=listing.food_permit,
        halal=listing.halal,
        halal_number=listing.halal_number,
        ingredients=listing.ingredients,
        shelf_life_days=listing.shelf_life_days,
    )


def export(session: Session, cooperative_id: int, *, at: datetime) -> bytes:
    """Write all goods as a CSV file; importing it as it is changes nothing."""
    known = known_goods(session, cooperative_id, at=at)
    rows = (row for listing in known.listings for row in _rows(listing, known))
    return write_csv(HEADINGS, rows)


def _rows(listing: Listing, known: Known) -> list[tuple[str, ...]]:
    draft = known.draft_of(listing)
    assert draft is not None  # noqa: S101 - there is a listing
    words = {state: word for word, state in reversed(STATE_WORDS.items())}
    return [
        (
            listing.source_ref or to_text(listing.id),
            draft.title,
            part.title,
            str(part.price.amount) if part.price else "",
            str(part.quantity),
            draft.unit,
            known.path_of(listing.category_id),
            known.number_of(draft.maker_id),
            draft.description,
            draft.availability.value,
            draft.ready_on.isoformat() if draft.ready_on else "",
            draft.food_permit or "",
            draft.halal.value,
            draft.halal_number or "",
            draft.ingredients or "",
            str(draft.shelf_life_days or ""),
            words[listing.state],
        )
        for part in draft.variants
    ]
