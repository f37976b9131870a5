"""What wishes got in the sharing-out that counts now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.supply.models import Allocation, AllocationRun, RequestLine

RUN_OF_LINE = and_(
    AllocationRun.cooperative_id == RequestLine.cooperative_id,
    AllocationRun.pool_id == RequestLine.pool_id,
)
SHARE_IN_RUN = and_(
    Allocation.cooperative_id == AllocationRun.cooperative_id,
    Allocation.run_id == AllocationRun.id,
    Allocation.line_id == RequestLine.id,
)


def shares_now(session: Session, lines: Sequence[RequestLine]) -> dict[UUID, Allocation]:
    """Fetch what these wishes got in the sharing-out that counts now, by line."""
    if not lines:
        return {}
    later = aliased(AllocationRun)
    rows = session.scalars(
        select(Allocation)
        .join(
            AllocationRun,
            and_(
                AllocationRun.cooperative_id == Allocation.cooperative_id,
                AllocationRun.id == Allocation.run_id,
            ),
        )
        .where(
            Allocation.cooperative_id == lines[0].cooperative_id,
            Allocation.line_id.in_([line.id for line in lines]),
            is_newest(later),
        )
    )
    return {share.line_id: share for share in rows}


def shares_in(session: Session, run: AllocationRun) -> Sequence[Allocation]:
    """List what every wish got in one sharing-out."""
    return session.scalars(
        select(Allocation).where(
            Allocation.cooperative_id == run.cooperative_id, Allocation.run_id == run.id
        )
    ).all()


def is_newest(later: type[AllocationRun]) -> ColumnElement[bool]:
    """Say that no run of the same pool has a higher number; ``later`` is an alias of its own."""
    newer = exists().where(
        later.cooperative_id == AllocationRun.cooperative_id,
        later.pool_id == AllocationRun.pool_id,
        later.number > AllocationRun.number,
    )
    return ~newer.correlate(AllocationRun)
