"""What the shop's shelf lacks of goods that are bought together, by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import RoundSchema
from marketplace.api.schemas.supply_reorders import (
    ReorderListSchema,
    ReorderRequest,
    ShelfLinkRequest,
    ShelfLinkSchema,
)
from marketplace.api.views.supply_shown import shown_anew
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import ShelfLink
from marketplace.supply.queries import Reorder
from marketplace.supply.service import RoundPlan
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply"
SHELF = f"{PATH}/items/<id:item_id>/shelf"
BUYS = requires(Permission.BUY_SUPPLIES)
AMOUNTS = ("used", "needed", "on_hand", "on_order", "lacking", "packs", "cost")


def _link(link: ShelfLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "item": link.item_id,
        "variant": link.variant_id,
        "factor": link.factor,
        "cover_days": link.cover_days,
    }


def _reorder(row: Reorder) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in AMOUNTS},
        "item": row.item.id,
        "offer": row.offer.id if row.offer else None,
    }


@operation(
    method="GET",
    path=f"{PATH}/reorders",
    summary=say("Usulan kulakan untuk stok toko"),
    guard=BUYS,
    scope="supply",
    gives=ReorderListSchema,
)
def list_supply_reorders(slug: str) -> dict[str, Any]:
    """Say for each good that is linked to the shop what its shelf lacks, and how to buy it."""
    session = reader()
    return {
        "items": [_reorder(row) for row in queries.reorders(session, here().id, at=now())],
        "links": [_link(link) for link in queries.shelf_links(session, here().id)],
        "next_cursor": None,
    }


@operation(
    method="POST",
    path=f"{PATH}/reorders",
    summary=say("Buka putaran untuk stok toko"),
    guard=BUYS,
    scope="supply",
    takes=ReorderRequest,
    gives=RoundSchema,
    status=201,
    once=True,
)
def open_supply_reorder(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Open a round in which the cooperative takes packs for its shelf; members may take part."""
    packs = {one["offer"]: one["packs"] for one in body["offers"]}
    plan = RoundPlan(body["closes_at"], body["pickup_place"])
    at = now()
    pool = service.open_reorder(session, here().id, packs, plan, by=me().account_id, at=at)
    return shown_anew(session, pool.round)


@operation(
    method="POST",
    path=SHELF,
    summary=say("Hubungkan barang kulakan ke toko"),
    guard=BUYS,
    scope="supply",
    takes=ShelfLinkRequest,
    gives=ShelfLinkSchema,
    once=True,
)
def link_supply_shelf(
    session: Session, body: dict[str, Any], slug: str, item_id: UUID
) -> dict[str, Any]:
    """Say which variant in the shop is sold from a good; saying it again changes it."""
    item = queries.item(session, here().id, item_id)
    link = service.link_shelf(
        session,
        item,
        body["variant"],
        factor=body["factor"],
        cover_days=body["cover_days"],
        by=me().account_id,
        at=now(),
    )
    return _link(link)


@operation(
    method="POST",
    path=f"{SHELF}/<id:link_id>/remove",
    summary=say("Lepas barang kulakan dari toko"),
    guard=BUYS,
    scope="supply",
    gives=ShelfLinkSchema,
    once=True,
)
def unlink_supply_shelf(
    session: Session, slug: str, item_id: UUID, link_id: UUID
) -> dict[str, Any]:
    """Watch a variant in the shop no longer."""
    item = queries.item(session, here().id, item_id)
    link = queries.shelf_link(session, item, link_id)
    service.unlink_shelf(session, link)
    return _link(link)
