"""What suppliers still owe, by program: listed, and ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import (
    WRITE_OFF,
    SettleClaimRequest,
    SupplierClaimPageSchema,
    SupplierClaimQuery,
    SupplierClaimSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.queries import ClaimView
from marketplace.supply.rules import ClaimState, ClaimWay
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply/claims"
CLAIM = ("id", "supplier", "amount", "note", "opened_at", "settled_at")
RECEIPT = ("quantity", "damaged", "cost")


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar klaim ke pemasok"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    asks=SupplierClaimQuery,
    gives=SupplierClaimPageSchema,
)
def list_supplier_claims(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List claims on suppliers, newest first."""
    limit = asked["limit"]
    found = queries.claims_before(
        reader(),
        here().id,
        state=ClaimState(asked["state"]) if asked["state"] else None,
        before=cursors.decode_id(asked["cursor"]) if asked["cursor"] else None,
        limit=limit + 1,
    )
    shown = found[:limit]
    more = len(found) > limit
    return {
        "items": [_said(view) for view in shown],
        "next_cursor": cursors.encode(to_text(shown[-1].claim.id)) if more else None,
    }


def _said(view: ClaimView) -> dict[str, Any]:
    claim, receipt, pool = view.claim, view.receipt, view.pool
    return {
        **{name: getattr(claim, name) for name in CLAIM},
        **{name: getattr(receipt, name) for name in RECEIPT},
        "round": pool.number,
        "place": pool.place,
        "item": pool.item_name,
        "kind": receipt.kind.value if receipt.kind else None,
        "state": claim.state.value,
        "way": claim.way.value if claim.way else None,
    }


@operation(
    method="POST",
    path=f"{PATH}/<id:supplier_claim_id>/settle",
    summary=say("Selesaikan klaim ke pemasok"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=SettleClaimRequest,
    gives=SupplierClaimSchema,
    once=True,
    codes=("claim_settled", "needs_another_person"),
)
def settle_supplier_claim(
    session: Session, body: dict[str, Any], slug: str, supplier_claim_id: UUID
) -> dict[str, Any]:
    """Say how a claim on a supplier ended; goods that came later are shared out."""
    found = queries.claim_on_supplier(session, here().id, supplier_claim_id)
    note, by, at = body["note"], me().account_id, now()
    if body["way"] == WRITE_OFF:
        service.write_off_claim(session, found.claim, note=note, by=by, at=at)
    elif ClaimWay(body["way"]) is ClaimWay.GOODS:
        quantity = body["quantity"] or 0
        service.bring_claimed_goods(session, found.claim, quantity, note=note, by=by, at=at)
    else:
        service.credit_claim(session, found.claim, ClaimWay(body["way"]), note=note, by=by, at=at)
    return _said(queries.claim_on_supplier(session, here().id, supplier_claim_id))
