"""Whether deliveries, and what members had fetched beyond them, are in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.audit.supply import is_last, last_numbers
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose
from marketplace.supply.models import (
    AllocationRun,
    GoodsReceipt,
    PurchaseOrder,
    PurchaseOrderLine,
)
from marketplace.supply.queries.purchase_orders import ITS_LINES
from marketplace.supply.service.booking import RECEIPT, SHRUNK

Rows = Iterator[tuple[str, str]]


def entries(session: Session, _at: datetime) -> Rows:
    """Compare each delivery with its entry, which is mirrored when it was taken back."""
    booked = _booked(session)
    for receipt in session.scalars(select(GoodsReceipt)):
        total = receipt.cost + receipt.from_claim
        found = booked.pop((receipt.cooperative_id, receipt.id), None)
        said = (total, receipt.reversed_at is not None) if total else None
        if found != said:
            row = f"supply_receipts {receipt.cooperative_id}/{receipt.id}"
            yield row, f"{total}, its entry says otherwise"
    for shop, receipt_id in booked:
        yield f"supply_receipts {shop}/{receipt_id}", "has an entry and is no delivery"


def receivers(session: Session, _at: datetime) -> Rows:
    """Find deliveries noted by who had approved their order, where another could have done it."""
    rows = session.execute(
        select(GoodsReceipt.cooperative_id, GoodsReceipt.id, PurchaseOrder.number)
        .join(
            PurchaseOrderLine,
            and_(
                PurchaseOrderLine.cooperative_id == GoodsReceipt.cooperative_id,
                PurchaseOrderLine.pool_id == GoodsReceipt.pool_id,
                PurchaseOrderLine.given_up_at.is_(None),
            ),
        )
        .join(PurchaseOrder, ITS_LINES)
        .where(PurchaseOrder.approved_by == GoodsReceipt.received_by, ~GoodsReceipt.alone)
        .distinct()
    )
    for shop, receipt_id, number in rows:
        row = f"supply_receipts {shop}/{receipt_id}"
        yield row, f"noted by who approved order {number}"


def _booked(session: Session) -> dict[tuple[int, UUID | None], tuple[Rupiah, bool]]:
    mirror = aliased(LedgerEntry)
    mirrored = exists().where(
        mirror.cooperative_id == LedgerEntry.cooperative_id,
        mirror.reverses_id == LedgerEntry.id,
    )
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            total_of(LedgerLine.amount),
            mirrored,
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .where(LedgerEntry.source_type == RECEIPT)
        .group_by(LedgerEntry.cooperative_id, LedgerEntry.id, LedgerEntry.source_id)
    )
    return {(shop, receipt_id): (amount, bool(undone)) for shop, receipt_id, amount, undone in rows}


def shrinkage(session: Session, _at: datetime) -> Rows:
    """Compare what members had fetched beyond what came with what the books bear for it."""
    booked = _shrunk(session)
    last = last_numbers()
    for run in session.scalars(select(AllocationRun).join(last, is_last(last))):
        there = booked.pop((run.cooperative_id, run.pool_id), 0)
        if run.shrunk_cost.amount != there:
            row = f"supply_pools {run.cooperative_id}/{run.pool_id}"
            yield row, f"fetched {run.shrunk_cost} beyond what came, booked {Rupiah(there)}"


def _shrunk(session: Session) -> Counter[tuple[int, UUID]]:
    """Add up what was booked as borne, less what later deliveries made up for, by good."""
    debit = aliased(LedgerAccount)
    rows = session.execute(
        select(
            AllocationRun.cooperative_id, AllocationRun.pool_id, debit.purpose, LedgerLine.amount
        )
        .join(
            LedgerEntry,
            and_(
                LedgerEntry.cooperative_id == AllocationRun.cooperative_id,
                LedgerEntry.source_id == AllocationRun.id,
            ),
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            debit,
            and_(
                debit.cooperative_id == LedgerLine.cooperative_id, debit.id == LedgerLine.debit_id
            ),
        )
        .where(LedgerEntry.source_type == SHRUNK)
    )
    found: Counter[tuple[int, UUID]] = Counter()
    for shop, pool_id, purpose, amount in rows:
        found[shop, pool_id] += amount.amount if purpose is Purpose.STOCK else -amount.amount
    return found
