"""Giving money back by program: asked for, agreed to, paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.refunds import (
    RefundPageSchema,
    RefundPaid,
    RefundQuery,
    RefundSchema,
    RefundWanted,
)
from marketplace.api.views.values import pieces_of
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import queries as orders
from marketplace.orders import service
from marketplace.orders.models import Refund
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import RefundKind, RefundMethod, RefundState
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/refunds"
GUARD = requires(Permission.CONFIRM_PAYMENTS)


@operation(
    method="POST",
    path="/cooperatives/<slug>/orders/<number>/refund",
    summary=say("Kembalikan uang pesanan"),
    guard=GUARD,
    scope="orders",
    takes=RefundWanted,
    gives=RefundSchema,
    status=201,
    once=True,
    codes=("nothing_owed", "refund_too_much", "key_reused", "rule_broken"),
)
def refund_order(session: Session, body: dict[str, Any], slug: str, number: str) -> dict[str, Any]:
    """Ask for money of an order to go back, by amount or by line.

    Up to the cooperative's limit it is agreed to at once; it still has to be paid.
    """
    order = orders.of_cooperative(session, here().id, number)
    refund = service.request_refund(
        session,
        order,
        service.RefundRequest(
            reason=body["reason"],
            amount=Rupiah(body["amount"]) if body["amount"] else None,
            pieces=pieces_of(order, body["lines"]),
            goods_back=body["goods_back"],
            kind=RefundKind(body["kind"]) if body["kind"] else None,
        ),
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        by=me().account_id,
        at=now(),
    )
    return said(session, [refund])[0]


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar pengembalian uang"),
    guard=GUARD,
    scope="orders",
    asks=RefundQuery,
    gives=RefundPageSchema,
)
def list_refunds(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List a cooperative's refunds, newest first."""
    limit = asked["limit"]
    found = queries.refunds_in(
        reader(),
        here().id,
        states=[RefundState(asked["state"])] if asked["state"] else tuple(RefundState),
        before=cursors.decode_id(asked["cursor"]) if asked["cursor"] else None,
        limit=limit + 1,
    )
    shown = found[:limit]
    return {
        "items": said(reader(), shown),
        "next_cursor": cursors.encode(to_text(shown[-1].id)) if len(found) > limit else None,
    }


@operation(
    method="POST",
    path=f"{PATH}/<id:refund_id>/approve",
    summary=say("Setujui pengembalian uang"),
    guard=GUARD,
    scope="orders",
    gives=RefundSchema,
    once=True,
    codes=("wrong_step", "needs_another_person", "rule_broken", "account_closed"),
)
def approve_refund(session: Session, slug: str, refund_id: UUID) -> dict[str, Any]:
    """Agree to a refund that another officer asked for."""
    refund = queries.refund(session, here().id, refund_id)
    service.approve_refund(session, refund, by=me().account_id, at=now())
    return said(session, [refund])[0]


@operation(
    method="POST",
    path=f"{PATH}/<id:refund_id>/refuse",
    summary=say("Tolak pengembalian uang"),
    guard=GUARD,
    scope="orders",
    gives=RefundSchema,
    once=True,
    codes=("wrong_step",),
)
def refuse_refund(session: Session, slug: str, refund_id: UUID) -> dict[str, Any]:
    """Decline a refund, or take one's own back."""
    refund = queries.refund(session, here().id, refund_id)
    service.refuse_refund(session, refund, by=me().account_id, at=now())
    return said(session, [refund])[0]


@operation(
    method="POST",
    path=f"{PATH}/<id:refund_id>/pay",
    summary=say("Catat uang yang sudah dikembalikan"),
    guard=GUARD,
    scope="orders",
    takes=RefundPaid,
    gives=RefundSchema,
    once=True,
    codes=("wrong_step", "nothing_owed", "proof_missing", "account_closed"),
)
def pay_refund(
    session: Session, body: dict[str, Any], slug: str, refund_id: UUID
) -> dict[str, Any]:
    """Say that the money of a refund has gone back, and how."""
    refund = queries.refund(session, here().id, refund_id)
    service.pay_refund(
        session,
        refund,
        RefundMethod(body["method"]),
        reference=body["reference"],
        by=me().account_id,
        at=now(),
    )
    return said(session, [refund])[0]


def said(session: Session, refunds: Sequence[Refund]) -> list[dict[str, Any]]:
    """Say refunds with their orders' lines, with a fixed number of queries."""
    lines, numbers = queries.lines_of_refunds(session, refunds)
    return [
        {
            "id": refund.id,
            "order": numbers[refund.order_id],
            "kind": refund.kind.value,
            "state": refund.state.value,
            "amount": refund.amount,
            "reason": refund.reason,
            "goods_back": refund.goods_back,
            "two_people": refund.two_people,
            "method": refund.method.value if refund.method else None,
            "reference": refund.reference,
            "requested_at": refund.requested_at,
            "decided_at": refund.decided_at,
            "paid_at": refund.paid_at,
            "lines": [
                {
                    "variant": lines[back.line_id].variant_id,
                    "title": lines[back.line_id].title,
                    "quantity": back.quantity,
                    "amount": back.amount,
                }
                for back in refund.lines
            ],
        }
        for refund in refunds
    ]
