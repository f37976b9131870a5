"""Who takes part in a round, and what of it still waits to be fetched and paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply.models import Allocation, AllocationRun, RequestLine, SupplyPool
from marketplace.supply.queries.fetched import fetched_paid
from marketplace.supply.queries.interest import IN_ROUND
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.queries.shares import is_newest
from marketplace.supply.rules import RequestState

PER_PAGE = 50


def _to_fetch() -> ColumnElement[bool]:
    return RequestLine.state == RequestState.ALLOCATED


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a member takes of a round: how many goods, and what is to be paid for those there."""

    member: Member
    goods: int
    left: Rupiah


def taking_part(
    session: Session, pools: Sequence[SupplyPool], *, page: int, size: int = PER_PAGE
) -> tuple[list[Fetching], int]:
    """List a page of the members of a round by the register, and count them all."""
    cooperative_id, ids = pools[0].cooperative_id, [pool.id for pool in pools]
    later = aliased(AllocationRun)
    newest = select(AllocationRun.id).where(
        AllocationRun.cooperative_id == cooperative_id,
        AllocationRun.pool_id.in_(ids),
        is_newest(later),
    )
    rows = session.execute(
        select(
            Member,
            func.count(),
            total_of(Allocation.charge - fetched_paid(), only=_to_fetch()),
            func.count().over(),
        )
        .select_from(RequestLine)
        .join(Member, WHO_ASKED)
        .outerjoin(
            Allocation,
            and_(
                Allocation.cooperative_id == RequestLine.cooperative_id,
                Allocation.line_id == RequestLine.id,
                Allocation.run_id.in_(newest),
            ),
        )
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.pool_id.in_(ids),
            RequestLine.state.in_(IN_ROUND),
        )
        .group_by(*Member.__table__.primary_key)
        .order_by(Member.number)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return [Fetching(*row[:3]) for row in rows], rows[0][3] if rows else 0
