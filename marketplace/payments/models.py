"""What is to be paid, to whom, and every sign that it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.payments.rules import (
    DestinationKind,
    DestinationState,
    PaymentMethod,
    PaymentState,
)
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.rules.statements import LineState

IN_USE = text("state = 'dipakai'")
HELD = text("released_at IS NULL")
UNSEEN = text("refused_at IS NULL AND reported_at IS NULL")
ON_ITS_WAY = text("state IN ('diusulkan', 'disetujui')")


class PaymentDestination(Base):
    """A QRIS code or bank account that gets a cooperative's money, got it, or shall get it.

    ``used_from`` stays empty for what never held. Rows are never deleted: an old order still
    says where it was to be paid.
    """

    __tablename__ = "payment_destinations"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    kind: Mapped[DestinationKind] = mapped_column(enum_column(DestinationKind))
    state: Mapped[DestinationState] = mapped_column(enum_column(DestinationState))
    holder: Mapped[str]
    bank: Mapped[str | None]
    number: Mapped[str | None]
    qris_payload: Mapped[str | None]
    qris_converts: Mapped[bool | None]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    used_from: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_payment_destinations_in_use",
            "cooperative_id",
            "kind",
            unique=True,
            sqlite_where=IN_USE,
            postgresql_where=IN_USE,
        ),
        Index(
            "uq_payment_destinations_on_its_way",
            "cooperative_id",
            "kind",
            unique=True,
            sqlite_where=ON_ITS_WAY,
            postgresql_where=ON_ITS_WAY,
        ),
        Index(None, "state", "effective_at"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "state <> 'disetujui' OR (approved_at IS NOT NULL AND effective_at > approved_at)",
            name="approved_then_cooled",
        ),
        CheckConstraint(
            "(kind = 'qris' AND qris_payload IS NOT NULL)"
            " OR (kind = 'rekening' AND bank IS NOT NULL AND number IS NOT NULL)",
            name="details_of_its_kind",
        ),
    )

    @property
    def title(self) -> str:
        """Name it as people do: "QRIS KOPI MUDA", "BCA 1234567890"."""
        return f"QRIS {self.holder}" if self.kind is DestinationKind.QRIS else self.account

    @property
    def account(self) -> str:
        """Name a bank account by its bank and number."""
        return f"{self.bank} {self.number}"


class PaymentIntent(Base):
    """One sum that one cooperative waits for. ``received`` is the sum of its events."""

    __tablename__ = "payment_intents"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    method: Mapped[PaymentMethod] = mapped_column(enum_column(PaymentMethod))
    state: Mapped[PaymentState] = mapped_column(enum_column(PaymentState))
    amount_due: Mapped[Rupiah]
    received: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    qris_payload: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "cooperative_id", "state", "expires_at"),
        CheckConstraint("amount_due >= 0", name="due_not_negative"),
        CheckConstraint("received >= 0", name="received_not_negative"),
    )


class Transfer(Base):
    """By what amount, and to which account, an intent's money is known again.

    ``discount`` is the unique code: how much less than the order is paid. An amount names one
    intent of an account until ``held_until``, however the order ends; then it may be reused.
    """

    __tablename__ = "transfers"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    account_id: Mapped[UUID]
    amount: Mapped[Rupiah]
    discount: Mapped[Rupiah]
    held_until: Mapped[datetime]
    released_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        tenant_key("account_id", "payment_destinations"),
        Index(None, "cooperative_id", "intent_id", unique=True),
        Index(
            "uq_transfers_held",
            "cooperative_id",
            "account_id",
            "amount",
            unique=True,
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("discount BETWEEN 1 AND 999", name="discount_is_a_code"),
    )


class PaymentAttempt(Base):
    """One page of a gateway on which an intent may be paid; old ones may still be paid late.

    ``reference`` is our name for it there, ``provider_id`` the gateway's own. While
    ``claimed_until`` is not over somebody is making the page; at ``ask_at`` the gateway is
    asked how it stands.
    """

    __tablename__ = "payment_attempts"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    number: Mapped[int]
    provider: Mapped[str]
    reference: Mapped[str] = mapped_column(index=True)
    state: Mapped[AttemptState] = mapped_column(enum_column(AttemptState))
    address: Mapped[str | None]
    provider_id: Mapped[str | None]
    due: Mapped[datetime]
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    ask_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        Index(None, "cooperative_id", "intent_id", "number", unique=True),
        Index(None, "cooperative_id", "reference", unique=True),
        CheckConstraint("number > 0", name="number_positive"),
    )


class PaymentShare(Base):
    """The part of an intent that pays for one order.

    ``refunded`` may be more than ``amount``: what was paid too much goes back too.
    """

    __tablename__ = "payment_shares"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    order_id: Mapped[UUID]
    amount: Mapped[Rupiah]
    refunded: Mapped[Rupiah] = mapped_column(default=Rupiah(0))

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        tenant_key("order_id", "orders"),
        Index(None, "cooperative_id", "intent_id", "order_id", unique=True),
        Index(None, "cooperative_id", "order_id"),
        CheckConstraint("refunded >= 0", name="refunded_not_negative"),
    )


class PaymentEvent(Base):
    """A sign that money came or went back; never changed, never deleted.

    (source, external_id) is unique per cooperative, so the same sign acts at most once.
    """

    __tablename__ = "payment_events"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    source: Mapped[str]
    external_id: Mapped[str]
    amount: Mapped[Rupiah]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        Index(None, "cooperative_id", "source", "external_id", unique=True),
        Index(None, "cooperative_id", "intent_id"),
    )


class PaymentProof(Base):
    """A picture by which a buyer claims to have paid.

    ``sha256`` is that of the sent file, so that the same picture is known again. The clock
    was stopped for ``paused_seconds`` at most; what was not needed is taken back.
    ``reported_at``: the operator was told that nobody had looked at it in time.
    """

    __tablename__ = "payment_proofs"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    intent_id: Mapped[UUID]
    file_id: Mapped[UUID]
    sha256: Mapped[str]
    paused_seconds: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime]
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reported_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_key("intent_id", "payment_intents"),
        tenant_key("file_id", "files"),
        Index(
            "ix_payment_proofs_unseen",
            "sent_at",
            sqlite_where=UNSEEN,
            postgresql_where=UNSEEN,
        ),
        Index(None, "cooperative_id", "intent_id"),
        Index(None, "cooperative_id", "sha256"),
        CheckConstraint("paused_seconds >= 0", name="pause_not_negative"),
    )


class StatementColumns(Base):
    """Which headings of an account's statements mean what, mapped once by hand."""

    __tablename__ = "statement_columns"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    account_id: Mapped[UUID]
    headings: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("account_id", "payment_destinations"),
        Index(None, "cooperative_id", "account_id", unique=True),
    )


class BankLine(Base):
    """Money that came in, as a bank statement says it; it pays at most once.

    ``fingerprint`` tells a row that was imported before: by the bank's reference, else by all
    the row says.
    """

    __tablename__ = "bank_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    account_id: Mapped[UUID]
    fingerprint: Mapped[str]
    dated: Mapped[date]
    amount: Mapped[Rupiah]
    text: Mapped[str]
    reference: Mapped[str]
    state: Mapped[LineState] = mapped_column(enum_column(LineState), default=LineState.OPEN)
    intent_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    imported_at: Mapped[datetime]

    __table_args__ = (
        tenant_key("account_id", "payment_destinations"),
        tenant_key("intent_id", "payment_intents"),
        Index(None, "cooperative_id", "account_id", "fingerprint", unique=True),
        Index(None, "cooperative_id", "state", "dated", "id"),
        Index(None, "cooperative_id", "intent_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(state = 'cocok') = (intent_id IS NOT NULL)", name="matched_names_its_intent"
        ),
    )
