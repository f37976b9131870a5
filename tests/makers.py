"""Plain functions that make things for tests; every fact has a sensible default."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative, PickupPoint, Post, Standing
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Availability, Category, Listing, ListingState, Variant
from marketplace.members.models import Member
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import DestinationKind, DestinationState
from marketplace.stock import service as stock

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # Saturday 10.00 in Malang
ALL_DAY = {str(day): [0, 1440] for day in range(7)}
STATIC_QRIS = (
    "00020101021126690020ID.CO.CONTOHBANK.WWW011893609999000000010102120000000001010303UMI"
    "51440014ID.CO.QRIS.WWW0215ID10299990001010303UMI5204541153033605802ID"
    "5917KOP PKL VELODROME6011KOTA MALANG61056514162070703A016304168F"
)
_numbers = count(1)


def make_account(session: Session, name: str = "Sari", **facts: object) -> Account:
    """A person with a phone number nobody else has."""
    values: dict[str, object] = {
        "phone": f"+62812{next(_numbers):08d}",
        "created_at": SATURDAY,
        **facts,
    }
    account = Account(name=name, **values)
    session.add(account)
    session.flush()
    return account


def make_cooperative(
    session: Session, name: str = "Sanan Tempe Muda", **facts: object
) -> Cooperative:
    """An open cooperative in Blimbing, Malang, that takes cash and QRIS."""
    number = next(_numbers)
    values: dict[str, object] = {
        "slug": f"{name.lower().replace(' ', '-')}-{number}",
        "word": "KOP" + "".join(chr(65 + int(digit)) for digit in str(number)),
        "legal_name": f"Koperasi {name}",
        "standing": Standing.OPEN,
        "region_code": "35.73.01",
        "region_name": "Blimbing, Kota Malang",
        "hours": ALL_DAY,
        "takes_qris": True,
        "qris_payload": STATIC_QRIS,
        "created_at": SATURDAY,
        "updated_at": SATURDAY,
        **facts,
    }
    cooperative = Cooperative(name=name, **values)
    session.add(cooperative)
    session.flush()
    if cooperative.qris_payload:
        session.add(
            PaymentDestination(
                cooperative_id=cooperative.id,
                kind=DestinationKind.QRIS,
                state=DestinationState.IN_USE,
                holder="KOP PKL VELODROME",
                qris_payload=cooperative.qris_payload,
                qris_converts=True,
                proposed_at=SATURDAY,
                used_from=SATURDAY,
            )
        )
        session.flush()
    return cooperative


def make_point(session: Session, cooperative: Cooperative, **facts: object) -> PickupPoint:
    """A pickup point that is open every day from 08.00 to 17.00."""
    values: dict[str, object] = {
        "name": "Balai RW 15",
        "address": "Jl. Sanan 8",
        "slots": [[day, 480, 1020] for day in range(7)],
        **facts,
    }
    point = PickupPoint(cooperative_id=cooperative.id, **values)
    session.add(point)
    session.flush()
    return point


def give_post(session: Session, cooperative: Cooperative, account: Account, role: Role) -> Post:
    """Let a person hold a post in a cooperative."""
    post = Post(
        cooperative_id=cooperative.id, account_id=account.id, role=role, started_at=SATURDAY
    )
    session.add(post)
    session.flush()
    return post


def make_officer(
    session: Session, cooperative: Cooperative, role: Role = Role.CHAIR, name: str = "Pak Budi"
) -> Account:
    """A person who holds a post in this cooperative."""
    account = make_account(session, name)
    give_post(session, cooperative, account, role)
    return account


def make_member(
    session: Session,
    cooperative: Cooperative,
    name: str = "Bu Lilik",
    *,
    account: Account | None = None,
    **facts: object,
) -> Member:
    """A member of the register, with or without an account of their own."""
    values: dict[str, object] = {
        "number": next(_numbers),
        "called": name,
        "admitted_on": SATURDAY.date(),
        "created_at": SATURDAY,
        **facts,
    }
    member = Member(
        cooperative_id=cooperative.id,
        name=name,
        account_id=account.id if account else None,
        **values,
    )
    session.add(member)
    session.flush()
    return member


def make_category(session: Session, path: str = "makanan-minuman/makanan-ringan/keripik") -> int:
    """The id of a category, made with its parents where they are missing."""
    parent_id: int | None = None
    parts = path.split("/")
    for depth in range(len(parts)):
        here = "/".join(parts[: depth + 1])
        found = session.scalar(select(Category.id).where(Category.path == here))
        if found is None:
            category = Category(
                path=here,
                name=parts[depth].replace("-", " ").capitalize(),
                parent_id=parent_id,
                depth=depth,
            )
            session.add(category)
            session.flush()
            found = category.id
        parent_id = found
    assert parent_id is not None
    return parent_id


def make_listing(
    session: Session,
    cooperative: Cooperative,
    title: str = "Keripik tempe Sanan 250 g",
    *,
    price: int = 15_000,
    stock_count: int = 10,
    maker: Member | None = None,
    daily_limit: int | None = None,
    backorder_limit: int = 0,
    variant_title: str = "",
    **facts: object,
) -> Variant:
    """A published listing with one variant and goods on the shelf; gives the variant."""
    availability = Availability.LIMITED
    if daily_limit is not None:
        availability = Availability.DAILY
    elif backorder_limit:
        availability = Availability.PREORDER
    category_id = facts.pop("category_id", None) or make_category(session)
    values: dict[str, object] = {
        "slug": title.lower().replace(" ", "-"),
        "state": ListingState.PUBLISHED,
        "availability": availability,
        "unit": "bungkus",
        "price_from": Rupiah(price),
        "created_at": SATURDAY,
        "updated_at": SATURDAY,
        "published_at": SATURDAY,
        **facts,
    }
    listing = Listing(
        cooperative_id=cooperative.id,
        category_id=category_id,
        title=title,
        maker_id=maker.id if maker else None,
        **values,
    )
    session.add(listing)
    session.flush()
    return make_variant(
        session,
        listing,
        title=variant_title,
        price=price,
        stock_count=stock_count,
        daily_limit=daily_limit,
        backorder_limit=backorder_limit,
    )


def make_variant(
    session: Session,
    listing: Listing,
    *,
    title: str = "",
    price: int = 15_000,
    stock_count: int = 10,
    daily_limit: int | None = None,
    backorder_limit: int = 0,
    position: int = 0,
) -> Variant:
    """One more variant of a listing, with goods on the shelf."""
    variant = Variant(
        cooperative_id=listing.cooperative_id,
        id=new_id(),
        listing_id=listing.id,
        title=title,
        price=Rupiah(price),
        position=position,
    )
    session.add(variant)
    session.flush()
    stock.open_item(
        session,
        listing.cooperative_id,
        variant.id,
        backorder_limit=backorder_limit,
        daily_limit=daily_limit,
    )
    if stock_count and daily_limit is None:
        stock.put(
            session,
            listing.cooperative_id,
            variant.id,
            stock_count,
            cause="dibuat",
            at=SATURDAY,
        )
    session.flush()
    return variant


def cause() -> UUID:
    """An id that stands for an order line."""
    return new_id()
