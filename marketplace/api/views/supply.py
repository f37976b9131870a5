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
    ExtendRequest,
    GoodRequest,
    HandOverRequest,
    ReceiptRequest,
    RequestSchema,
    RoundPageSchema,
    RoundQuery,
    RoundRequest,
    RoundSchema,
)
from marketplace.api.views.supply_shown import PACK, TIMES, WISH, shown_anew, shown_round
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import (
    RequestLine,
    SupplyItem,
    SupplyPool,
    UnitRung,
)
from marketplace.supply.rules import (
    MixedUnits,
    PackTerms,
    PaidWith,
    PoolState,
    ReceiptReason,
    SharingPolicy,
)
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.supply.service.handing_over import NotReady, Taking
from marketplace.supply.views.present import acting_member, own_member
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/supply"
ROUND = f"{PATH}/rounds/<int:number>"
GOOD = f"{ROUND}/goods/<int:place>"


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
    state = PoolState(asked["state"]) if asked["state"] else None
    found = api_queries.rounds_before(reader(), here().id, before, state=state, limit=limit + 1)
    shown, own = found[:limit], own_member()
    return {
        "items": [shown_round(round_, views, own.id if own else None) for round_, views in shown],
        "next_cursor": cursors.encode(shown[-1][0].number) if len(found) > limit else None,
    }


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
    """Open a round for one good or several; all wishes that wait for them join."""
    times = {name: body[name] for name in (*TIMES, "pickup_place")}
    plan = RoundPlan(**times, policy=SharingPolicy(body["policy"]))
    first, *others = (
        (named_item(session, good["item"], f"goods.{place}.item"), _terms(good))
        for place, good in enumerate(body["goods"])
    )
    at = now()
    pool = service.open_round(session, *first, plan, opened_by=me().account_id, at=at)
    for item, terms in others:
        service.add_good(session, pool.round, item, terms, at=at)
    return shown_anew(session, pool.round)


@operation(
    method="POST",
    path=f"{ROUND}/goods",
    summary=say("Tambah barang ke putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=GoodRequest,
    gives=RoundSchema,
    status=201,
    once=True,
)
def add_supply_good(
    session: Session, body: dict[str, Any], slug: str, number: int
) -> dict[str, Any]:
    """Add a good to a round that still takes wishes; all that wait for it join."""
    round_ = queries.of_cooperative(session, here().id, number)
    item = named_item(session, body["item"])
    service.add_good(session, round_, item, _terms(body), at=now())
    return shown_anew(session, round_)


@operation(
    method="POST",
    path=f"{ROUND}/extend",
    summary=say("Perpanjang putaran kulakan"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ExtendRequest,
    gives=RoundSchema,
    once=True,
)
def extend_supply_round(
    session: Session, body: dict[str, Any], slug: str, number: int
) -> dict[str, Any]:
    """Keep the goods of a round open that are not locked, also when its time is over."""
    round_ = queries.of_cooperative(session, here().id, number)
    service.extend(session, round_, body["closes_at"], at=now())
    return shown_anew(session, round_)


def named_item(session: Session, item_id: UUID, field: str = "item") -> SupplyItem:
    """Fetch the good that a body names, or say in which field it is unknown."""
    item = session.get(SupplyItem, (here().id, item_id))
    if item is None:
        wrong = say("Barang ini tidak ada di daftar.")
        raise Invalid(wrong, fields={field: wrong})
    return item


def _terms(body: dict[str, Any]) -> Terms:
    facts = {name: body[name] for name in body if name not in ("item", "others", *PACK, "tiers")}
    facts["pack_costs"] = Rupiah(body["pack_costs"])
    if body["legal_price"] is not None:
        facts["legal_price"] = Rupiah(body["legal_price"])
    others = tuple(PackTerms(**_pack_terms(pack)) for pack in body["others"])
    return Terms(**facts, **_pack_terms(body), others=others)


def _pack_terms(body: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: body[name] for name in PACK},
        "pack_price": Rupiah(body["pack_price"]),
        "tiers": tuple(sorted((tier["packs"], tier["price"]) for tier in body["tiers"])),
    }


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
    codes=("too_late", "binding", "only_filling", "above_quota", "credit_too_small"),
)
def ask_supply(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Ask for supplies, or change what one asked for; joins a round if one is named."""
    wanted = _wanted(session, body)
    member, actor, at = acting_member(body["member"]), me().account_id, now()
    if body["round"] is not None:
        pool = _named_pool(session, body["round"], body["item"])
        by_officer = Permission.BUY_SUPPLIES in g.permissions
        line = service.join(
            session,
            pool,
            member,
            wanted,
            entered_by=actor,
            by_officer=by_officer,
            on_account=body["on_account"],
            at=at,
        )
        return shown_request(line, pool.number)
    item = named_item(session, body["item"]) if body["item"] else None
    if item is None and not body["words"]:
        wrong = say("Tulis barang yang dibutuhkan.")
        raise Invalid(wrong, fields={"item": wrong})
    line = service.ask(
        session, member, wanted, item=item, words=body["words"], entered_by=actor, at=at
    )
    return shown_request(line, None)


def _wanted(session: Session, body: dict[str, Any]) -> Wanted:
    second = body["second_item"]
    return Wanted(
        body["want"],
        body["accept_min"],
        body["flex_max"],
        body["needed_by"],
        rung=named_unit(session, body["unit"]),
        second=named_item(session, second, "second_item") if second else None,
        price_cap=Rupiah(body["price_cap"]) if body["price_cap"] else None,
    )


def named_unit(session: Session, rung_id: UUID | None) -> UnitRung | None:
    """Fetch the unit that a body names; none is the good's main one. Raises MixedUnits."""
    rung = session.get(UnitRung, (here().id, rung_id)) if rung_id else None
    if rung_id is not None and rung is None:
        raise MixedUnits
    return rung


def _named_pool(session: Session, number: int, item_id: UUID | None) -> SupplyPool:
    """Find the good of a round that is meant; only a round of one good needs no name."""
    pools = queries.pools_of(session, queries.of_cooperative(session, here().id, number))
    if item_id is not None:
        pools = [pool for pool in pools if pool.item_id == item_id]
    if not pools or (item_id is None and len(pools) > 1):
        wrong = say("Sebutkan salah satu barang di putaran ini.")
        raise Invalid(wrong, fields={"item": wrong})
    return pools[-1]  # a good that was given up may have been added again


def shown_request(line: RequestLine, number: int | None) -> dict[str, Any]:
    """Write a wish as programs read it."""
    return {
        **{name: getattr(line, name) for name in (*WISH, "words", "needed_by", "on_account")},
        "round": number,
        "item": line.item_id,
        "unit": line.rung_id,
        "second_item": line.second_item_id,
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
    """Close every good of which enough is wanted, and fix how many packs are bought."""
    round_ = queries.of_cooperative(session, here().id, number)
    service.lock_round(session, round_, by=me().account_id, at=now())
    return shown_anew(session, round_)


@operation(
    method="POST",
    path=f"{GOOD}/receipts",
    summary=say("Catat barang datang"),
    guard=requires(Permission.BUY_SUPPLIES),
    scope="supply",
    takes=ReceiptRequest,
    gives=RoundSchema,
    once=True,
    codes=("wrong_step", "needs_another_person"),
)
def receive_goods(
    session: Session, body: dict[str, Any], slug: str, number: int, place: int
) -> dict[str, Any]:
    """Record a delivery and share out all of a good that has come so far, exact to the rupiah."""
    pool = queries.pool(session, here().id, number, place)
    quantity, packs = body["quantity"], body["packs"]
    service.receive(
        session,
        pool,
        key=idempotency.key(),
        packs=quantity // pool.main.pack_size if packs is None else packs,
        quantity=quantity,
        cost=Rupiah(body["cost"]),
        damaged=body["damaged"],
        discount=Rupiah(body["discount"]),
        contested=None if body["contested"] is None else Rupiah(body["contested"]),
        kind=ReceiptReason(body["kind"]) if body["kind"] else None,
        reason=body["reason"] or None,
        actor_id=me().account_id,
        at=now(),
    )
    return shown_anew(session, pool.round)


@operation(
    method="POST",
    path=f"{PATH}/requests/<id:request_id>/hand-over",
    summary=say("Serahkan bagian anggota"),
    guard=requires(Permission.HAND_OVER_SUPPLIES),
    scope="supply",
    takes=HandOverRequest,
    gives=RoundSchema,
    once=True,
    codes=("not_ready", "wrong_amount", "changed", "balance_too_small", "credit_too_small"),
)
def hand_over_supply(
    session: Session, body: dict[str, Any], slug: str, request_id: UUID
) -> dict[str, Any]:
    """Hand a member's share of one good over, or a part of it, against its price."""
    line = queries.line(session, here().id, request_id)
    pool = _pool_of(session, line)
    at: datetime = now()
    paid = Rupiah(body["paid"])
    way = PaidWith(body["way"])
    taking = Taking(body["quantity"], body["fetched"]) if body["quantity"] else None
    service.hand_over(
        session, line, paid=paid, way=way, taking=taking, actor_id=me().account_id, at=at
    )
    return shown_anew(session, pool.round)


def _pool_of(session: Session, line: RequestLine) -> SupplyPool:
    """Fetch the round of a wish; one that still waits for a round has nothing to hand over."""
    if line.pool_id is None:
        raise NotReady(say("Belum ada barang untuk anggota ini."))
    return session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))
