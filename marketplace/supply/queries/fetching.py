"""Who takes part in a round, when they come, and what still waits to be fetched and paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true
from sqlalchemy.orm import Session, aliased

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    RequestLine,
    SupplyPickup,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.queries.fetched import fetched_paid
from marketplace.supply.queries.interest import IN_ROUND
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.queries.shares import is_newest
from marketplace.supply.rules import RequestState

PER_PAGE = 50
_TO_FETCH = RequestLine.state == RequestState.ALLOCATED


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a member takes of a round: how many goods, and what is to be paid for those there.

    ``waiting`` counts the goods that have not come yet; ``slot`` is when the member comes.
    """

    member: Member
    goods: int
    waiting: int
    left: Rupiah
    slot: datetime | None


@dataclass(frozen=True, slots=True)
class Coming:
    """Which members are meant: by name, number or phone, and in which slot they come."""

    text: str = ""
    slot: datetime | None = None


ALL_COMING = Coming()


def taking_part(
    session: Session,
    pools: Sequence[SupplyPool],
    *,
    page: int,
    size: int = PER_PAGE,
    coming: Coming = ALL_COMING,
) -> tuple[list[Fetching], int]:
    """List a page of the members of a round by the register, and count them all."""
    rows = session.execute(
        _fetching(pools)
        .where(*_meant(coming))
        .group_by(*Member.__table__.primary_key, SupplyPickup.starts_at)
        .order_by(Member.number)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return [Fetching(*row[:5]) for row in rows], rows[0][5] if rows else 0


def _fetching(
    pools: Sequence[SupplyPool],
) -> Select[Member, int, int, Rupiah, datetime, int]:
    cooperative_id, ids = pools[0].cooperative_id, [pool.id for pool in pools]
    later = aliased(AllocationRun)
    newest = select(AllocationRun.id).where(
        AllocationRun.cooperative_id == cooperative_id,
        AllocationRun.pool_id.in_(ids),
        is_newest(later),
    )
    not_yet = RequestLine.state.in_((RequestState.OPEN, RequestState.LOCKED))
    return (
        select(
            Member,
            func.count(),
            func.count().filter(not_yet),
            total_of(Allocation.charge - fetched_paid(), only=_TO_FETCH),
            SupplyPickup.starts_at,
            func.count().over(),
        )
        .select_from(RequestLine)
        .join(Member, WHO_ASKED)
        .outerjoin(
            SupplyPickup,
            and_(
                SupplyPickup.cooperative_id == RequestLine.cooperative_id,
                SupplyPickup.round_id == pools[0].round_id,
                SupplyPickup.member_id == RequestLine.member_id,
            ),
        )
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
    )


def _meant(coming: Coming) -> list[ColumnElement[bool]]:
    by_text = members.matching(coming.text) if coming.text else true()
    in_slot = SupplyPickup.starts_at == coming.slot if coming.slot else true()
    return [by_text, in_slot]


def takes_part(session: Session, round_: SupplyRound, member_id: UUID) -> bool:
    """Say whether a member asked for something of a round."""
    of_round = exists().where(
        SupplyPool.cooperative_id == round_.cooperative_id,
        SupplyPool.round_id == round_.id,
        RequestLine.cooperative_id == SupplyPool.cooperative_id,
        RequestLine.pool_id == SupplyPool.id,
        RequestLine.member_id == member_id,
        RequestLine.state.in_(IN_ROUND),
    )
    return bool(session.scalar(select(of_round)))


def slot_of(session: Session, round_: SupplyRound, member_id: UUID) -> datetime | None:
    """Say when a member comes, if that was said."""
    return session.scalar(
        select(SupplyPickup.starts_at).where(
            SupplyPickup.cooperative_id == round_.cooperative_id,
            SupplyPickup.round_id == round_.id,
            SupplyPickup.member_id == member_id,
        )
    )


def coming_by_slot(session: Session, round_: SupplyRound) -> dict[datetime, int]:
    """Count who comes in which slot."""
    rows = session.execute(
        select(SupplyPickup.starts_at, func.count())
        .where(
            SupplyPickup.cooperative_id == round_.cooperative_id,
            SupplyPickup.round_id == round_.id,
        )
        .group_by(SupplyPickup.starts_at)
    )
    return {starts_at: count for starts_at, count in rows}  # noqa: C416 - rows, not pairs
