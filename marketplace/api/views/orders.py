"""What officers do with orders, and what a buyer may still take back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts.current import me, my_account_id
from marketplace.api import cursors, idempotency
from marketplace.api import queries as api_queries
from marketplace.api.blueprint import check_scope, operation
from marketplace.api.schemas.orders import (
    CancelRequest,
    MoneyReceived,
    OfficerOrderSchema,
    OrderPageSchema,
    OrderQuery,
    OrderSchema,
    ReduceRequest,
    StepRequest,
)
from marketplace.api.views.presented import for_officers, orders_of
from marketplace.api.views.values import pieces_of, read_at
from marketplace.cooperatives.current import here
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.web.clock import now
from marketplace.web.guards import public, requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/orders"


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar pesanan koperasi"),
    guard=requires(Permission.SEE_BOARD),
    scope="orders",
    asks=OrderQuery,
    gives=OrderPageSchema,
)
def list_orders(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List a cooperative's orders, newest first."""
    limit = asked["limit"]
    place = cursors.decode_id(asked["cursor"]) if asked["cursor"] else None
    state = OrderState(asked["state"]) if asked["state"] else None
    found = api_queries.orders_before(reader(), here().id, place, state=state, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": for_officers(reader(), shown, now()),
        "next_cursor": cursors.encode(to_text(shown[-1].id)) if len(found) > limit else None,
    }


def _shown(session: Session, number: str, at: datetime) -> dict[str, Any]:
    order = queries.of_cooperative(session, here().id, number)
    return for_officers(session, [order], at)[0]


@operation(
    method="POST",
    path=f"{PATH}/<number>/advance",
    summary=say("Majukan pesanan satu langkah"),
    guard=requires(Permission.FULFIL_ORDERS),
    scope="orders",
    takes=StepRequest,
    gives=OfficerOrderSchema,
    once=True,
    codes=("wrong_step", "not_paid", "wrong_code", "out_of_stock"),
)
def advance_order(session: Session, body: dict[str, Any], slug: str, number: str) -> dict[str, Any]:
    """Accept an order, say that it is ready, send it with a courier, or hand it over."""
    order, wanted, at = _order(session, number), OrderState(body["to"]), now()
    actor_id = me().account_id
    if wanted is OrderState.FINISHED:
        service.hand_over(session, order, actor_id=actor_id, code=body["code"] or None, at=at)
    elif wanted is OrderState.SHIPPED:
        courier = _courier(body["courier"] or {})
        service.send_out(session, order, courier, actor_id=actor_id, at=at)
    else:
        service.advance(session, order, wanted, actor_id=actor_id, at=at)
    return _shown(session, number, at)


def _courier(said: dict[str, Any]) -> CourierChoice:
    phone = said.get("phone")
    return CourierChoice(
        member_id=said.get("member"),
        name=said.get("name") or "",
        phone=read_at("courier.phone", parse_phone, phone) if phone else None,
    )


def _order(session: Session, number: str) -> Order:
    return queries.of_cooperative(session, here().id, number)


@operation(
    method="POST",
    path=f"{PATH}/<number>/payment",
    summary=say("Catat uang yang masuk"),
    guard=requires(Permission.CONFIRM_PAYMENTS),
    scope="orders",
    takes=MoneyReceived,
    gives=OfficerOrderSchema,
    once=True,
    codes=("wrong_step",),
)
def confirm_payment(
    session: Session, body: dict[str, Any], slug: str, number: str
) -> dict[str, Any]:
    """Record money that has arrived; enough of it makes the order a new one to prepare."""
    at = now()
    service.confirm_payment(
        session,
        _order(session, number),
        Rupiah(body["received"]),
        key=idempotency.key(),
        actor_id=me().account_id,
        at=at,
    )
    return _shown(session, number, at)


@operation(
    method="POST",
    path=f"{PATH}/<number>/reduce",
    summary=say("Kurangi barang dari pesanan"),
    guard=requires(Permission.FULFIL_ORDERS),
    scope="orders",
    takes=ReduceRequest,
    gives=OfficerOrderSchema,
    once=True,
    codes=("wrong_step", "nothing_left", "refund_too_much", "rule_broken"),
)
def reduce_order(session: Session, body: dict[str, Any], slug: str, number: str) -> dict[str, Any]:
    """Take pieces off an order before it is handed over; what was paid for them is owed back."""
    at, order = now(), _order(session, number)
    service.reduce(
        session,
        order,
        pieces_of(order, body["lines"]),
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        reason=body["reason"],
        by=me().account_id,
        at=at,
    )
    return _shown(session, number, at)


@operation(
    method="POST",
    path=f"{PATH}/<number>/cancel",
    summary=say("Batalkan pesanan"),
    guard=public,
    takes=CancelRequest,
    gives=OrderSchema,
    once=True,
    limit="60/minute",
    codes=("wrong_step", "sign_in_needed", "scope_missing"),
)
def cancel_order(session: Session, body: dict[str, Any], slug: str, number: str) -> dict[str, Any]:
    """Cancel an order: a buyer with the purchase's key, or an officer with scope ``orders``."""
    at = now()
    if body["key"]:
        order = _of_buyer(session, number, body["key"])
        service.cancel_by_buyer(session, order, actor_id=my_account_id(), at=at)
    else:
        _cancel_as_officer(session, number, body["reason"], at)
    return orders_of(session, [_order(session, number)], at)[0]


def _of_buyer(session: Session, number: str, key: str) -> Order:
    purchase = queries.purchase(session, number.rpartition("-")[0], key)
    for order in purchase.orders:
        if order.number == number and order.cooperative_id == here().id:
            return order
    raise NotFound(say("Pesanan tidak ditemukan."))


@requires(Permission.FULFIL_ORDERS)
def _cancel_as_officer(session: Session, number: str, reason: str | None, at: datetime) -> str:
    check_scope("orders")
    service.cancel(
        session, _order(session, number), reason=reason or None, actor_id=me().account_id, at=at
    )
    return ""
