"""Pictures of transfers by program: which wait, and saying that no money came."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors
from marketplace.api.blueprint import operation
from marketplace.api.schemas.orders import OfficerOrderSchema
from marketplace.api.schemas.payments import ProofPageSchema, ProofQuery
from marketplace.api.views.presented import for_officers
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.orders.queries.proofs import SentProof, proofs_before
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.mail import absolute
from marketplace.web.transactions import reader

GUARD = requires(Permission.CONFIRM_PAYMENTS)


@operation(
    method="GET",
    path="/cooperatives/<slug>/payment-proofs",
    summary=say("Daftar bukti transfer"),
    guard=GUARD,
    scope="orders",
    asks=ProofQuery,
    gives=ProofPageSchema,
)
def list_payment_proofs(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List pictures by which buyers claim to have paid, the newest first."""
    limit = asked["limit"]
    found = proofs_before(
        reader(),
        here().id,
        cursors.decode_id(asked["cursor"]) if asked["cursor"] else None,
        waiting=asked["waiting"],
        limit=limit + 1,
    )
    shown = found[:limit]
    return {
        "items": [_said(each) for each in shown],
        "next_cursor": cursors.encode(to_text(shown[-1].proof.id)) if len(found) > limit else None,
    }


def _said(sent: SentProof) -> dict[str, Any]:
    return {
        "id": sent.proof.id,
        "order": sent.order.number,
        "amount_due": sent.intent.amount_due,
        "received": sent.intent.received,
        "payment_state": sent.intent.state.value,
        "sent_at": sent.proof.sent_at,
        "refused_at": sent.proof.refused_at,
        "waiting": sent.waits,
        "sha256": sent.proof.sha256,
        "url": absolute(f"/k/{sent.cooperative.slug}/kelola/pesanan/{sent.order.number}"),
    }


@operation(
    method="POST",
    path="/cooperatives/<slug>/orders/<number>/refuse-proof",
    summary=say("Tolak bukti transfer"),
    guard=GUARD,
    scope="orders",
    gives=OfficerOrderSchema,
    once=True,
    codes=("wrong_step", "no_proof_wanted"),
)
def refuse_payment_proof(session: Session, slug: str, number: str) -> dict[str, Any]:
    """Say that the money of a proof has not come; the buyer's clock goes on."""
    at = now()
    order = queries.of_cooperative(session, here().id, number)
    service.refuse_proof(session, order, by=me().account_id, at=at)
    return for_officers(session, [queries.of_cooperative(session, here().id, number)], at)[0]
