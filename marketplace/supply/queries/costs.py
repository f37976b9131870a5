"""What rounds cost beside their goods."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply.models import CostLine, CostShare, SupplyPool, SupplyRound
from marketplace.supply.rules import Cost

OF_COST = and_(
    CostLine.cooperative_id == CostShare.cooperative_id, CostLine.id == CostShare.cost_id
)


def costs_of(session: Session, pool: SupplyPool) -> list[Cost]:
    """List a good's parts of all costs that were not taken back, oldest first."""
    rows = session.execute(
        select(CostShare.amount, CostLine.split_by)
        .join(CostLine, OF_COST)
        .where(
            CostShare.cooperative_id == pool.cooperative_id,
            CostShare.pool_id == pool.id,
            CostLine.undone_at.is_(None),
        )
        .order_by(CostLine.id)
    )
    return [Cost(amount.amount, key) for amount, key in rows]


def cost_lines(
    session: Session, round_: SupplyRound, *, of: SupplyPool | None = None
) -> Sequence[CostLine]:
    """List the costs of a round, or those of which one good bears a part, oldest first."""
    chosen: ColumnElement[bool] = CostLine.round_id == round_.id
    if of is not None:
        chosen = chosen & CostLine.id.in_(
            select(CostShare.cost_id).where(
                CostShare.cooperative_id == round_.cooperative_id,
                CostShare.pool_id == of.id,
                CostShare.amount > 0,
            )
        )
    return session.scalars(
        select(CostLine)
        .where(CostLine.cooperative_id == round_.cooperative_id, chosen)
        .order_by(CostLine.id)
    ).all()


def cost_line(session: Session, round_: SupplyRound, cost_id: UUID) -> CostLine:
    """Fetch one cost of a round."""
    found = session.get(CostLine, (round_.cooperative_id, cost_id))
    if found is None or found.round_id != round_.id:
        raise NotFound(say("Ongkos ini tidak ada."))
    return found
