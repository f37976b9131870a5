"""Goods that a cooperative offers, their variants and pictures."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.listings.rules import Availability, Halal, ListingState

__all__ = [
    "Availability",
    "Category",
    "Halal",
    "Listing",
    "ListingState",
    "Photo",
    "Variant",
]


class Category(Base):
    """One node of the category tree; ``path`` joins slugs by "/"."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("categories.id"), index=True)
    path: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    depth: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class Listing(Base):
    """One product of one cooperative. ``price_from`` is the lowest price of its variants.

    ``description_html`` is made from ``description`` when it is saved, so that showing
    it costs nothing. ``source_ref`` names the row of an import it came from.
    """

    __tablename__ = "listings"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    category_id: Mapped[int] = mapped_column(Integer, ForeignKey("categories.id"))
    maker_id: Mapped[UUID | None]
    title: Mapped[str]
    slug: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    description_html: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="buah")
    state: Mapped[ListingState] = mapped_column(
        enum_column(ListingState), default=ListingState.DRAFT
    )
    availability: Mapped[Availability] = mapped_column(
        enum_column(Availability), default=Availability.LIMITED
    )
    ready_on: Mapped[date | None]
    price_from: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    share_basis_points: Mapped[int | None]
    food_permit: Mapped[str | None]  # PIRT
    halal: Mapped[Halal] = mapped_column(enum_column(Halal), default=Halal.UNKNOWN)
    halal_number: Mapped[str | None]
    ingredients: Mapped[str | None]
    shelf_life_days: Mapped[int | None]
    cover_file_id: Mapped[UUID | None]
    sold_count: Mapped[int] = mapped_column(default=0)
    source_ref: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    variants: Mapped[list[Variant]] = relationship(
        back_populates="listing", order_by="Variant.position", lazy="raise"
    )
    photos: Mapped[list[Photo]] = relationship(order_by="Photo.position", lazy="raise")
    category: Mapped[Category] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy
    __table_args__ = (
        tenant_key("maker_id", "members"),
        tenant_key("cover_file_id", "files"),
        Index(None, "id"),
        Index(None, "cooperative_id", "source_ref", unique=True),
        Index(None, "cooperative_id", "state", "published_at"),
        Index(None, "state", "published_at"),
        Index(None, "cooperative_id", "state", "category_id"),
        Index(
            "ix_listings_maker_by_maker",
            *("cooperative_id", "state", "maker_id", published_at.desc(), "id"),
        ),
        CheckConstraint("price_from >= 0", name="price_not_negative"),
        CheckConstraint(
            "share_basis_points IS NULL OR share_basis_points BETWEEN 0 AND 10000",
            name="share_is_a_part",
        ),
        CheckConstraint("shelf_life_days IS NULL OR shelf_life_days > 0", name="shelf_life"),
    )


class Variant(Base):
    """A size or kind of a listing with its price; its stock item has the same id."""

    __tablename__ = "variants"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    listing_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(default="")
    price: Mapped[Rupiah]
    list_price: Mapped[Rupiah | None]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    listing: Mapped[Listing] = relationship(back_populates="variants", lazy="raise")

    __table_args__ = (
        tenant_key("listing_id", "listings"),
        Index(None, "cooperative_id", "listing_id", "position"),
        Index(None, "id"),
        CheckConstraint("price > 0", name="price_positive"),
    )


class Photo(Base):
    """A picture of a listing; the first by position is its cover."""

    __tablename__ = "photos"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    listing_id: Mapped[UUID]
    file_id: Mapped[UUID]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        tenant_key("listing_id", "listings"),
        tenant_key("file_id", "files"),
        Index(None, "cooperative_id", "listing_id", "position"),
    )
