"""Buying together."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api import queries as api_queries
from marketplace.api.blueprint import operation
from marketplace.api.schemas.supply import (
    AskRequest,
    HandOverRequest,
    ItemListSchema,
    ReceiptRequest,
    RequestSchema,
    RoundPageSchema,
    RoundQuery,
    RoundRequest,
    RoundSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import RequestLine, SupplyItem, SupplyRound
from marketplace.supply.queries import RoundLine, RoundView
from marketplace.supply.rules import RoundState
from marketplace.supply.service import Terms, Wanted
from marketplace.supply.service.receiving import NotReady
from marketplace.supply.views.present import acting_member, own_member
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply"
ROUND = f"{PATH}/rounds/<int:number>"
TERMS = (
    "number",
    "supplier",
    "pack_name",
    "pack_size",
    "pack_price",
    "pack_step",
    "pack_minimum",
    "goal_packs",
    "stock_cap",
    "ordered_packs",
    "ordered_cost",
    "closes_at",
    "arrives_on",
    "pickup_place",
)
WISH = ("id", "accept_min", "want", "flex_max")


@operation(
    method="GET",
    path=f"{PATH}/items",
    summary=say("Daftar barang kulakan"),
    guard=requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES),
    scope="supply",
    gives=ItemListSchema,
)
def list_supply_items(slug: str) -> dict[str, Any]:
    """List the goods that members can ask for by name."""
    found = queries.items(reader(), here().id)
    return {"items": [_item(item) for item in found], "next_cursor": None}


def _item(item: SupplyItem) -> dict[str, Any]:
    names = ("id", "name", "unit", "factor")
    return {name: getattr(item, name) for name in names} | {"base_unit": item.base_unit.value}


@operation(
    method="GET",
    path=f"{PATH}/rounds",
    summary=say("Daftar putaran kulakan"),
    guard=requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES),
    scope="supply",
    asks=RoundQuery,
    gives=RoundPageSchema,
)
def list_supply_rounds(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List rounds of buying together, newest first, with one's own wish in each."""
    limit, before = asked["limit"], None
    if asked["cursor"]:
        (before,) = cursors.decode(asked["cursor"], int)
    state = RoundState(asked["state"]) if asked["state"] else None
    found = api_queries.rounds_before(reader(), here().id, before, state=state, limit=limit + 1)
    shown, own = found[:limit], own_member()
    return {
        "items": [_round(view, own.id if own else None) for view in shown],
        "next_cursor": cursors.encode(shown[-1].round.number) if len(found) > limit else None,
    }


def _round(view: RoundView, member_id: UUID | None) -> dict[str, Any]:
    round_, look, mine = view.round, view.outlook, view.of_member(member_id)
    said = {
        **{name: getattr(round_, name) for name in TERMS},
        "state": round_.state.value,
        "item": _item(view.item),
        "tiers": [{"packs": packs, "price": price} for packs, price in view.pack.tiers],
        "outlook": {
            "packs": look.packs,
            "cost": look.cost,
            "price": look.price,
            "wanted": sum(row.line.want for row in view.lines),
            "missing": look.missing,
        },
        "mine": _wish(mine) if mine else None,
    }
    if Permission.SEE_SUPPLIES in g.permissions:
        said["wishes"] = [_wish(row) for row in view.lines]
    return said


def _wish(row: RoundLine) -> dict[str, Any]:
    return {
        **{name: getattr(row.line, name) for name in WISH},
        "member": row.member.id,
        "called": row.member.called,
        "state": row.line.state.value,
        "given": row.allocation.given if row.allocation else None,
        "charge": row.allocation.charge if row.allocation else None,
    }


def _shown(session: Session, round_: SupplyRound) -> dict[str, Any]:
    own = own_member()
    return _round(queries.view(session, round_), own.id if own else None)


@operation(
    method="POST",
    path=f"{PATH}/rounds",
    summary=say("Buka putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=RoundRequest,
    gives=RoundSchema,
    status=201,
    once=True,
)
def open_supply_round(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Open a round for one good; all wishes that wait for it join."""
    item = _named_item(session, body["item"])
    round_ = service.open_round(session, item, _terms(body), opened_by=me().account_id, at=now())
    return _shown(session, round_)


def _named_item(session: Session, item_id: UUID) -> SupplyItem:
    item = session.get(SupplyItem, (here().id, item_id))
    if item is None:
        wrong = say("Barang ini tidak ada di daftar.")
        raise Invalid(wrong, fields={"item": wrong})
    return item


def _terms(body: dict[str, Any]) -> Terms:
    facts = {name: value for name, value in body.items() if name not in ("item", "tiers")}
    facts["pack_price"] = Rupiah(body["pack_price"])
    tiers = tuple((tier["packs"], tier["price"]) for tier in body["tiers"])
    return Terms(tiers=tiers, **facts)


@operation(
    method="POST",
    path=f"{PATH}/requests",
    summary=say("Minta barang kulakan"),
    guard=requires(Permission.REQUEST_SUPPLIES),
    scope="supply",
    takes=AskRequest,
    gives=RequestSchema,
    status=201,
    once=True,
    codes=("too_late",),
)
def ask_supply(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Ask for supplies, or change what one asked for; joins a round if one is named."""
    wanted = Wanted(body["want"], body["accept_min"], body["flex_max"], body["needed_by"])
    member, actor, at = acting_member(body["member"]), me().account_id, now()
    if body["round"] is not None:
        round_ = queries.of_cooperative(session, here().id, body["round"])
        line = service.join(session, round_, member, wanted, entered_by=actor, at=at)
        return _request(line, round_.number)
    item = _named_item(session, body["item"]) if body["item"] else None
    if item is None and not body["words"]:
        wrong = say("Tulis barang yang dibutuhkan.")
        raise Invalid(wrong, fields={"item": wrong})
    line = service.ask(
        session, member, wanted, item=item, words=body["words"], entered_by=actor, at=at
    )
    return _request(line, None)


def _request(line: RequestLine, number: int | None) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in (*WISH, "words", "needed_by")},
        "round": number,
        "item": line.item_id,
        "state": line.state.value,
    }


@operation(
    method="POST",
    path=f"{ROUND}/lock",
    summary=say("Kunci putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    gives=RoundSchema,
    once=True,
    codes=("wrong_step", "not_enough", "invalid"),
)
def lock_supply_round(session: Session, slug: str, number: int) -> dict[str, Any]:
    """Close a round and fix how many packs are bought. Takes no body."""
    round_ = queries.of_cooperative(session, here().id, number)
    return _shown(session, service.lock(session, round_, at=now()))


@operation(
    method="POST",
    path=f"{ROUND}/receipts",
    summary=say("Catat barang datang"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ReceiptRequest,
    gives=RoundSchema,
    once=True,
    codes=("wrong_step",),
)
def receive_goods(session: Session, body: dict[str, Any], slug: str, number: int) -> dict[str, Any]:
    """Record a delivery and share out all that has come so far, exact to the rupiah."""
    round_ = queries.of_cooperative(session, here().id, number)
    quantity, packs = body["quantity"], body["packs"]
    service.receive(
        session,
        round_,
        key=idempotency.key(),
        packs=quantity // round_.pack_size if packs is None else packs,
        quantity=quantity,
        cost=Rupiah(body["cost"]),
        reason=body["reason"] or None,
        actor_id=me().account_id,
        at=now(),
    )
    return _shown(session, round_)


@operation(
    method="POST",
    path=f"{PATH}/requests/<id:request_id>/hand-over",
    summary=say("Serahkan bagian anggota"),
    guard=requires(Permission.HAND_OVER_SUPPLIES),
    scope="supply",
    takes=HandOverRequest,
    gives=RoundSchema,
    once=True,
    codes=("not_ready", "wrong_amount"),
)
def hand_over_supply(
    session: Session, body: dict[str, Any], slug: str, request_id: UUID
) -> dict[str, Any]:
    """Hand a member's share over against its exact price in cash."""
    line = queries.line(session, here().id, request_id)
    round_ = _round_of(session, line)
    at: datetime = now()
    paid = Rupiah(body["paid"])
    service.hand_over(session, line, paid=paid, actor_id=me().account_id, at=at)
    return _shown(session, round_)


def _round_of(session: Session, line: RequestLine) -> SupplyRound:
    """Fetch the round of a wish; one that still waits for a round has nothing to hand over."""
    if line.round_id is None:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return session.get_one(SupplyRound, (line.cooperative_id, line.round_id))
