"""What must hold of costs beside the goods: split whole, charged, in the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.audit.supply import is_last, last_numbers
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    CostLine,
    CostShare,
    RequestLine,
    SupplyHandOver,
    SupplyPool,
)
from marketplace.supply.queries.costs import OF_COST
from marketplace.supply.queries.fetched import OF_LINE
from marketplace.supply.rules import COST_PURSES, margin_on
from marketplace.supply.service.booking import COST

Rows = Iterator[tuple[str, str]]
NOTHING = Rupiah(0)


def shares(session: Session, _at: datetime) -> Rows:
    """Find costs whose parts do not make them, or that their goods do not charge."""
    rows = session.execute(
        select(CostLine.cooperative_id, CostLine.id, CostLine.amount, total_of(CostShare.amount))
        .outerjoin(CostShare, OF_COST)
        .group_by(CostLine.cooperative_id, CostLine.id, CostLine.amount)
    )
    for shop, cost_id, amount, parts in rows:
        if amount != parts:
            yield f"supply_cost_lines {shop}/{cost_id}", f"{amount}, its parts {parts}"
    borne = {
        (shop, pool_id): amount
        for shop, pool_id, amount in session.execute(
            select(CostShare.cooperative_id, CostShare.pool_id, total_of(CostShare.amount))
            .join(CostLine, OF_COST)
            .where(CostLine.undone_at.is_(None))
            .group_by(CostShare.cooperative_id, CostShare.pool_id)
        )
    }
    last = last_numbers()
    for run in session.scalars(select(AllocationRun).join(last, is_last(last))):
        there = borne.get((run.cooperative_id, run.pool_id), NOTHING)
        if run.costs != there:
            row = f"supply_pools {run.cooperative_id}/{run.pool_id}"
            yield row, f"charged for costs of {run.costs}, there are {there}"


def margins(session: Session, _at: datetime) -> Rows:
    """Find margins that are not what was announced, and hand-overs that booked another one."""
    rows = session.execute(
        select(Allocation, SupplyPool.margin)
        .join(
            AllocationRun,
            and_(
                AllocationRun.cooperative_id == Allocation.cooperative_id,
                AllocationRun.id == Allocation.run_id,
            ),
        )
        .join(
            SupplyPool,
            and_(
                SupplyPool.cooperative_id == AllocationRun.cooperative_id,
                SupplyPool.id == AllocationRun.pool_id,
            ),
        )
    )
    for share, basis_points in rows:
        right = margin_on(share.parts.landed, basis_points)
        if share.margin.amount != right:
            row = f"supply_allocations {share.cooperative_id}/{share.id}"
            yield row, f"margin {share.margin}, by the rate {Rupiah(right)}"
    yield from _margins_paid(session)


def _margins_paid(session: Session) -> Rows:
    """Compare the margin paid with what was fetched of each share with the rate."""
    landed = SupplyHandOver.goods - SupplyHandOver.discount + SupplyHandOver.costs
    rows = session.execute(
        select(
            SupplyHandOver.cooperative_id,
            SupplyHandOver.line_id,
            SupplyPool.margin,
            total_of(landed),
            total_of(SupplyHandOver.margin),
        )
        .join(RequestLine, OF_LINE)
        .join(
            SupplyPool,
            and_(
                SupplyPool.cooperative_id == RequestLine.cooperative_id,
                SupplyPool.id == RequestLine.pool_id,
            ),
        )
        .group_by(SupplyHandOver.cooperative_id, SupplyHandOver.line_id, SupplyPool.margin)
    )
    for shop, line_id, basis_points, cost, paid in rows:
        right = margin_on(cost.amount, basis_points)
        if paid.amount != right:
            row = f"supply_hand_overs {shop}/{line_id}"
            yield row, f"margin {paid}, by the rate {Rupiah(right)}"


def entries(session: Session, _at: datetime) -> Rows:
    """Compare each cost with its entry, which is mirrored when it was taken back."""
    booked = _booked(session)
    for line in session.scalars(select(CostLine)):
        found = booked.pop((line.cooperative_id, line.id), None)
        said = (COST_PURSES[line.paid_from], line.amount, line.undone_at is not None)
        if found != said:
            row = f"supply_cost_lines {line.cooperative_id}/{line.id}"
            yield row, f"{line.amount} from {line.paid_from.value}, its entry says otherwise"
    for shop, cost_id in booked:
        yield f"supply_cost_lines {shop}/{cost_id}", "has an entry and is no cost"


def _booked(session: Session) -> dict[tuple[int, UUID | None], tuple[Purpose | None, Rupiah, bool]]:
    account, mirror = aliased(LedgerAccount), aliased(LedgerEntry)
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            account.purpose,
            LedgerLine.amount,
            func.count(mirror.id),
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            account,
            and_(
                account.cooperative_id == LedgerLine.cooperative_id,
                account.id == LedgerLine.credit_id,
            ),
        )
        .outerjoin(
            mirror,
            and_(
                mirror.cooperative_id == LedgerEntry.cooperative_id,
                mirror.reverses_id == LedgerEntry.id,
            ),
        )
        .where(LedgerEntry.source_type == COST)
        .group_by(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            LedgerEntry.id,
            account.purpose,
            LedgerLine.amount,
        )
    )
    return {
        (shop, cost_id): (purpose, amount, mirrors > 0)
        for shop, cost_id, purpose, amount, mirrors in rows
    }
