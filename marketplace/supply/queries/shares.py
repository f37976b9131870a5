"""What wishes got in the sharing-out that counts now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.supply.models import Allocation, AllocationRun, RequestLine


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


def is_newest(later: type[AllocationRun]) -> ColumnElement[bool]:
    """Say that no run of the same pool has a higher number; ``later`` is an alias of its own."""
    return ~exists().where(
        later.cooperative_id == AllocationRun.cooperative_id,
        later.pool_id == AllocationRun.pool_id,
        later.number > AllocationRun.number,
    )


def shares_shown(
    session: Session,
    cooperative_id: int,
    pool_ids: Sequence[UUID],
    line_ids: Collection[UUID] | None,
) -> tuple[dict[UUID, AllocationRun], dict[UUID, Allocation]]:
    """Give the runs that count now by pool, and what some lines (None: all) got in them."""
    of_run: list[ColumnElement[bool]] = [
        Allocation.cooperative_id == AllocationRun.cooperative_id,
        Allocation.run_id == AllocationRun.id,
    ]
    if line_ids is not None:
        of_run.append(Allocation.line_id.in_(line_ids))
    rows = session.execute(
        select(AllocationRun, Allocation)
        .outerjoin(Allocation, and_(*of_run))
        .where(
            AllocationRun.cooperative_id == cooperative_id,
            AllocationRun.pool_id.in_(list(pool_ids)),
            is_newest(aliased(AllocationRun)),
        )
    ).all()
    runs = {run.pool_id: run for run, _ in rows}
    return runs, {share.line_id: share for _, share in rows if share is not None}
