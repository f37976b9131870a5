"""Reading where a cooperative's money goes, and where it will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import Account
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import DestinationKind, DestinationState

SHOWN = (DestinationState.IN_USE, DestinationState.PROPOSED, DestinationState.APPROVED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A destination with the names of who proposed and approved it."""

    destination: PaymentDestination
    proposed_by: str | None
    approved_by: str | None


def destination(session: Session, cooperative_id: int, destination_id: UUID) -> PaymentDestination:
    """Fetch one of a cooperative's destinations, locked for a change."""
    found = session.scalars(
        select(PaymentDestination)
        .where(
            PaymentDestination.cooperative_id == cooperative_id,
            PaymentDestination.id == destination_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(say("Tujuan uang ini tidak ada."))
    return found


def in_use(
    session: Session, cooperative_id: int, kind: DestinationKind
) -> PaymentDestination | None:
    """Fetch the destination of a kind that is in use."""
    return session.scalar(
        select(PaymentDestination).where(
            PaymentDestination.cooperative_id == cooperative_id,
            PaymentDestination.kind == kind,
            PaymentDestination.state == DestinationState.IN_USE,
        )
    )


def was_set(session: Session, cooperative_id: int, kind: DestinationKind) -> bool:
    """Say whether money of this kind has ever gone anywhere."""
    found = session.scalar(
        select(PaymentDestination.id)
        .where(
            PaymentDestination.cooperative_id == cooperative_id,
            PaymentDestination.kind == kind,
            PaymentDestination.used_from.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def shown_destinations(session: Session, cooperative_id: int) -> list[Shown]:
    """List what is in use and what is on its way, with who stands behind it."""
    proposer, approver = aliased(Account), aliased(Account)
    rows = session.execute(
        select(PaymentDestination, proposer.name, approver.name)
        .outerjoin(proposer, proposer.id == PaymentDestination.proposed_by)
        .outerjoin(approver, approver.id == PaymentDestination.approved_by)
        .where(
            PaymentDestination.cooperative_id == cooperative_id,
            PaymentDestination.state.in_(SHOWN),
        )
        .order_by(PaymentDestination.id)
    )
    return [Shown(*row) for row in rows]


# Every checkout asks it; building it costs as much as asking.
_DUE = (
    select(PaymentDestination.cooperative_id, PaymentDestination.id)
    .where(
        PaymentDestination.state == DestinationState.APPROVED,
        PaymentDestination.effective_at <= bindparam("at"),
    )
    .order_by(PaymentDestination.cooperative_id, PaymentDestination.id)
    .limit(200)
)


def due_destinations(session: Session, *, at: datetime) -> Sequence[tuple[int, UUID]]:
    """List approved destinations whose time has come, in one lock order."""
    rows = session.execute(_DUE, {"at": at})
    return [(cooperative_id, id_) for cooperative_id, id_ in rows]
