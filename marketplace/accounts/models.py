"""People who sign in, their sessions, one-time links and tokens."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.database import Base, GlobalId, enum_column


class LinkPurpose(Enum):
    """What a one-time link lets its holder do."""

    RESET = "reset"
    CONFIRM_EMAIL = "confirm email"


class Account(Base):
    """A person with a phone number or an e-mail address; posts are held per cooperative."""

    __tablename__ = "accounts"

    id: Mapped[GlobalId]
    name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="id")
    is_operator: Mapped[bool] = mapped_column(default=False)
    is_office: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "phone IS NOT NULL OR email IS NOT NULL OR closed_at IS NOT NULL", name="reachable"
        ),
    )


class SignIn(Base):
    """One signed-in browser. The cookie holds a secret, the row only its hash."""

    __tablename__ = "sign_ins"

    id: Mapped[GlobalId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class OneTimeLink(Base):
    """A link that works once; only the hash of its secret is kept.

    ``email`` is the address that a link of this purpose confirms.
    """

    __tablename__ = "one_time_links"

    id: Mapped[GlobalId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    secret_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A key for programs that act for a person, within scopes."""

    __tablename__ = "api_tokens"

    id: Mapped[GlobalId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class IdempotencyKey(Base):
    """The first answer to a request that must act once, however often it is sent."""

    __tablename__ = "idempotency_keys"

    id: Mapped[GlobalId]
    scope: Mapped[str]
    key: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index(None, "scope", "key", unique=True),)


class Notice(Base):
    """A short message for one person inside the site (in-app notice)."""

    __tablename__ = "notices"

    id: Mapped[GlobalId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    cause: Mapped[str]
    text: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column("text_values")
    url: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "account_id", "cause", unique=True),
        Index("ix_notices_unread", "account_id", "read_at", "id"),
    )
