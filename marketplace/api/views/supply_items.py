"""The cooperative's list of goods to ask for, and their units."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply_items import (
    ItemListSchema,
    ItemRequest,
    ItemSchema,
    UnitRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem
from marketplace.supply.service import NewUnit
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply/items"
UNIT = ("id", "name", "factor", "step", "for_request")


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar barang kulakan"),
    guard=requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES),
    scope="supply",
    gives=ItemListSchema,
)
def list_supply_items(slug: str) -> dict[str, Any]:
    """List the goods that members can ask for by name."""
    found = queries.items(reader(), here().id)
    return {"items": [shown_item(item) for item in found], "next_cursor": None}


def shown_item(item: SupplyItem) -> dict[str, Any]:
    """Show a good with the units it is counted in."""
    return {
        **{name: getattr(item, name) for name in ("id", "name", "unit", "factor")},
        "base_unit": item.base_unit.value,
        "units": [{name: getattr(rung, name) for name in UNIT} for rung in item.units],
    }


@operation(
    method="POST",
    path=PATH,
    summary=say("Tambah barang kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ItemRequest,
    gives=ItemSchema,
    status=201,
    once=True,
)
def add_supply_item(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Put a good on the list."""
    facts = {**body, "base_unit": BaseUnit(body["base_unit"])}
    return shown_item(service.add_item(session, here().id, **facts, at=now()))


@operation(
    method="POST",
    path=f"{PATH}/<id:item_id>/retire",
    summary=say("Keluarkan barang kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    gives=ItemSchema,
    once=True,
)
def retire_supply_item(session: Session, slug: str, item_id: UUID) -> dict[str, Any]:
    """Take a good off the list; what was asked of it stays."""
    item = queries.item(session, here().id, item_id)
    service.retire_item(session, item, at=now())
    return shown_item(item)


@operation(
    method="POST",
    path=f"{PATH}/<id:item_id>/units",
    summary=say("Tambah satuan barang kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=UnitRequest,
    gives=ItemSchema,
    status=201,
    once=True,
)
def add_supply_unit(
    session: Session, body: dict[str, Any], slug: str, item_id: UUID
) -> dict[str, Any]:
    """Count a good in one more unit, which is never changed after."""
    item = queries.item(session, here().id, item_id)
    service.add_unit(session, item, NewUnit(**body), at=now())
    return shown_item(item)


@operation(
    method="POST",
    path=f"{PATH}/<id:item_id>/units/<id:rung_id>/retire",
    summary=say("Berhenti memakai satuan barang kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    gives=ItemSchema,
    once=True,
)
def retire_supply_unit(session: Session, slug: str, item_id: UUID, rung_id: UUID) -> dict[str, Any]:
    """Count a good in a unit no longer; wishes that were said in it stay."""
    item = queries.item(session, here().id, item_id)
    service.retire_unit(session, queries.rung(session, item, rung_id), at=now())
    return shown_item(item)
