"""Goods that the cooperative buys for its own shelf in a round, by program."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import RoundSchema, TakeForStockRequest
from marketplace.api.views.supply_shown import shown_anew
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.web.clock import now
from marketplace.web.guards import requires


@operation(
    method="POST",
    path="/cooperatives/<slug>/supply/rounds/<int:number>/goods/<int:place>/stock",
    summary=say("Ambil barang putaran untuk stok"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=TakeForStockRequest,
    gives=RoundSchema,
    once=True,
)
def take_supply_for_stock(
    session: Session, body: dict[str, Any], slug: str, number: int, place: int
) -> dict[str, Any]:
    """Buy so many of the first pack for the shelf on top of what members want; none ends it."""
    pool = queries.pool(session, here().id, number, place)
    service.take_for_stock(session, pool, packs=body["packs"], at=now())
    return shown_anew(session, pool.round)
