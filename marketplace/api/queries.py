"""Reading lists from where a cursor left off, and goods across cooperatives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.listings.models import Category, Listing, ListingState, Variant
from marketplace.members.models import Member
from marketplace.members.queries import Shown
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.models import BankLine
from marketplace.payments.rules.statements import LineState
from marketplace.stock.queries import shelves_of_many
from marketplace.stock.rules import Shelf
from marketplace.supply.models import SupplyPool, SupplyRound
from marketplace.supply.queries import PoolView
from marketplace.supply.queries.pool_views import views
from marketplace.supply.rules import PoolState


@dataclass(frozen=True, slots=True)
class Product:
    """A listing that is for sale, with whose it is and what is left of it."""

    listing: Listing
    cooperative: Cooperative
    category_path: str
    maker: str | None
    shelves: dict[UUID, Shelf]

    @property
    def variants(self) -> list[Variant]:
        """List what is sold of it."""
        return [variant for variant in self.listing.variants if variant.active]

    def available(self, variant: Variant) -> int:
        """Count what can be had of a variant today."""
        shelf = self.shelves.get(variant.id)
        return shelf.available if shelf else 0


def products(session: Session, listing_ids: Sequence[UUID], *, at: datetime) -> list[Product]:
    """Fetch listings that are for sale, in the order asked; others are left out."""
    rows = session.execute(
        select(Listing, Cooperative, Category.path, Member.called)
        .join(Cooperative, Cooperative.id == Listing.cooperative_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Member,
            and_(Member.cooperative_id == Listing.cooperative_id, Member.id == Listing.maker_id),
        )
        .where(
            Listing.id.in_(listing_ids),
            Listing.state == ListingState.PUBLISHED,
            Cooperative.standing == Standing.OPEN,
        )
        .options(selectinload(Listing.variants), selectinload(Listing.photos))
    ).all()
    left = _left(session, [row[0] for row in rows], at)
    found = {row[0].id: Product(row[0], row[1], row[2], row[3], left) for row in rows}
    return [found[id_] for id_ in listing_ids if id_ in found]


def _left(session: Session, listings: Sequence[Listing], at: datetime) -> dict[UUID, Shelf]:
    """Fetch the shelves of all variants in one query."""
    items = [(one.cooperative_id, variant.id) for one in listings for variant in one.variants]
    return shelves_of_many(session, items, day=local_day(at), at=at) if items else {}


def product(session: Session, listing_id: UUID, *, at: datetime) -> Product:
    """Fetch one listing that is for sale."""
    found = products(session, [listing_id], at=at)
    if not found:
        raise NotFound(say("Barang tidak ditemukan."))
    return found[0]


def cooperatives_after(
    session: Session, place: tuple[str, int] | None, *, text: str, region: str, limit: int
) -> Sequence[Cooperative]:
    """List open cooperatives by name, those behind a place."""
    chosen = select(Cooperative).where(Cooperative.standing == Standing.OPEN)
    if text:
        chosen = chosen.where(Cooperative.name.icontains(text, autoescape=True))
    if region:
        chosen = chosen.where(Cooperative.region_code.startswith(region, autoescape=True))
    if place is not None:
        name, id_ = place
        chosen = chosen.where(
            or_(Cooperative.name > name, and_(Cooperative.name == name, Cooperative.id > id_))
        )
    return session.scalars(chosen.order_by(Cooperative.name, Cooperative.id).limit(limit)).all()


def open_cooperative(cooperative: Cooperative) -> Cooperative:
    """Return a cooperative that the public may see."""
    if cooperative.standing is not Standing.OPEN:
        raise NotFound(say("Koperasi tidak ditemukan."))
    return cooperative


def slugs(session: Session, cooperative_ids: Collection[int]) -> dict[int, str]:
    """Name cooperatives as addresses do."""
    rows = session.execute(
        select(Cooperative.id, Cooperative.slug).where(Cooperative.id.in_(cooperative_ids))
    )
    return {id_: slug for id_, slug in rows}  # noqa: C416 - rows, not pairs


def numbers(session: Session, cooperative_slugs: Collection[str]) -> dict[str, int]:
    """Find cooperatives by their addresses."""
    rows = session.execute(
        select(Cooperative.slug, Cooperative.id).where(Cooperative.slug.in_(cooperative_slugs))
    )
    return {slug: id_ for slug, id_ in rows}  # noqa: C416 - rows, not pairs


def orders_before(
    session: Session,
    cooperative_id: int,
    place: UUID | None,
    *,
    state: OrderState | None,
    limit: int,
) -> Sequence[Order]:
    """List a cooperative's orders, newest first, those placed before one of them."""
    chosen = select(Order).where(Order.cooperative_id == cooperative_id)
    if state is not None:
        chosen = chosen.where(Order.state == state)
    if place is not None:
        chosen = chosen.where(Order.id < place)
    return session.scalars(
        chosen.options(selectinload(Order.lines), selectinload(Order.purchase))
        .order_by(Order.id.desc())
        .limit(limit)
    ).all()


def members_after(
    session: Session, cooperative_id: int, number: int, *, shown: Shown, limit: int
) -> Sequence[Member]:
    """List the register by number, those behind a number."""
    chosen = select(Member).where(Member.cooperative_id == cooperative_id, Member.number > number)
    if shown is Shown.PRESENT:
        chosen = chosen.where(Member.left_on.is_(None))
    elif shown is Shown.LEFT:
        chosen = chosen.where(Member.left_on.is_not(None))
    return session.scalars(chosen.order_by(Member.number).limit(limit)).all()


def rounds_before(
    session: Session,
    cooperative_id: int,
    number: int | None,
    *,
    state: PoolState | None,
    limit: int,
) -> list[tuple[SupplyRound, list[PoolView]]]:
    """List rounds of buying together with their goods, newest first, those before a number.

    ``state`` chooses rounds of which a good is that far.
    """
    chosen = select(SupplyRound).where(SupplyRound.cooperative_id == cooperative_id)
    if state is not None:
        chosen = chosen.where(
            exists().where(
                SupplyPool.cooperative_id == SupplyRound.cooperative_id,
                SupplyPool.round_id == SupplyRound.id,
                SupplyPool.state == state,
            )
        )
    if number is not None:
        chosen = chosen.where(SupplyRound.number < number)
    rounds = session.scalars(chosen.order_by(SupplyRound.number.desc()).limit(limit)).all()
    return with_goods(session, cooperative_id, rounds)


def with_goods(
    session: Session, cooperative_id: int, rounds: Sequence[SupplyRound]
) -> list[tuple[SupplyRound, list[PoolView]]]:
    """Fetch all goods of rounds, with a fixed number of queries."""
    pools = session.scalars(
        select(SupplyPool)
        .where(
            SupplyPool.cooperative_id == cooperative_id,
            SupplyPool.round_id.in_([round_.id for round_ in rounds]),
        )
        .order_by(SupplyPool.place)
    ).all()
    found: dict[UUID, list[PoolView]] = {round_.id: [] for round_ in rounds}
    for view in views(session, cooperative_id, pools):
        found[view.pool.round_id].append(view)
    return [(round_, found[round_.id]) for round_ in rounds]


def bank_lines_before(
    session: Session,
    cooperative_id: int,
    place: tuple[date, UUID] | None,
    *,
    state: LineState,
    limit: int,
) -> Sequence[BankLine]:
    """List money on statements, newest first, older than a place."""
    query = select(BankLine).where(
        BankLine.cooperative_id == cooperative_id, BankLine.state == state
    )
    if place is not None:
        dated, line_id = place
        query = query.where(
            or_(BankLine.dated < dated, and_(BankLine.dated == dated, BankLine.id < line_id))
        )
    newest = BankLine.dated.desc(), BankLine.id.desc()
    return session.scalars(query.order_by(*newest).limit(limit)).all()
