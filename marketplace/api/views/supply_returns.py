"""Hand-overs of a share and what was brought back of them, by program."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply_returns import (
    SupplyHandOverListSchema,
    SupplyReturnRequest,
    SupplyReturnSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import SupplyHandOver, SupplyReturn
from marketplace.supply.rules import PaidWith, ReturnedTo
from marketplace.supply.service import Returning
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply"


@operation(
    method="GET",
    path=f"{PATH}/requests/<id:request_id>/hand-overs",
    summary=say("Penyerahan barang kulakan"),
    guard=requires(Permission.HAND_OVER_SUPPLIES),
    scope="supply",
    gives=SupplyHandOverListSchema,
)
def list_supply_hand_overs(slug: str, request_id: UUID) -> dict[str, Any]:
    """List what was handed over of a share, oldest first, with how much of it came back."""
    session = reader()
    line = queries.line(session, here().id, request_id)
    had = queries.fetched_of(session, [line]).get(line.id, queries.NOTHING_FETCHED)
    returned: Counter[UUID] = Counter()
    for one in queries.returns_of(session, had.hands):
        returned[one.hand_id] += one.quantity
    return {"items": [_part(hand, returned[hand.id]) for hand in had.hands], "next_cursor": None}


def _part(hand: SupplyHandOver, returned: int) -> dict[str, Any]:
    names = ("id", "quantity", "paid", "rounded", "at")
    known = {name: getattr(hand, name) for name in names}
    return {**known, "returned": returned, "way": hand.way.value}


@operation(
    method="POST",
    path=f"{PATH}/hand-overs/<id:hand_id>/returns",
    summary=say("Terima barang kulakan yang dikembalikan"),
    guard=requires(Permission.HAND_OVER_SUPPLIES),
    scope="supply",
    takes=SupplyReturnRequest,
    gives=SupplyReturnSchema,
    once=True,
    codes=("return_fixed",),
)
def return_supply(
    session: Session, body: dict[str, Any], slug: str, hand_id: UUID
) -> dict[str, Any]:
    """Take goods back that a member had fetched, against exactly what they had cost."""
    hand, _ = queries.hand_over_of(session, here().id, hand_id)
    back = Returning(
        body["quantity"], body["reason"], ReturnedTo(body["goes_to"]), PaidWith(body["way"])
    )
    key = f"api:{to_text(me().account_id)}:{idempotency.key()}"
    done = service.return_goods(session, hand, back, key=key, by=me().account_id, at=now())
    return _said(done)


@operation(
    method="POST",
    path=f"{PATH}/returns/<id:return_id>/undo",
    summary=say("Urungkan pengembalian kulakan"),
    guard=requires(Permission.HAND_OVER_SUPPLIES),
    scope="supply",
    gives=SupplyReturnSchema,
    once=True,
    codes=("return_fixed", "balance_too_small"),
)
def undo_supply_return(session: Session, slug: str, return_id: UUID) -> dict[str, Any]:
    """Take a return back within a quarter of an hour."""
    done = queries.supply_return(session, here().id, return_id)
    return _said(service.undo_return(session, done, by=me().account_id, at=now()))


def _said(done: SupplyReturn) -> dict[str, Any]:
    names = ("id", "quantity", "paid", "back", "reason", "at", "undone_at")
    known = {name: getattr(done, name) for name in names}
    return {**known, "way": done.way.value, "goes_to": done.goes_to.value}
