"""Deliveries of a good, by program: listed, and taken back when noted wrongly."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply_receipts import (
    ReceiptListSchema,
    ReceiptSchema,
    ReverseRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import GoodsReceipt
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply/rounds/<int:number>/goods/<int:place>/receipts"
FACTS = (
    "id", "quantity", "damaged", "cost", "discount", "contested", "reason", "at", "reversed_at",
    "reverse_reason",
)  # fmt: skip


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar barang datang"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    gives=ReceiptListSchema,
)
def list_supply_receipts(slug: str, number: int, place: int) -> dict[str, Any]:
    """List the deliveries of a good, oldest first, also those that were taken back."""
    session = reader()
    pool = queries.pool(session, here().id, number, place)
    noted = queries.noted_receipts(session, pool)
    return {"items": [_said(receipt) for receipt in noted], "next_cursor": None}


def _said(receipt: GoodsReceipt) -> dict[str, Any]:
    return {
        **{name: getattr(receipt, name) for name in FACTS},
        "kind": receipt.kind.value if receipt.kind else None,
    }


@operation(
    method="POST",
    path=f"{PATH}/<id:receipt_id>/reverse",
    summary=say("Balik penerimaan yang salah catat"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ReverseRequest,
    gives=ReceiptSchema,
    once=True,
    codes=("receipt_fixed", "fetched_more"),
)
def reverse_supply_receipt(
    session: Session, body: dict[str, Any], slug: str, number: int, place: int, receipt_id: UUID
) -> dict[str, Any]:
    """Take a delivery back and share out what remains; the row and its entry stay."""
    pool = queries.pool(session, here().id, number, place)
    done = service.reverse_receipt(
        session,
        pool,
        queries.receipt(session, pool, receipt_id),
        reason=body["reason"],
        shrink=body["shrink"],
        by=me().account_id,
        at=now(),
    )
    return _said(done)
