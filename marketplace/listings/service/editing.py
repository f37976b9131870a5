"""Write a listing down, and change all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.listings import queries
from marketplace.listings.models import Category, Listing, Variant
from marketplace.listings.rules import (
    Availability,
    BadListing,
    Editor,
    ListingDraft,
    ListingState,
    VariantDraft,
    check_editor,
    checked,
    html_of,
    slug_of,
)
from marketplace.listings.service.buying import book_shrinkage
from marketplace.listings.service.locks import locked, tell_changed
from marketplace.members.models import Member
from marketplace.stock import service as stock


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved the same listing since this person opened it."""

    code = "changed"

    def __init__(self) -> None:
        super().__init__(
            say("Barang ini baru saja diubah orang lain. Periksa isinya, lalu simpan lagi.")
        )


def create(
    session: Session,
    cooperative: Cooperative,
    draft: ListingDraft,
    *,
    editor: Editor,
    at: datetime,
    source_ref: str | None = None,
) -> Listing:
    """Write a new listing down as a draft that only its cooperative sees."""
    shelves = NewShelves()
    listing = write(
        session,
        cooperative.id,
        draft,
        editor=editor,
        at=at,
        shelves=shelves,
        source_ref=source_ref,
    )
    session.flush()
    shelves.open(session, actor_id=editor.account_id, at=at)
    tell_changed(session, listing, at=at)
    return listing


def save(
    session: Session,
    cooperative_id: int,
    listing_id: UUID,
    draft: ListingDraft,
    *,
    editor: Editor,
    version: int | None,
    at: datetime,
) -> Listing:
    """Change everything the editor shows, variants and stock included, or nothing.

    ``version`` is the one the person saw. Raises ChangedMeanwhile when it is not the present
    one. Variants that the draft leaves out are no longer sold.
    """
    listing = rewrite(
        session, cooperative_id, listing_id, draft, editor=editor, version=version, at=at
    )
    tell_changed(session, listing, at=at)
    return listing


def write(
    session: Session,
    cooperative_id: int,
    draft: ListingDraft,
    *,
    editor: Editor,
    at: datetime,
    shelves: NewShelves,
    source_ref: str | None = None,
) -> Listing:
    """Do what ``create`` does, but tell nobody and leave the shelves to be opened together."""
    draft = allowed(session, cooperative_id, draft, editor, at)
    listing = Listing(
        cooperative_id=cooperative_id,
        id=new_id(),
        state=ListingState.DRAFT,
        source_ref=source_ref,
        created_by=editor.account_id,
        created_at=at,
        variants=[],
        photos=[],
    )
    _fill(listing, draft, at)
    for variant, wanted in _lay_out(listing, draft):
        shelves.add(variant, draft.availability, wanted.quantity)
    session.add(listing)
    return listing


def rewrite(
    session: Session,
    cooperative_id: int,
    listing_id: UUID,
    draft: ListingDraft,
    *,
    editor: Editor,
    version: int | None,
    at: datetime,
) -> Listing:
    """Do what ``save`` does, but tell nobody."""
    listing = locked(session, cooperative_id, listing_id, editor)
    if version is not None and listing.version != version:
        raise ChangedMeanwhile
    draft = allowed(session, cooperative_id, draft, editor, at)
    known = {variant.id for variant in listing.variants}
    if listing.availability is not draft.availability:
        draft = _with_counts(session, listing, draft, at)
    _fill(listing, draft, at)
    pairs = _lay_out(listing, draft)
    session.flush()
    shelves = NewShelves()
    for variant, wanted in pairs:
        if variant.id not in known:
            shelves.add(variant, draft.availability, wanted.quantity)
        else:
            set_shelf(
                session,
                variant,
                draft.availability,
                wanted.quantity,
                at=at,
                actor_id=editor.account_id,
            )
    shelves.open(session, actor_id=editor.account_id, at=at)
    session.flush()
    return listing


def _with_counts(
    session: Session, listing: Listing, draft: ListingDraft, at: datetime
) -> ListingDraft:
    """Carry over counts that nobody touched, because they mean something else from now on."""
    shelves = queries.shelves_of(
        session, listing.cooperative_id, [one.id for one in listing.variants], at
    )
    variants = tuple(
        replace(part, quantity=queries.free(listing.availability, shelves[part.id]))
        if part.quantity is None and part.id in shelves
        else part
        for part in draft.variants
    )
    return replace(draft, variants=variants)


def allowed(
    session: Session, cooperative_id: int, draft: ListingDraft, editor: Editor, at: datetime
) -> ListingDraft:
    """Check a draft against the rules and against what this cooperative has."""
    if not editor.all_goods:
        draft = replace(draft, maker_id=editor.member_id)  # a seller writes only their own
    check_editor(editor, draft.maker_id)
    draft = checked(draft, today=local_day(at))
    if session.get(Category, draft.category_id) is None:
        raise BadListing({"category": say("Pilih salah satu kategori yang ada.")})
    if draft.maker_id and session.get(Member, (cooperative_id, draft.maker_id)) is None:
        raise BadListing({"maker": say("Pilih salah satu anggota koperasi ini.")})
    return draft


def _fill(listing: Listing, draft: ListingDraft, at: datetime) -> None:
    if listing.title != draft.title:
        listing.title = draft.title
        listing.slug = slug_of(draft.title)
    if listing.description != draft.description:
        listing.description = draft.description
        listing.description_html = html_of(draft.description)
    assert draft.category_id is not None  # noqa: S101 - checked before
    listing.category_id = draft.category_id
    listing.maker_id = draft.maker_id
    listing.unit = draft.unit
    listing.availability = draft.availability
    listing.ready_on = draft.ready_on
    listing.food_permit = draft.food_permit
    listing.halal = draft.halal
    listing.halal_number = draft.halal_number
    listing.ingredients = draft.ingredients
    listing.shelf_life_days = draft.shelf_life_days
    listing.updated_at = at


def _lay_out(listing: Listing, draft: ListingDraft) -> list[tuple[Variant, VariantDraft]]:
    """Give each wanted variant its row; rows that nobody wants are no longer sold."""
    known = {variant.id: variant for variant in listing.variants}
    pairs = [
        (_variant(listing, known, wanted, position), wanted)
        for position, wanted in enumerate(draft.variants)
    ]
    kept = [variant for variant, _ in pairs]
    for variant in listing.variants:
        variant.active = variant in kept
    listing.price_from = min((variant.price for variant in kept), default=Rupiah(0))
    return pairs


def _variant(
    listing: Listing,
    known: dict[UUID, Variant],
    wanted: VariantDraft,
    position: int,
) -> Variant:
    """Change the variant that is meant, or make a new one; another listing's is never meant."""
    assert wanted.price is not None  # noqa: S101 - checked before
    variant = known.get(wanted.id) if wanted.id else None
    if variant is None:
        variant = Variant(cooperative_id=listing.cooperative_id, id=new_id())
        listing.variants.append(variant)
    variant.title = wanted.title
    variant.price = wanted.price
    if variant.list_price is not None and variant.list_price <= variant.price:
        variant.list_price = None  # no longer a price cut
    variant.position = position
    return variant


class NewShelves:
    """Room for new variants with what is on it from the start, opened all at once."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, UUID, int]] = []
        self._ahead: dict[UUID, int] = {}
        self._daily: dict[UUID, int] = {}

    def add(self, variant: Variant, availability: Availability, quantity: int | None) -> None:
        """Note what a new variant starts with."""
        on_hand = 0
        if availability is Availability.DAILY:
            self._daily[variant.id] = quantity or 0
        elif availability is Availability.PREORDER:
            self._ahead[variant.id] = quantity or 0
        else:
            on_hand = quantity or 0
        self._rows.append((variant.cooperative_id, variant.id, on_hand))

    def open(self, session: Session, *, actor_id: UUID | None, at: datetime) -> None:
        """Make the room."""
        stock.open_items(
            session,
            self._rows,
            cause="stok awal",
            at=at,
            backorder_limits=self._ahead,
            daily_limits=self._daily,
            actor_id=actor_id,
        )


def set_shelf(
    session: Session,
    variant: Variant,
    availability: Availability,
    quantity: int | None,
    *,
    at: datetime,
    actor_id: UUID | None,
) -> None:
    """Let the shelf offer what the seller says: counted, per day, or ahead of being made."""
    place = (session, variant.cooperative_id, variant.id)
    if quantity is None:
        if availability is Availability.LIMITED:
            stock.set_kind(*place)
    elif availability is Availability.DAILY:
        stock.set_kind(*place, daily_limit=quantity)
    elif availability is Availability.PREORDER:
        gone = stock.allow_ahead(*place, quantity, at=at, actor_id=actor_id)
        book_shrinkage(session, variant, gone, actor_id=actor_id, at=at)
    else:
        stock.set_kind(*place)
        gone = stock.count(*place, quantity, at=at, actor_id=actor_id)
        book_shrinkage(session, variant, gone, actor_id=actor_id, at=at)


def active(variants: Sequence[Variant]) -> list[Variant]:
    """Leave out variants that are no longer sold."""
    return [variant for variant in variants if variant.active]
