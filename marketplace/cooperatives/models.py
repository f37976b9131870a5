"""The cooperative: its legal body, places, hours, ways to be paid, and who acts for it."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, SmallId, TenantId, enum_column, tenant_key
from marketplace.kernel.access import Role
from marketplace.kernel.money import Rupiah

OPEN_POST = text("ended_at IS NULL")


class Standing(Enum):
    """Whether the public sees a cooperative."""

    PREPARING = "preparing"
    OPEN = "open"
    SUSPENDED = "suspended"


class Cooperative(Base):
    """A koperasi. ``hours`` maps weekday "0" (Monday) to "6" to [from, to] minutes of the day.

    ``word`` starts its pickup codes (SANAN-27). ``closed_from``/``closed_until`` are days
    (inclusive) on which it is visible but sells nothing.
    """

    __tablename__ = "cooperatives"

    id: Mapped[int] = mapped_column(SmallId, primary_key=True, autoincrement=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    legal_name: Mapped[str]
    word: Mapped[str] = mapped_column(unique=True)
    tagline: Mapped[str | None]
    story: Mapped[str | None]
    standing: Mapped[Standing] = mapped_column(enum_column(Standing), default=Standing.PREPARING)
    registration_number: Mapped[str | None]  # NIK, nomor induk koperasi
    deed_number: Mapped[str | None]  # SK pengesahan badan hukum (AHU)
    business_number: Mapped[str | None]  # NIB
    tax_number: Mapped[str | None]  # NPWP
    last_meeting_on: Mapped[date | None]  # RAT, rapat anggota tahunan
    region_code: Mapped[str]
    region_name: Mapped[str]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    whatsapp: Mapped[str | None]
    email: Mapped[str | None]
    motif: Mapped[str | None]  # "geometry.dye" when chosen by hand
    banner_file_id: Mapped[UUID | None]
    hours: Mapped[dict[str, Any]]
    closed_from: Mapped[date | None]
    closed_until: Mapped[date | None]
    closed_note: Mapped[str | None]
    share_basis_points: Mapped[int] = mapped_column(default=1000)
    payment_minutes: Mapped[int] = mapped_column(default=60)
    payout_days: Mapped[int] = mapped_column(default=7)  # makers are paid within, after a sale
    takes_qris: Mapped[bool] = mapped_column(default=False)
    takes_cash: Mapped[bool] = mapped_column(default=True)
    qris_payload: Mapped[str | None]
    qris_converts: Mapped[bool] = mapped_column(default=True)
    takes_transfer: Mapped[bool] = mapped_column(default=False, server_default=false())
    cash_rounding: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # whole rupiah
    takes_gateway: Mapped[bool] = mapped_column(default=False, server_default=false())
    transfer_account_id: Mapped[UUID | None]
    refund_limit: Mapped[Rupiah] = mapped_column(  # above it, two officers agree to a refund
        default=Rupiah(500_000), server_default=text("500000")
    )
    supply_margin: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # basis points
    member_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "standing", "name"),
        CheckConstraint("share_basis_points BETWEEN 0 AND 10000", name="share_is_a_part"),
        CheckConstraint("supply_margin BETWEEN 0 AND 10000", name="supply_margin_is_a_share"),
        CheckConstraint("cash_rounding IN (0, 100, 500, 1000)", name="cash_rounding_known"),
        CheckConstraint("payout_days BETWEEN 0 AND 60", name="payout_days_sane"),
        CheckConstraint("payment_minutes BETWEEN 5 AND 10080", name="payment_minutes_sane"),
    )


class OldSlug(Base):
    """An address a cooperative once had; it leads to the present one for ever."""

    __tablename__ = "cooperative_old_slugs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    changed_at: Mapped[datetime]


class PickupPoint(Base):
    """A place where orders are fetched. ``slots`` lists [weekday, from, to] in minutes of the day.

    ``prepare_minutes``: how long before a slot's end an order may still come in.
    """

    __tablename__ = "pickup_points"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    name: Mapped[str]
    address: Mapped[str]
    note: Mapped[str | None]
    slots: Mapped[list[Any]]
    prepare_minutes: Mapped[int] = mapped_column(default=60)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (Index(None, "cooperative_id", "active", "position"),)


class Post(Base):
    """A role that a person holds in one cooperative, from one day to another."""

    __tablename__ = "posts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_posts_open",
            "cooperative_id",
            "account_id",
            "role",
            unique=True,
            sqlite_where=OPEN_POST,
            postgresql_where=OPEN_POST,
        ),
        Index(None, "account_id", "ended_at"),
    )


class Invite(Base):
    """A link by which an officer calls somebody in; shared by WhatsApp, works once."""

    __tablename__ = "invites"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    name: Mapped[str | None]
    phone: Mapped[str | None]
    member_id: Mapped[UUID | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]

    __table_args__ = (tenant_key("member_id", "members"),)
