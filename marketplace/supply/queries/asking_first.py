"""Shares whose price is above what a member allowed, and what was said to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    PriceAnswer,
    RequestLine,
    StandingRequest,
    SupplyItem,
    SupplyPool,
)
from marketplace.supply.queries.requests import WHAT_GOOD, WHO_ASKED
from marketplace.supply.queries.shares import RUN_OF_LINE, SHARE_IN_RUN, is_newest
from marketplace.supply.rules import PriceFor


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """A share whose price its member may be asked about."""

    line: RequestLine
    member: Member
    share: Allocation
    pool: SupplyPool
    item: SupplyItem


def price_question(session: Session, line: RequestLine, number: int, place: int) -> PriceQuestion:
    """Fetch what a wish for a good of a round got; one question for all of it."""
    row = (
        session.execute(
            select(RequestLine, Member, Allocation, SupplyPool, SupplyItem)
            .join(Member, WHO_ASKED)
            .join(AllocationRun, and_(RUN_OF_LINE, is_newest(aliased(AllocationRun))))
            .join(Allocation, SHARE_IN_RUN)
            .join(
                SupplyPool,
                and_(
                    SupplyPool.cooperative_id == RequestLine.cooperative_id,
                    SupplyPool.id == RequestLine.pool_id,
                ),
            )
            .join(SupplyItem, WHAT_GOOD)
            .where(RequestLine.cooperative_id == line.cooperative_id, RequestLine.id == line.id)
            .options(joinedload(SupplyPool.packs), joinedload(SupplyItem.rungs))
        )
        .unique()
        .first()
    )
    found = PriceQuestion(*row) if row is not None else None
    if found is None or (found.pool.number, found.pool.place) != (number, place):
        raise NotFound(say("Tidak ada harga yang ditanyakan untuk permintaan ini."))
    return found


def cap_of(line: RequestLine | StandingRequest, item: SupplyItem) -> PriceFor | None:
    """Give what a member allowed for the unit in which they asked; None when they did not say."""
    if line.price_cap is None:
        return None
    factors = {rung.id: rung.factor for rung in item.rungs}
    factor = item.factor if line.rung_id is None else factors[line.rung_id]
    return PriceFor(line.price_cap.amount, factor)


def price_answers(session: Session, lines: Sequence[RequestLine]) -> Sequence[PriceAnswer]:
    """List what was said to prices of some wishes, the oldest first."""
    if not lines:
        return []
    return session.scalars(
        select(PriceAnswer)
        .where(
            PriceAnswer.cooperative_id == lines[0].cooperative_id,
            PriceAnswer.line_id.in_([line.id for line in lines]),
        )
        .order_by(PriceAnswer.id)
    ).all()


def accepted_prices(session: Session, lines: Sequence[RequestLine]) -> dict[UUID, list[PriceFor]]:
    """Give the prices to which members said yes, by wish."""
    found: dict[UUID, list[PriceFor]] = {}
    for said in price_answers(session, lines):
        if said.accepted:
            found.setdefault(said.line_id, []).append(PriceFor(said.charge.amount, said.given))
    return found
