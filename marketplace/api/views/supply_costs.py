"""Costs of a round beside its goods, by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply_costs import CostListSchema, CostRequest, CostSchema
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import CostLine, SupplyPool
from marketplace.supply.rules import CostPaidFrom, SplitBy
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply/rounds/<int:number>/costs"
FACTS = ("id", "name", "amount", "at", "undone_at")


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar ongkos putaran kulakan"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    gives=CostListSchema,
)
def list_supply_costs(slug: str, number: int) -> dict[str, Any]:
    """List what a round cost beside its goods, oldest first."""
    session = reader()
    pools = queries.pools_numbered(session, here().id, number)
    places = {pool.id: pool.place for pool in pools}
    lines = queries.cost_lines(session, pools[0].round)
    return {"items": [_said(line, places) for line in lines], "next_cursor": None}


def _said(line: CostLine, places: dict[UUID, int]) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in FACTS},
        "split_by": line.split_by.value,
        "paid_from": line.paid_from.value,
        "place": places[line.pool_id] if line.pool_id else None,
    }


@operation(
    method="POST",
    path=PATH,
    summary=say("Catat ongkos putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=CostRequest,
    gives=CostSchema,
    status=201,
    once=True,
)
def add_supply_cost(
    session: Session, body: dict[str, Any], slug: str, number: int
) -> dict[str, Any]:
    """Note a cost; shares that were not fetched are charged anew, to the rupiah."""
    round_ = queries.of_cooperative(session, here().id, number)
    cost = service.NewCost(
        body["name"],
        Rupiah(body["amount"]),
        SplitBy(body["split_by"]),
        CostPaidFrom(body["paid_from"]),
        body["place"],
    )
    line = service.add_cost(
        session, round_, cost, key=idempotency.key(), by=me().account_id, at=now()
    )
    return _said(line, _places(session, number))


@operation(
    method="POST",
    path=f"{PATH}/<id:cost_id>/undo",
    summary=say("Batalkan ongkos putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    gives=CostSchema,
    once=True,
    codes=("cost_fixed",),
)
def undo_supply_cost(session: Session, slug: str, number: int, cost_id: UUID) -> dict[str, Any]:
    """Take a cost back as long as nobody has fetched their share; noted anew if it was wrong."""
    round_ = queries.of_cooperative(session, here().id, number)
    line = queries.cost_line(session, round_, cost_id)
    done = service.undo_cost(session, round_, line, by=me().account_id, at=now())
    return _said(done, _places(session, number))


def _places(session: Session, number: int) -> dict[UUID, int]:
    pools: list[SupplyPool] = list(queries.pools_numbered(session, here().id, number))
    return {pool.id: pool.place for pool in pools}
