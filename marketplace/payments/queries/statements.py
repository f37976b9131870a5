"""Reading imported statements, and which sums of money fit what is waited for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.payments.models import (
    BankLine,
    PaymentDestination,
    PaymentIntent,
    PaymentShare,
    StatementColumns,
    Transfer,
)
from marketplace.payments.rules import DestinationKind, PaymentState
from marketplace.payments.rules.statements import LineState

WAITING = frozenset(
    {
        PaymentState.WAITING,
        PaymentState.UNDER_REVIEW,
        PaymentState.FAILED,
        PaymentState.EXPIRED,
        PaymentState.CANCELLED,
    }
)
SETTLED = frozenset({PaymentState.PAID, PaymentState.PAID_LATE})


@dataclass(frozen=True, slots=True)
class Fit:
    """An intent that a line's money fits. ``is_known``: somebody has recorded it by hand."""

    intent: PaymentIntent
    is_known: bool


def accounts(session: Session, cooperative_id: int) -> Sequence[PaymentDestination]:
    """List the accounts that got money once, the present one first."""
    return session.scalars(
        select(PaymentDestination)
        .where(
            PaymentDestination.cooperative_id == cooperative_id,
            PaymentDestination.kind == DestinationKind.BANK,
            PaymentDestination.used_from.is_not(None),
        )
        .order_by(PaymentDestination.used_from.desc(), PaymentDestination.id.desc())
    ).all()


def account(session: Session, cooperative_id: int, account_id: UUID) -> PaymentDestination:
    """Fetch one account that got money once."""
    found = session.get(PaymentDestination, (cooperative_id, account_id))
    if found is None or found.kind is not DestinationKind.BANK or found.used_from is None:
        raise NotFound(say("Rekening ini tidak ada."))
    return found


def known_columns(session: Session, account_: PaymentDestination) -> dict[str, str]:
    """Give the headings that were mapped for this account; nothing when none were yet."""
    found = session.scalar(
        select(StatementColumns.headings).where(
            StatementColumns.cooperative_id == account_.cooperative_id,
            StatementColumns.account_id == account_.id,
        )
    )
    return dict(found or {})


def lines(
    session: Session, cooperative_id: int, state: LineState, *, page: int = 1, size: int = 50
) -> tuple[Sequence[BankLine], int]:
    """List money of a state, newest first; also says how many pages there are."""
    mine = BankLine.cooperative_id == cooperative_id, BankLine.state == state
    total = session.scalar(select(func.count()).select_from(BankLine).where(*mine)) or 0
    found = session.scalars(
        select(BankLine)
        .where(*mine)
        .order_by(BankLine.dated.desc(), BankLine.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return found, max(1, -(-total // size))


def open_lines(session: Session, cooperative_id: int, *, limit: int = 1_000) -> Sequence[BankLine]:
    """Fetch money that nobody has decided about, oldest first, locked for a decision."""
    return session.scalars(
        select(BankLine)
        .where(BankLine.cooperative_id == cooperative_id, BankLine.state == LineState.OPEN)
        .order_by(BankLine.dated, BankLine.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def open_count(session: Session, cooperative_id: int) -> int:
    """Count the money that nobody has decided about."""
    return (
        session.scalar(
            select(func.count())
            .select_from(BankLine)
            .where(BankLine.cooperative_id == cooperative_id, BankLine.state == LineState.OPEN)
        )
        or 0
    )


def line(session: Session, cooperative_id: int, line_id: UUID) -> BankLine:
    """Fetch one line, locked for a decision."""
    found = session.scalars(
        select(BankLine)
        .where(BankLine.cooperative_id == cooperative_id, BankLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(say("Baris mutasi ini tidak ada."))
    return found


def fits(session: Session, cooperative_id: int, of_lines: Collection[BankLine]) -> dict[UUID, Fit]:
    """Find by line what its money fits: same account, exact amount, not older than the order.

    Late money fits as long as its amount names the order. One intent fits one line, the
    oldest; what was recorded by hand fits only when nothing waits for the money.
    """
    ordered = sorted(of_lines, key=lambda each: (each.dated, each.id))
    candidates = _candidates(session, cooperative_id, ordered)
    found: dict[UUID, Fit] = {}
    taken: set[UUID] = set()
    for known in (False, True):
        for each in ordered:
            if each.id in found:
                continue
            for transfer, intent in candidates.get((each.account_id, each.amount.amount), ()):
                wanted = SETTLED if known else WAITING
                if intent.id in taken or intent.state not in wanted:
                    continue
                if _in_time(each, transfer, intent):
                    found[each.id] = Fit(intent, known)
                    taken.add(intent.id)
                    break
    return found


def _in_time(each: BankLine, transfer: Transfer, intent: PaymentIntent) -> bool:
    return local_day(intent.created_at) <= each.dated <= local_day(transfer.held_until)


def _candidates(
    session: Session, cooperative_id: int, of_lines: Sequence[BankLine]
) -> dict[tuple[UUID, int], list[tuple[Transfer, PaymentIntent]]]:
    """Fetch every intent of these accounts and amounts that no line has paid, newest first."""
    if not of_lines:
        return {}
    matched = (
        select(BankLine.id)
        .where(
            BankLine.cooperative_id == PaymentIntent.cooperative_id,
            BankLine.intent_id == PaymentIntent.id,
        )
        .exists()
    )
    rows = session.execute(
        select(Transfer, PaymentIntent)
        .join(
            PaymentIntent,
            (PaymentIntent.cooperative_id == Transfer.cooperative_id)
            & (PaymentIntent.id == Transfer.intent_id),
        )
        .where(
            Transfer.cooperative_id == cooperative_id,
            Transfer.account_id.in_({each.account_id for each in of_lines}),
            Transfer.amount.in_({each.amount for each in of_lines}),
            ~matched,
        )
        .order_by(Transfer.id.desc())
    )
    found: dict[tuple[UUID, int], list[tuple[Transfer, PaymentIntent]]] = {}
    for transfer, intent in rows:
        found.setdefault((transfer.account_id, transfer.amount.amount), []).append(
            (transfer, intent)
        )
    return found


def orders_paid_by(
    session: Session, cooperative_id: int, intent_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Say which order each intent pays for."""
    rows = session.execute(
        select(PaymentShare.intent_id, PaymentShare.order_id).where(
            PaymentShare.cooperative_id == cooperative_id,
            PaymentShare.intent_id.in_(list(intent_ids)),
        )
    )
    return {intent_id: order_id for intent_id, order_id in rows}  # noqa: C416 - rows, not pairs
