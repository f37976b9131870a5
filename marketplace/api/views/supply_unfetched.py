"""Shares that were not fetched in time, by program: listed, decided of, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply_unfetched import (
    UnfetchedDecisionSchema,
    UnfetchedListSchema,
    UnfetchedRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import UnfetchedDecision
from marketplace.supply.queries import Unfetched
from marketplace.supply.rules import LeftOver
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply"
SHARE = f"{PATH}/requests/<id:request_id>/unfetched"


@operation(
    method="GET",
    path=f"{PATH}/rounds/<int:number>/unfetched",
    summary=say("Daftar kulakan yang belum diambil"),
    guard=requires(Permission.SEE_SUPPLIES),
    scope="supply",
    gives=UnfetchedListSchema,
)
def list_unfetched_supplies(slug: str, number: int) -> dict[str, Any]:
    """List the shares of a round whose time to fetch is over, the longest waiting first."""
    session, at = reader(), now()
    round_ = queries.of_cooperative(session, here().id, number)
    there = queries.unfetched(session, here().id, round_.id, at=at)
    return {"items": [_waiting(one, one.days(at)) for one in there], "next_cursor": None}


def _waiting(one: Unfetched, days: int) -> dict[str, Any]:
    return {
        "request": one.line.id,
        "member": one.member.number,
        "place": one.pool.place,
        "left": one.left,
        "to_pay": one.to_pay,
        "until": one.until,
        "days": days,
        "reminders": len(one.reminders),
        "decision": one.decision.what.value if one.decision else None,
    }


@operation(
    method="POST",
    path=SHARE,
    summary=say("Putuskan bagian yang tidak diambil"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=UnfetchedRequest,
    gives=UnfetchedDecisionSchema,
    once=True,
    codes=("not_unfetched", "changed"),
)
def decide_unfetched_supply(
    session: Session, body: dict[str, Any], slug: str, request_id: UUID
) -> dict[str, Any]:
    """Keep a share longer, hand it over whenever, take it as stock, or offer it to others."""
    decision = service.decide_unfetched(
        session,
        queries.line(session, here().id, request_id),
        LeftOver(body["what"]),
        reason=body["reason"],
        seen=body["seen"],
        keep_until=body["keep_until"],
        by=me().account_id,
        at=now(),
    )
    return _said(decision)


@operation(
    method="POST",
    path=f"{SHARE}/undo",
    summary=say("Urungkan keputusan bagian yang tidak diambil"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    gives=UnfetchedDecisionSchema,
    once=True,
    codes=("decision_fixed",),
)
def undo_unfetched_supply(session: Session, slug: str, request_id: UUID) -> dict[str, Any]:
    """Take the last decision of a share back, as long as nothing followed from it."""
    line = queries.line(session, here().id, request_id)
    undone = service.undo_unfetched(session, line, by=me().account_id, at=now())
    if undone is None:
        raise NotFound(say("Belum ada yang diputuskan tentang bagian ini."))
    return _said(undone)


def _said(decision: UnfetchedDecision) -> dict[str, Any]:
    names = ("id", "quantity", "keep_until", "reason", "at", "undone_at")
    return {
        **{name: getattr(decision, name) for name in names},
        "request": decision.line_id,
        "what": decision.what.value,
    }
