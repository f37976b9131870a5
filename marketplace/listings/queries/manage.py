"""Goods as those who look after them see them; always those of one cooperative."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.listings.models import Category, Listing, Variant
from marketplace.listings.rules import Availability, Editor, ListingState, Wording, wording
from marketplace.members.models import Member
from marketplace.stock import queries as stock
from marketplace.stock.rules import Shelf

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Maker:
    """A member who may stand behind goods."""

    id: UUID
    number: int
    called: str


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One listing in the list, with what is left of each variant."""

    listing: Listing
    category_path: str
    maker_called: str | None
    variants: Sequence[Variant]
    shelves: dict[UUID, Shelf]

    @property
    def available(self) -> int:
        """Count what can be had of all variants together."""
        return sum(
            self.shelves[variant.id].available
            for variant in self.variants
            if variant.id in self.shelves
        )

    def free(self, variant: Variant) -> int:
        """Give the number that the seller of a variant would write."""
        return free(self.listing.availability, self.shelves.get(variant.id))

    @property
    def wording(self) -> Wording:
        """Say in a few words whether it can be had."""
        return wording(self.listing.availability, self.available, self.listing.ready_on)


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """One page of the list and how many there are behind each tab."""

    rows: Sequence[GoodsRow]
    counts: dict[ListingState, int]
    found: int
    page: int

    @property
    def pages(self) -> int:
        """Count the pages of what was found."""
        return max(1, -(-self.found // PAGE_SIZE))


def free(availability: Availability, shelf: Shelf | None) -> int:
    """Give the number a seller would write: per day where made daily, else what is free."""
    if shelf is None:
        return 0
    if availability is Availability.DAILY and shelf.daily_limit is not None:
        return shelf.daily_limit
    return shelf.available


def editor(
    session: Session,
    cooperative_id: int,
    account_id: UUID | None,
    permissions: Collection[Permission],
) -> Editor:
    """Say which goods a person may change here; a seller is known by their line in the register."""
    if Permission.EDIT_LISTINGS in permissions:
        return Editor(account_id=account_id, all_goods=True)
    member_id = account_id and session.scalar(
        select(Member.id).where(
            Member.cooperative_id == cooperative_id,
            Member.account_id == account_id,
            Member.left_on.is_(None),
        )
    )
    return Editor(
        account_id=account_id,
        member_id=member_id,
        own_goods=Permission.EDIT_OWN_LISTINGS in permissions,
    )


def goods(
    session: Session,
    cooperative_id: int,
    who: Editor,
    *,
    state: ListingState,
    text: str = "",
    page: int = 1,
    at: datetime,
) -> GoodsPage:
    """Fetch a page of the goods that this person may change, last changed first."""
    mine = and_(Listing.cooperative_id == cooperative_id, _theirs(who))
    counts = _counts(session, mine, text)
    rows = session.execute(
        select(Listing, Category.path, Member.called)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Member,
            and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
        )
        .where(mine, Listing.state == state, _named(text))
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    variants = _variants(session, cooperative_id, [row[0].id for row in rows])
    shelves = shelves_of(
        session, cooperative_id, [v.id for vs in variants.values() for v in vs], at
    )
    return GoodsPage(
        [GoodsRow(*row, variants.get(row[0].id, []), shelves) for row in rows],
        counts,
        counts.get(state, 0),
        page,
    )


def goods_row(session: Session, cooperative_id: int, listing_id: UUID, *, at: datetime) -> GoodsRow:
    """Fetch one row of the list."""
    found = listing(session, cooperative_id, listing_id)
    variants = [variant for variant in found.variants if variant.active]
    shelves = shelves_of(session, cooperative_id, [one.id for one in variants], at)
    maker = session.get(Member, (cooperative_id, found.maker_id)) if found.maker_id else None
    called = maker.called if maker else None
    return GoodsRow(found, found.category.path, called, variants, shelves)


def _theirs(who: Editor) -> ColumnElement[bool]:
    if who.all_goods:
        return true()
    return Listing.maker_id == who.member_id if who.own_goods and who.member_id else false()


def _named(text: str) -> ColumnElement[bool]:
    return Listing.title.icontains(text, autoescape=True) if text else true()


def _counts(session: Session, mine: ColumnElement[bool], text: str) -> dict[ListingState, int]:
    rows = session.execute(
        select(Listing.state, func.count()).where(mine, _named(text)).group_by(Listing.state)
    )
    return {state: int(count) for state, count in rows}


def _variants(
    session: Session, cooperative_id: int, listing_ids: Sequence[UUID]
) -> dict[UUID, list[Variant]]:
    found: dict[UUID, list[Variant]] = {}
    for variant in session.scalars(
        select(Variant)
        .where(
            Variant.cooperative_id == cooperative_id,
            Variant.listing_id.in_(listing_ids),
            Variant.active,
        )
        .order_by(Variant.position, Variant.id)
    ):
        found.setdefault(variant.listing_id, []).append(variant)
    return found


def shelves_of(
    session: Session, cooperative_id: int, variant_ids: Iterable[UUID], at: datetime
) -> dict[UUID, Shelf]:
    """Fetch what is left of these variants today."""
    return stock.shelves(session, cooperative_id, list(variant_ids), day=local_day(at), at=at)


def listing(
    session: Session, cooperative_id: int, listing_id: UUID, *, to_change: bool = False
) -> Listing:
    """Fetch one listing of this cooperative with its variants, photos and category.

    ``to_change`` keeps everybody else from changing it until the transaction ends.
    """
    wanted = (
        select(Listing)
        .where(Listing.cooperative_id == cooperative_id, Listing.id == listing_id)
        .options(
            selectinload(Listing.variants),
            selectinload(Listing.photos),
            joinedload(Listing.category, innerjoin=True),
        )
    )
    if to_change:
        wanted = wanted.with_for_update(of=Listing).execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound(say("Barang tidak ditemukan."))
    return found


def listing_of(session: Session, cooperative_id: int, variant_id: UUID) -> UUID:
    """Find the listing of a variant of this cooperative."""
    variant = session.get(Variant, (cooperative_id, variant_id))
    if variant is None:
        raise NotFound(say("Barang tidak ditemukan."))
    return variant.listing_id


def makers(session: Session, cooperative_id: int) -> list[Maker]:
    """List the present members of a cooperative by name."""
    return [
        Maker(*row)
        for row in session.execute(
            select(Member.id, Member.number, Member.called)
            .where(Member.cooperative_id == cooperative_id, Member.left_on.is_(None))
            .order_by(Member.called, Member.number)
        )
    ]
