"""Pooled sales by program: what they brought is shared once, and taken back whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.pools import (
    PooledSalePageSchema,
    PooledSaleQuery,
    PooledSaleRequest,
    PooledSaleSchema,
    UndoRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.pools import queries, service
from marketplace.pools.models import Pool
from marketplace.pools.rules import BadPool, PaidInto, PooledSale
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/pooled-sales"
ONE = f"{PATH}/<id:pool_id>"


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar penjualan bersama"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    asks=PooledSaleQuery,
    gives=PooledSalePageSchema,
)
def list_pooled_sales(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List what was sold together, the newest first."""
    limit = asked["limit"]
    before = cursors.decode_id(asked["cursor"]) if asked["cursor"] else None
    found = queries.pools(reader(), here().id, before=before, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": [_said(pool) for pool in shown],
        "next_cursor": cursors.encode(to_text(shown[-1].id)) if len(found) > limit else None,
    }


@operation(
    method="GET",
    path=ONE,
    summary=say("Lihat penjualan bersama"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    gives=PooledSaleSchema,
)
def get_pooled_sale(slug: str, pool_id: UUID) -> dict[str, Any]:
    """Give one pooled sale with its shares."""
    return _said(queries.pool(reader(), here().id, pool_id))


@operation(
    method="POST",
    path=PATH,
    summary=say("Bagi hasil penjualan bersama"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    takes=PooledSaleRequest,
    gives=PooledSaleSchema,
    status=201,
    once=True,
)
def share_pooled_sale(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Share out by what each delivered, rounded down; fee and residue are the cooperative's."""
    delivered = {line["member"]: line["quantity"] for line in body["delivered"]}
    if len(delivered) < len(body["delivered"]):
        wrong = say("Setiap anggota cukup disebut sekali.")
        raise BadPool(wrong, fields={"delivered": wrong})
    sale = PooledSale(
        body["title"],
        body["unit"],
        body["sold_on"],
        Rupiah(body["proceeds"]),
        body["fee_basis_points"],
        delivered,
    )
    pool = service.share_out(
        session,
        here().id,
        sale,
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        paid_into=PaidInto(body["paid_into"]),
        by=me().account_id,
        at=now(),
    )
    return _said(pool)


@operation(
    method="POST",
    path=f"{ONE}/undo",
    summary=say("Batalkan pembagian hasil"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    takes=UndoRequest,
    gives=PooledSaleSchema,
    once=True,
    codes=("paid_out_already",),
)
def undo_pooled_sale(
    session: Session, body: dict[str, Any], slug: str, pool_id: UUID
) -> dict[str, Any]:
    """Mirror it in the books, whole; not once a part of it was paid out."""
    found = queries.pool(session, here().id, pool_id)
    return _said(service.undo(session, found, reason=body["reason"], by=me().account_id, at=now()))


def _said(pool: Pool) -> dict[str, Any]:
    return {
        "id": pool.id,
        "title": pool.title,
        "unit": pool.unit,
        "sold_on": pool.sold_on,
        "proceeds": pool.proceeds,
        "fee_basis_points": pool.fee_basis_points,
        "fee": pool.fee,
        "residue": pool.residue,
        "paid_into": pool.paid_into.value,
        "entry": pool.entry_id,
        "shared_by": pool.shared_by,
        "shared_at": pool.shared_at,
        "undone_by": pool.undone_by,
        "undone_at": pool.undone_at,
        "undo_reason": pool.undo_reason,
        "shares": [
            {"member": one.member_id, "quantity": one.quantity, "amount": one.amount}
            for one in pool.shares
        ],
    }
