"""What suppliers still owe, and how reliable each of them was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply.models import GoodsReceipt, Supplier, SupplierClaim, SupplyPool
from marketplace.supply.rules import ClaimState, ReceiptReason

MOST_DELIVERIES = 200
OF_DELIVERY = and_(
    GoodsReceipt.cooperative_id == SupplierClaim.cooperative_id,
    GoodsReceipt.id == SupplierClaim.receipt_id,
)
OF_POOL = and_(
    SupplyPool.cooperative_id == GoodsReceipt.cooperative_id,
    SupplyPool.id == GoodsReceipt.pool_id,
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with the delivery and the good it is about."""

    claim: SupplierClaim
    receipt: GoodsReceipt
    pool: SupplyPool


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the last deliveries of a supplier were, in numbers of deliveries."""

    deliveries: int = 0
    short: int = 0
    damaged: int = 0
    dearer: int = 0
    late: int = 0


def _views(cooperative_id: int) -> Select[SupplierClaim, GoodsReceipt, SupplyPool]:
    return (
        select(SupplierClaim, GoodsReceipt, SupplyPool)
        .join(GoodsReceipt, OF_DELIVERY)
        .join(SupplyPool, OF_POOL)
        .where(SupplierClaim.cooperative_id == cooperative_id)
    )


def claims_on_suppliers(
    session: Session, cooperative_id: int, *, page: int, size: int = 20
) -> tuple[list[ClaimView], int]:
    """List claims, open ones first, then the newest; also says how many pages there are."""
    total = session.scalar(
        select(func.count())
        .select_from(SupplierClaim)
        .where(SupplierClaim.cooperative_id == cooperative_id)
    )
    rows = session.execute(
        _views(cooperative_id)
        .order_by(SupplierClaim.state != ClaimState.OPEN, SupplierClaim.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [ClaimView(*row) for row in rows], max(1, -(-(total or 0) // size))


def claims_before(
    session: Session,
    cooperative_id: int,
    *,
    state: ClaimState | None,
    before: UUID | None,
    limit: int,
) -> list[ClaimView]:
    """List claims newest first, those older than one of them."""
    chosen = _views(cooperative_id).order_by(SupplierClaim.id.desc()).limit(limit)
    if state is not None:
        chosen = chosen.where(SupplierClaim.state == state)
    if before is not None:
        chosen = chosen.where(SupplierClaim.id < before)
    return [ClaimView(*row) for row in session.execute(chosen)]


def claim_on_supplier(session: Session, cooperative_id: int, claim_id: UUID) -> ClaimView:
    """Fetch one claim of this cooperative."""
    row = session.execute(_views(cooperative_id).where(SupplierClaim.id == claim_id)).first()
    if row is None:
        raise NotFound(say("Klaim ini tidak ada."))
    return ClaimView(*row)


def owed_by_suppliers(
    session: Session, cooperative_id: int, *, supplier: str | None = None
) -> Rupiah:
    """Sum what is still open, of all suppliers or of one."""
    chosen = select(total_of(SupplierClaim.amount)).where(
        SupplierClaim.cooperative_id == cooperative_id, SupplierClaim.state == ClaimState.OPEN
    )
    if supplier is not None:
        chosen = chosen.where(SupplierClaim.supplier == supplier)
    return session.scalars(chosen).one()


def claims_of_pool(session: Session, pool: SupplyPool) -> dict[UUID, SupplierClaim]:
    """Fetch the claims about deliveries of a good, by delivery."""
    rows: Sequence[SupplierClaim] = session.scalars(
        select(SupplierClaim)
        .join(GoodsReceipt, OF_DELIVERY)
        .where(SupplierClaim.cooperative_id == pool.cooperative_id, GoodsReceipt.pool_id == pool.id)
    ).all()
    return {row.receipt_id: row for row in rows}


def receipt(session: Session, pool: SupplyPool, receipt_id: UUID) -> GoodsReceipt:
    """Fetch one delivery of a good."""
    found = session.get(GoodsReceipt, (pool.cooperative_id, receipt_id))
    if found is None or found.pool_id != pool.id:
        raise NotFound(say("Penerimaan ini tidak ada."))
    return found


def noted_receipts(session: Session, pool: SupplyPool) -> Sequence[GoodsReceipt]:
    """List all deliveries of a good, oldest first, also those that were taken back."""
    return session.scalars(
        select(GoodsReceipt)
        .where(GoodsReceipt.cooperative_id == pool.cooperative_id, GoodsReceipt.pool_id == pool.id)
        .order_by(GoodsReceipt.id)
    ).all()


def reliability(session: Session, supplier: Supplier) -> Reliability:
    """Count how the last deliveries of a supplier were; what settled a claim is no delivery."""
    rows = session.execute(
        select(GoodsReceipt.kind, GoodsReceipt.damaged, GoodsReceipt.at, SupplyPool.arrives_on)
        .join(SupplyPool, OF_POOL)
        .where(
            SupplyPool.cooperative_id == supplier.cooperative_id,
            SupplyPool.supplier == supplier.name,
            GoodsReceipt.from_claim == Rupiah(0),
            GoodsReceipt.reversed_at.is_(None),
        )
        .order_by(GoodsReceipt.id.desc())
        .limit(MOST_DELIVERIES)
    ).all()
    return reliability_of((kind, damaged, at, due) for kind, damaged, at, due in rows)


def reliability_of(
    deliveries: Iterable[tuple[ReceiptReason | None, int, datetime, date | None]],
) -> Reliability:
    """Count how deliveries were: why each was not as ordered, what was broken, when, when due."""
    rows = list(deliveries)
    return Reliability(
        deliveries=len(rows),
        short=sum(kind is ReceiptReason.SHORT for kind, *_ in rows),
        damaged=sum(damaged > 0 for _, damaged, *_ in rows),
        dearer=sum(kind is ReceiptReason.PRICE for kind, *_ in rows),
        late=sum(due is not None and local_day(at) > due for *_, at, due in rows),
    )
