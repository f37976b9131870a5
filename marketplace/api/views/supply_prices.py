"""Prices above what members allowed, by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import RequestSchema
from marketplace.api.schemas.supply_prices import PriceAnswerRequest
from marketplace.api.views.supply import shown_request
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import service
from marketplace.supply.models import SupplyPool
from marketplace.supply.views.asking_first import is_for_member
from marketplace.supply.views.requests import own_line
from marketplace.web.clock import now
from marketplace.web.guards import requires


@operation(
    method="POST",
    path="/cooperatives/<slug>/supply/requests/<id:request_id>/price-answer",
    summary=say("Jawab harga di atas batas"),
    guard=requires(Permission.REQUEST_SUPPLIES),
    scope="supply",
    takes=PriceAnswerRequest,
    gives=RequestSchema,
    once=True,
    codes=("not_asked", "changed", "too_late"),
)
def answer_supply_price(
    session: Session, body: dict[str, Any], slug: str, request_id: UUID
) -> dict[str, Any]:
    """Take a share at a price above what was allowed, or give it up; officers may for members."""
    line = own_line(request_id)
    service.answer_price(
        session,
        line,
        accept=body["accept"],
        seen=Rupiah(body["charge"]),
        note=body["note"],
        by=me().account_id,
        for_member=is_for_member(line),
        at=now(),
    )
    pool = session.get(SupplyPool, (line.cooperative_id, line.pool_id)) if line.pool_id else None
    return shown_request(line, pool.number if pool else None)
