"""The books: what may be in them is said by the tables themselves (see migration 0011).

Triggers keep the balances, seal entries and refuse every later change; these classes only
name the columns. ``marketplace.ledger.service`` is the one door for writing.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.ledger.rules import AccountKind, Guard, Purpose, Unit

WHOLE, OF_A_MEMBER = text("member_id IS NULL"), text("member_id IS NOT NULL")


class HoldState(Enum):
    """Where money that is held for something stands; only a pending hold binds it."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class LedgerBook(Base):
    """The books of one business unit of a cooperative, and the head of their chain.

    Who writes takes this row first, so entries have numbers without gaps and no two
    writers ever wait for each other crosswise. ``open_from`` is the first day that is not
    closed; it only moves forward.
    """

    __tablename__ = "ledger_books"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    unit: Mapped[Unit] = mapped_column(enum_column(Unit))
    open_from: Mapped[date]
    last_number: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str]
    opened_at: Mapped[datetime]

    __table_args__ = (Index(None, "cooperative_id", "unit", unique=True),)


class LedgerAccount(Base):
    """An account, or a member's part of one.

    ``debit``, ``credit`` and ``held`` are kept by triggers and can be proved from the rows.
    """

    __tablename__ = "ledger_accounts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    book_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[AccountKind] = mapped_column(enum_column(AccountKind))
    guard: Mapped[Guard] = mapped_column(enum_column(Guard), default=Guard.NONE)
    purpose: Mapped[Purpose | None] = mapped_column(enum_column(Purpose))
    member_id: Mapped[UUID | None]
    debit: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    credit: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    held: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("book_id", "ledger_books"),
        tenant_key("member_id", "members"),
        UniqueConstraint("cooperative_id", "book_id", "id", name="uq_ledger_accounts_of_book"),
        Index(
            "uq_ledger_accounts_code",
            "cooperative_id",
            "book_id",
            "code",
            unique=True,
            sqlite_where=WHOLE,
            postgresql_where=WHOLE,
        ),
        Index(
            "uq_ledger_accounts_purpose",
            "cooperative_id",
            "book_id",
            "purpose",
            unique=True,
            sqlite_where=WHOLE,
            postgresql_where=WHOLE,
        ),
        Index(
            "uq_ledger_accounts_member",
            "cooperative_id",
            "book_id",
            "purpose",
            "member_id",
            unique=True,
            sqlite_where=OF_A_MEMBER,
            postgresql_where=OF_A_MEMBER,
        ),
        CheckConstraint("debit >= 0 AND credit >= 0 AND held >= 0", name="sides_not_negative"),
        CheckConstraint(
            "guard <> 'credit_only' OR debit + held <= credit", name="credit_side_covers"
        ),
        CheckConstraint(
            "guard <> 'debit_only' OR credit + held <= debit", name="debit_side_covers"
        ),
    )


class LedgerEntry(Base):
    """One journal entry; never changed, never deleted. ``hash`` seals it and all before it."""

    __tablename__ = "ledger_entries"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    book_id: Mapped[UUID]
    number: Mapped[int]
    dated: Mapped[date]
    memo: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[UUID | None]
    key: Mapped[str]
    request_hash: Mapped[str]
    reverses_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        tenant_key("book_id", "ledger_books"),
        tenant_key("reverses_id", "ledger_entries"),
        UniqueConstraint("cooperative_id", "book_id", "id", name="uq_ledger_entries_of_book"),
        Index(None, "cooperative_id", "book_id", "number", unique=True),
        Index(None, "cooperative_id", "book_id", "key", unique=True),
        Index(None, "cooperative_id", "reverses_id", unique=True),
        Index(None, "cooperative_id", "book_id", "dated", "number"),
        Index(None, "cooperative_id", "source_type", "source_id"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("approved_by <> created_by", name="two_people"),
    )


class LedgerLine(Base):
    """One amount that moves from one account to another of the same books."""

    __tablename__ = "ledger_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    book_id: Mapped[UUID]
    entry_id: Mapped[UUID]
    position: Mapped[int]
    debit_id: Mapped[UUID]
    credit_id: Mapped[UUID]
    amount: Mapped[Rupiah]

    __table_args__ = (
        *(
            ForeignKeyConstraint(
                ["cooperative_id", "book_id", column],
                [f"{table}.cooperative_id", f"{table}.book_id", f"{table}.id"],
                name=f"fk_ledger_lines_{column}",
            )
            for column, table in (
                ("entry_id", "ledger_entries"),
                ("debit_id", "ledger_accounts"),
                ("credit_id", "ledger_accounts"),
            )
        ),
        Index(None, "cooperative_id", "entry_id", "position", unique=True),
        Index(None, "cooperative_id", "debit_id"),
        Index(None, "cooperative_id", "credit_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    )


class LedgerHold(Base):
    """Money of a guarded account that is bound for something, until it is posted or let go."""

    __tablename__ = "ledger_holds"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    account_id: Mapped[UUID]
    key: Mapped[str]
    amount: Mapped[Rupiah]
    state: Mapped[HoldState] = mapped_column(enum_column(HoldState), default=HoldState.PENDING)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("account_id", "ledger_accounts"),
        Index(None, "cooperative_id", "account_id", "key", unique=True),
        Index(None, "cooperative_id", "account_id", "state", "expires_at"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'pending') = (ended_at IS NULL)", name="ended_has_time"),
    )


class LedgerClosing(Base):
    """A month that was closed: what the books said at its end; never changed, never undone."""

    __tablename__ = "ledger_closings"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    book_id: Mapped[UUID]
    starts: Mapped[date]
    ends: Mapped[date]
    entries: Mapped[int]
    turnover: Mapped[Rupiah]
    balances_hash: Mapped[str]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("book_id", "ledger_books"),
        Index(None, "cooperative_id", "book_id", "starts", unique=True),
        CheckConstraint("ends >= starts", name="ends_after_it_starts"),
    )
