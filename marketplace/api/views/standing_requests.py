"""Standing requests by program: listed, kept, paused, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.standing_requests import (
    PauseRequest,
    StandingListSchema,
    StandingRequestBody,
    StandingSchema,
)
from marketplace.api.views.supply import named_item, named_unit
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import service
from marketplace.supply.models import StandingRequest
from marketplace.supply.rules import Rhythm
from marketplace.supply.service import Wanted
from marketplace.supply.views.present import acting_member, own_member
from marketplace.supply.views.requests import standing_of
from marketplace.supply.views.standing import own_standing
from marketplace.web.clock import now
from marketplace.web.guards import requires

PATH = "/cooperatives/<slug>/supply/standing-requests"
ASKS = requires(Permission.REQUEST_SUPPLIES)
WISH = ("id", "accept_min", "want", "flex_max", "price_cap", "next_on", "paused_at", "ended_at")


def _standing(one: StandingRequest) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in WISH},
        "member": one.member_id,
        "item": one.item_id,
        "unit": one.rung_id,
        "every": one.rhythm.value,
    }


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar permintaan tetap"),
    guard=ASKS,
    scope="supply",
    gives=StandingListSchema,
)
def list_standing_requests(slug: str) -> dict[str, Any]:
    """List what is asked again and again: one's own, for officers all."""
    return {"items": [_standing(one) for one in standing_of(own_member())], "next_cursor": None}


@operation(
    method="POST",
    path=PATH,
    summary=say("Minta lagi terus"),
    guard=ASKS,
    scope="supply",
    takes=StandingRequestBody,
    gives=StandingSchema,
    status=201,
    once=True,
)
def keep_standing_request(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Ask for a good again and again, from the next time on."""
    kept = service.keep_asking(
        session,
        acting_member(body["member"]),
        Wanted(
            body["want"],
            body["accept_min"],
            body["flex_max"],
            rung=named_unit(session, body["unit"]),
            price_cap=Rupiah(body["price_cap"]) if body["price_cap"] else None,
        ),
        Rhythm(body["every"]),
        item=named_item(session, body["item"]),
        entered_by=me().account_id,
        at=now(),
    )
    return _standing(kept)


@operation(
    method="POST",
    path=f"{PATH}/<id:standing_id>/pause",
    summary=say("Jeda permintaan tetap"),
    guard=ASKS,
    scope="supply",
    takes=PauseRequest,
    gives=StandingSchema,
    once=True,
)
def pause_standing_request(
    session: Session, body: dict[str, Any], slug: str, standing_id: UUID
) -> dict[str, Any]:
    """Leave out what comes, or go on."""
    found = own_standing(session, standing_id)
    service.pause_standing(session, found, paused=body["paused"], at=now())
    return _standing(found)


@operation(
    method="POST",
    path=f"{PATH}/<id:standing_id>/end",
    summary=say("Hentikan permintaan tetap"),
    guard=ASKS,
    scope="supply",
    gives=StandingSchema,
    once=True,
)
def end_standing_request(session: Session, slug: str, standing_id: UUID) -> dict[str, Any]:
    """Ask no more."""
    found = own_standing(session, standing_id)
    service.end_standing(session, found, at=now())
    return _standing(found)
