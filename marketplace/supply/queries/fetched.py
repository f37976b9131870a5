"""What members have fetched of their shares so far, and what they paid for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.supply.models import RequestLine, SupplyHandOver, SupplyPool
from marketplace.supply.rules import Charge

IN_FORCE = SupplyHandOver.undone_at.is_(None)
OF_LINE = and_(
    SupplyHandOver.cooperative_id == RequestLine.cooperative_id,
    SupplyHandOver.line_id == RequestLine.id,
    IN_FORCE,
)


@dataclass(slots=True)
class Fetched:
    """All parts of one share that were handed over and not taken back, oldest first."""

    hands: list[SupplyHandOver] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        """Add up what was fetched, in base units."""
        return sum(hand.quantity for hand in self.hands)

    @property
    def parts(self) -> Charge:
        """Add up what it cost, part by part."""
        return sum((hand.parts for hand in self.hands), Charge())

    @property
    def last(self) -> SupplyHandOver:
        """Give the part that was fetched last."""
        return self.hands[-1]


NOTHING_FETCHED = Fetched()


def fetched_quantity() -> ColumnElement[int]:
    """Add up in the database what was fetched of a wish."""
    return (
        select(func.coalesce(func.sum(SupplyHandOver.quantity), 0))
        .where(OF_LINE)
        .correlate(RequestLine)
        .scalar_subquery()
    )


def fetched_paid() -> ColumnElement[Rupiah]:
    """Add up in the database what was paid for what was fetched of a wish."""
    return (
        select(total_of(SupplyHandOver.paid)).where(OF_LINE).correlate(RequestLine)
        .scalar_subquery()
    )  # fmt: skip


def fetched_of(session: Session, lines: Sequence[RequestLine]) -> dict[UUID, Fetched]:
    """Fetch what was handed over of some wishes and not taken back, by line."""
    if not lines:
        return {}
    return _by_line(
        session.scalars(
            select(SupplyHandOver)
            .where(
                SupplyHandOver.cooperative_id == lines[0].cooperative_id,
                SupplyHandOver.line_id.in_([line.id for line in lines]),
                IN_FORCE,
            )
            .order_by(SupplyHandOver.id)
        )
    )


def fetched_in(session: Session, pool: SupplyPool) -> dict[UUID, Fetched]:
    """Fetch what was handed over of a pool's wishes and not taken back, by line."""
    return _by_line(
        session.scalars(
            select(SupplyHandOver)
            .join(RequestLine, OF_LINE)
            .where(
                SupplyHandOver.cooperative_id == pool.cooperative_id,
                RequestLine.pool_id == pool.id,
            )
            .order_by(SupplyHandOver.id)
        )
    )


def _by_line(hands: Iterable[SupplyHandOver]) -> dict[UUID, Fetched]:
    found: dict[UUID, Fetched] = {}
    for hand in hands:
        found.setdefault(hand.line_id, Fetched()).hands.append(hand)
    return found
