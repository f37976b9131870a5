"""What must hold of buying together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Purpose
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplierClaim,
)
from marketplace.supply.rules import ClaimState

_CLAIMED = func.coalesce(SupplierClaim.amount, literal_column("0"))
# What members had fetched beyond what came is the cooperative's loss, and did not come.
_OUT = func.coalesce(func.sum(Allocation.given), 0) + AllocationRun.to_stock - AllocationRun.shrunk
Rows = Iterator[tuple[str, str]]


def goods(session: Session, _at: datetime) -> Rows:
    """Find runs that give out more or less than has arrived whole."""
    rows = session.execute(
        select(
            AllocationRun.cooperative_id,
            AllocationRun.id,
            AllocationRun.available,
            _OUT,
        )
        .outerjoin(Allocation, _of_run())
        .group_by(
            AllocationRun.cooperative_id,
            AllocationRun.id,
            AllocationRun.available,
            AllocationRun.to_stock,
            AllocationRun.shrunk,
        )
        .having(AllocationRun.available != _OUT)
    )
    for cooperative_id, run_id, available, given in rows:
        yield f"supply_allocation_runs {cooperative_id}/{run_id}", f"{available} came, {given} out"


def bills(session: Session, _at: datetime) -> Rows:
    """Find runs whose charges do not make the bill, or whose bill is not that of the receipts."""
    charged = func.coalesce(func.sum(Allocation.charge), 0) + AllocationRun.stock_cost
    billed = AllocationRun.cost + AllocationRun.costs + AllocationRun.margin
    all_in = billed + AllocationRun.shrunk_cost
    rows = session.execute(
        select(AllocationRun.cooperative_id, AllocationRun.id, all_in, charged)
        .outerjoin(Allocation, _of_run())
        .group_by(
            AllocationRun.cooperative_id,
            AllocationRun.id,
            AllocationRun.cost,
            AllocationRun.costs,
            AllocationRun.margin,
            AllocationRun.stock_cost,
            AllocationRun.shrunk_cost,
        )
        .having(charged != all_in)
    )
    for cooperative_id, run_id, cost, total in rows:
        yield f"supply_allocation_runs {cooperative_id}/{run_id}", f"cost {cost}, charged {total}"
    yield from _receipts(session)


def _receipts(session: Session) -> Rows:
    last = last_numbers()
    paid = GoodsReceipt.cost - GoodsReceipt.contested + GoodsReceipt.from_claim
    charged = func.coalesce(func.sum(paid), literal_column("0"))
    good = func.coalesce(
        func.sum(GoodsReceipt.quantity - GoodsReceipt.damaged), literal_column("0")
    )
    rows = session.execute(
        select(
            AllocationRun.cooperative_id,
            AllocationRun.pool_id,
            AllocationRun.cost,
            AllocationRun.available,
            charged,
            good,
        )
        .join(last, is_last(last))
        .outerjoin(
            GoodsReceipt,
            and_(
                GoodsReceipt.cooperative_id == AllocationRun.cooperative_id,
                GoodsReceipt.pool_id == AllocationRun.pool_id,
                GoodsReceipt.reversed_at.is_(None),
            ),
        )
        .group_by(
            AllocationRun.cooperative_id,
            AllocationRun.pool_id,
            AllocationRun.cost,
            AllocationRun.available,
        )
        .having((charged != AllocationRun.cost) | (good != AllocationRun.available))
    )
    for cooperative_id, pool_id, cost, available, said, came in rows:
        yield (
            f"supply_pools {cooperative_id}/{pool_id}",
            f"shared {available} for {cost}, receipts {came} for {said}",
        )


def wishes(session: Session, _at: datetime) -> Rows:
    """Find members who got more than they allowed, or less than the least they accept.

    Who has fetched just what they got has accepted it.
    """
    rows = session.execute(
        select(Allocation.cooperative_id, Allocation.id, Allocation.given)
        .join(
            RequestLine,
            and_(
                RequestLine.cooperative_id == Allocation.cooperative_id,
                RequestLine.id == Allocation.line_id,
            ),
        )
        .where(
            (Allocation.given > RequestLine.flex_max)
            | (
                (Allocation.given > 0)
                & (Allocation.given < RequestLine.accept_min)
                & (Allocation.given != Allocation.fetched)
            )
        )
    )
    for cooperative_id, allocation_id, given in rows:
        yield f"supply_allocations {cooperative_id}/{allocation_id}", f"given {given}"


def claims(session: Session, _at: datetime) -> Rows:
    """Match what was contested with its claim, and what claims brought with what it cost."""
    for kept, link, words in (
        (GoodsReceipt.contested, SupplierClaim.receipt_id, "contested {}, claimed {}"),
        (GoodsReceipt.from_claim, SupplierClaim.brought_by, "came for {}, claims say {}"),
    ):
        rows = session.execute(
            select(GoodsReceipt.cooperative_id, GoodsReceipt.id, kept, _CLAIMED)
            .outerjoin(SupplierClaim, _claim_with(link))
            .where(kept != _CLAIMED)
        )
        for shop, receipt_id, here, there in rows:
            yield f"supply_receipts {shop}/{receipt_id}", words.format(here, there)


def _claim_with(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return and_(
        SupplierClaim.cooperative_id == GoodsReceipt.cooperative_id, column == GoodsReceipt.id
    )


def claimed(session: Session, _at: datetime) -> Rows:
    """Compare claims that are still open with the account that keeps them."""
    rows = session.execute(
        select(SupplierClaim.cooperative_id, total_of(SupplierClaim.amount))
        .where(SupplierClaim.state == ClaimState.OPEN)
        .group_by(SupplierClaim.cooperative_id)
    )
    owed = {shop: amount for shop, amount in rows}  # noqa: C416 - rows, not pairs
    accounts = session.execute(
        select(
            LedgerAccount.cooperative_id,
            total_of(LedgerAccount.debit),
            total_of(LedgerAccount.credit),
        )
        .where(LedgerAccount.purpose == Purpose.SUPPLIER_CLAIMS)
        .group_by(LedgerAccount.cooperative_id)
    )
    kept = {shop: debit - credit for shop, debit, credit in accounts}
    for shop in sorted({*owed, *kept}):
        one, other = owed.get(shop, Rupiah(0)), kept.get(shop, Rupiah(0))
        if one != other:
            yield f"cooperatives {shop}", f"suppliers owe {one}, the books keep {other}"


def last_numbers() -> Subquery:
    """Give the number of the sharing-out of each pool that counts."""
    return (
        select(
            AllocationRun.cooperative_id,
            AllocationRun.pool_id,
            func.max(AllocationRun.number).label("number"),
        )
        .group_by(AllocationRun.cooperative_id, AllocationRun.pool_id)
        .subquery()
    )


def is_last(last: Subquery) -> ColumnElement[bool]:
    """Join a run to its number in ``last_numbers``."""
    return and_(
        last.c.cooperative_id == AllocationRun.cooperative_id,
        last.c.pool_id == AllocationRun.pool_id,
        last.c.number == AllocationRun.number,
    )


def _of_run() -> ColumnElement[bool]:
    return and_(
        Allocation.cooperative_id == AllocationRun.cooperative_id,
        Allocation.run_id == AllocationRun.id,
    )
