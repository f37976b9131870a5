"""What must hold of prices above what members allowed: asked about first, charged after a yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.audit.supply import is_last, last_numbers
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    PriceAnswer,
    RequestLine,
    SupplyItem,
    SupplyPool,
)
from marketplace.supply.queries import cap_of
from marketplace.supply.rules import PriceFor, RequestState, must_ask
from marketplace.supply.service import announced

Rows = Iterator[tuple[str, str]]
STATES = (RequestState.ALLOCATED, RequestState.PRICE_ASKED, RequestState.DECLINED)


def agreed(session: Session, _at: datetime) -> Rows:
    """Find shares above a limit without a question or a yes, and shares of who said no."""
    last = last_numbers()
    rows = session.execute(
        select(RequestLine, Allocation, SupplyPool, SupplyItem)
        .join(
            Allocation,
            and_(
                Allocation.cooperative_id == RequestLine.cooperative_id,
                Allocation.line_id == RequestLine.id,
            ),
        )
        .join(
            AllocationRun,
            and_(
                AllocationRun.cooperative_id == Allocation.cooperative_id,
                AllocationRun.id == Allocation.run_id,
            ),
        )
        .join(last, is_last(last))
        .join(
            SupplyPool,
            and_(
                SupplyPool.cooperative_id == RequestLine.cooperative_id,
                SupplyPool.id == RequestLine.pool_id,
            ),
        )
        .join(
            SupplyItem,
            and_(
                SupplyItem.cooperative_id == SupplyPool.cooperative_id,
                SupplyItem.id == SupplyPool.item_id,
            ),
        )
        .where(RequestLine.state.in_(STATES))
    ).all()
    accepted = _accepted(session)
    for line, share, pool, item in rows:
        found = _found(line, share, pool, item, accepted[line.cooperative_id, line.id])
        if found:
            yield f"supply_request_lines {line.cooperative_id}/{line.id}", found


def _found(
    line: RequestLine,
    share: Allocation,
    pool: SupplyPool,
    item: SupplyItem,
    accepted: list[PriceFor],
) -> str | None:
    if line.state is RequestState.DECLINED:
        return f"said no and has {share.given}" if share.given or share.charge else None
    if not share.given:
        return "has a price and no goods"
    price = PriceFor(share.charge.amount, share.given)
    limits = [PriceFor(announced(pool, share.given).amount, share.given)]
    cap = cap_of(line, item)
    if must_ask(price, [*limits, cap] if cap else limits, accepted) is not (
        line.state is RequestState.PRICE_ASKED
    ):
        return f"{share.charge} for {share.given}, and is {line.state.value}"
    return None


def _accepted(session: Session) -> dict[tuple[int, UUID], list[PriceFor]]:
    found: dict[tuple[int, UUID], list[PriceFor]] = defaultdict(list)
    for said in session.scalars(select(PriceAnswer).where(PriceAnswer.accepted)):
        price = PriceFor(said.charge.amount, said.given)
        found[said.cooperative_id, said.line_id].append(price)
    return found
