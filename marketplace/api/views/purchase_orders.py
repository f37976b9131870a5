"""Orders to suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors
from marketplace.api.blueprint import operation
from marketplace.api.schemas.purchase_orders import (
    ApproveRequest,
    PurchaseOrderPageSchema,
    PurchaseOrderQuery,
    PurchaseOrderSchema,
    SendRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import PurchaseOrder, PurchaseOrderLine, SentBy
from marketplace.supply.views.papers import supplier_link
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply/purchase-orders"
ONE = f"{PATH}/<int:order_number>"
FACTS = (
    "number",
    "supplier",
    "phone",
    "email",
    "pickup_place",
    "total",
    "created_by",
    "created_at",
    "approved_by",
    "approved_at",
    "sent_at",
    "confirmed_at",
    "promised_on",
    "note",
    "differs",
    "agreed",
)
LINE = (
    "place",
    "item_name",
    "pack_name",
    "pack_size",
    "count",
    "price",
    "total",
    "confirmed_count",
    "confirmed_price",
    "note",
)


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar pesanan ke pemasok"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    asks=PurchaseOrderQuery,
    gives=PurchaseOrderPageSchema,
)
def list_purchase_orders(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List orders to suppliers, newest first."""
    limit, before = asked["limit"], None
    if asked["cursor"]:
        (before,) = cursors.decode(asked["cursor"], int)
    session = reader()
    found = queries.purchase_orders_before(session, here().id, before, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": _orders(session, shown),
        "next_cursor": cursors.encode(shown[-1].number) if len(found) > limit else None,
    }


@operation(
    method="GET",
    path=ONE,
    summary=say("Satu pesanan ke pemasok"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    gives=PurchaseOrderSchema,
)
def get_purchase_order(slug: str, order_number: int) -> dict[str, Any]:
    """Show an order with what the supplier answered and what came so far."""
    session = reader()
    return _one(session, queries.purchase_order(session, here().id, order_number))


@operation(
    method="POST",
    path=f"{ONE}/approve",
    summary=say("Setujui pesanan ke pemasok"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ApproveRequest,
    gives=PurchaseOrderSchema,
    once=True,
    codes=("needs_another_person", "order_changed", "wrong_step"),
)
def approve_purchase_order(
    session: Session, body: dict[str, Any], slug: str, order_number: int
) -> dict[str, Any]:
    """Say yes to an order that another officer made, at the total that was read."""
    found, seen = queries.purchase_order(session, here().id, order_number), Rupiah(body["total"])
    approved = service.approve(session, found, seen=seen, by=me().account_id, at=now())
    return _one(session, approved)


@operation(
    method="POST",
    path=f"{ONE}/send",
    summary=say("Kirim pesanan ke pemasok"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=SendRequest,
    gives=PurchaseOrderSchema,
    once=True,
    codes=("no_address", "wrong_step"),
)
def send_purchase_order(
    session: Session, body: dict[str, Any], slug: str, order_number: int
) -> dict[str, Any]:
    """Let an approved order go to the supplier; its goods count as ordered from now on."""
    found = queries.purchase_order(session, here().id, order_number)
    way = SentBy(body["way"])
    return _one(session, service.send(session, found, way, by=me().account_id, at=now()))


def _one(session: Session, order: PurchaseOrder) -> dict[str, Any]:
    (said,) = _orders(session, [order])
    return said


def _orders(session: Session, orders: Sequence[PurchaseOrder]) -> list[dict[str, Any]]:
    rounds = queries.round_numbers(session, here().id, orders)
    came = queries.came_of(session, here().id, orders)
    return [
        {
            **{name: getattr(order, name) for name in FACTS},
            "round": rounds[order.round_id],
            "state": order.state.value,
            "sent_way": order.sent_way.value if order.sent_way else None,
            "link": supplier_link(order) if order.sent_at else None,
            "lines": [_line(line, came.get(line.pool_id, 0)) for line in order.lines],
        }
        for order in orders
    ]


def _line(line: PurchaseOrderLine, received: int) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in LINE},
        "base_unit": line.base_unit.value,
        "received": received,
        "given_up": line.given_up_at is not None,
    }
