"""A buyer's claims by program, with the key of the purchase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.api.blueprint import operation
from marketplace.api.schemas.claims import (
    ClaimKey,
    ClaimListSchema,
    ClaimRequest,
    ClaimSchema,
    OwnClaimQuery,
)
from marketplace.api.views.claims import after, said
from marketplace.api.views.values import pieces_of
from marketplace.claims import queries, service
from marketplace.claims.models import Claim
from marketplace.claims.rules import ClaimKind
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.orders import queries as orders
from marketplace.orders.models import Order, Purchase
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.transactions import reader

PATH = "/purchases/<number>/claims"


@operation(
    method="GET",
    path=PATH,
    summary=say("Keluhan untuk belanjaan sendiri"),
    guard=public,
    asks=OwnClaimQuery,
    gives=ClaimListSchema,
    limit="120/minute",
)
def list_own_claims(asked: dict[str, Any], number: str) -> dict[str, Any]:
    """List what was claimed of a purchase to whoever knows its key."""
    session = reader()
    purchase = orders.purchase(session, number, asked["key"])
    return {
        "items": said(
            [
                queries.claim(session, order.cooperative_id, claim.id)
                for order in purchase.orders
                for claim in queries.claims_of(session, order)
            ]
        )
    }


@operation(
    method="POST",
    path=PATH,
    summary=say("Kirim keluhan"),
    guard=public,
    scope="purchases",
    takes=ClaimRequest,
    gives=ClaimSchema,
    status=201,
    once=True,
    limit="10/minute",
    codes=("claim_too_late", "claim_open", "refund_too_much", "nothing_owed"),
)
def open_claim(session: Session, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Say in the buyer's name what was wrong with an order that was handed over."""
    order = _part(orders.purchase(session, number, body["key"]), body["order"])
    complaint = service.Complaint(
        ClaimKind(body["kind"]), body["words"], pieces_of(order, body["lines"])
    )
    claim = service.open_claim(session, order, complaint, at=now())
    return after(session, claim)


def _part(purchase: Purchase, number: str) -> Order:
    for order in purchase.orders:
        if order.number == number:
            return order
    raise NotFound(say("Pesanan tidak ditemukan."))


@operation(
    method="POST",
    path=f"{PATH}/<id:claim_id>/accept",
    summary=say("Terima jawaban koperasi"),
    guard=public,
    scope="purchases",
    takes=ClaimKey,
    gives=ClaimSchema,
    once=True,
    limit="20/minute",
    codes=("wrong_step", "refund_too_much", "nothing_owed", "account_closed"),
)
def accept_claim_answer(
    session: Session, body: dict[str, Any], number: str, claim_id: UUID
) -> dict[str, Any]:
    """Agree in the buyer's name to what the cooperative offers."""
    return _change(session, number, body["key"], claim_id, service.accept)


@operation(
    method="POST",
    path=f"{PATH}/<id:claim_id>/escalate",
    summary=say("Minta Guyub memutuskan"),
    guard=public,
    scope="purchases",
    takes=ClaimKey,
    gives=ClaimSchema,
    once=True,
    limit="20/minute",
    codes=("wrong_step",),
)
def escalate_claim(
    session: Session, body: dict[str, Any], number: str, claim_id: UUID
) -> dict[str, Any]:
    """Ask the operator in the buyer's name to decide."""
    return _change(session, number, body["key"], claim_id, service.escalate)


def _change(
    session: Session, number: str, key: str, claim_id: UUID, work: Callable[..., Claim]
) -> dict[str, Any]:
    for order in orders.purchase(session, number, key).orders:
        for claim in queries.claims_of(session, order):
            if claim.id == claim_id:
                return after(session, work(session, claim, at=now()))
    raise NotFound(say("Keluhan itu tidak ditemukan."))
