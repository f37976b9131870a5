"""Sharing by hand, by program."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import RoundSchema
from marketplace.api.schemas.supply_shares import SharesRequest
from marketplace.api.views.supply_shown import shown_anew
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.web.clock import now
from marketplace.web.guards import requires


@operation(
    method="POST",
    path="/cooperatives/<slug>/supply/rounds/<int:number>/goods/<int:place>/shares",
    summary=say("Bagi barang secara manual"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=SharesRequest,
    gives=RoundSchema,
    once=True,
    codes=("changed",),
)
def share_supply_manually(
    session: Session, body: dict[str, Any], slug: str, number: int, place: int
) -> dict[str, Any]:
    """Share a good as officers say, with a reason; a later delivery follows the policy again."""
    pool = queries.pool(session, here().id, number, place)
    service.share_manually(
        session,
        pool,
        {part["request"]: part["given"] for part in body["shares"]},
        reason=body["reason"],
        seen=body["seen"],
        by=me().account_id,
        at=now(),
    )
    return shown_anew(session, pool.round)
