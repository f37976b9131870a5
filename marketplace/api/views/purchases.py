"""Buying: what a basket would cost, placing it, and looking at what was placed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts.current import my_account_id
from marketplace.accounts.rules import read_email
from marketplace.api import idempotency
from marketplace.api import queries as api_queries
from marketplace.api.blueprint import operation
from marketplace.api.schemas.orders import (
    PurchaseQuery,
    PurchaseRequest,
    PurchaseSchema,
    QuoteRequest,
    QuoteSchema,
)
from marketplace.api.views.presented import placed, purchase_of
from marketplace.api.views.values import read_at
from marketplace.database import reading
from marketplace.delivery.rules import Doorstep
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.text import say
from marketplace.orders import checkout, queries
from marketplace.orders.models import Order, Purchase
from marketplace.orders.queries import Place, QuotedLine, QuotedOrder
from marketplace.orders.queries.doors import Door
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.orders.service.requests import MOST_OF_ONE
from marketplace.payments.gateways import gateway_name
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.i18n import language, translate
from marketplace.web.transactions import reader


def basket_of(lines: list[dict[str, Any]]) -> dict[UUID, int]:
    """Gather lines into a basket; several of one variant are added up."""
    basket: dict[UUID, int] = {}
    for line in lines:
        basket[line["variant"]] = basket.get(line["variant"], 0) + line["quantity"]
    if any(quantity > MOST_OF_ONE for quantity in basket.values()):
        wrong = say("Jumlah barang harus 1 sampai %(most)s.", most=MOST_OF_ONE)
        raise Invalid(wrong, fields={"lines": wrong})
    return basket


@operation(
    method="POST",
    path="/purchases/quote",
    summary=say("Hitung harga keranjang"),
    guard=public,
    takes=QuoteRequest,
    gives=QuoteSchema,
    limit="120/minute",
)
def quote_purchase(body: dict[str, Any]) -> dict[str, Any]:
    """Price a basket and list how each part can be fetched and paid. Changes nothing."""
    basket = basket_of(body["lines"])
    with reading():
        quote = queries.quote(
            reader(), basket, at=now(), gateway=gateway_name(), account_id=my_account_id()
        )
    return {
        "total": quote.total,
        "orders": [_quoted(order) for order in quote.orders],
        "gone": quote.gone,
        "problems": [translate(problem) for problem in quote.problems],
    }


def _quoted(order: QuotedOrder) -> dict[str, Any]:
    return {
        "cooperative": order.cooperative.slug,
        "cooperative_name": order.cooperative.name,
        "items_total": order.total,
        "lines": [_line(line) for line in order.lines],
        "fulfilment_options": [
            *(_option(place, order) for place in order.places),
            *(_door(door, order) for door in order.doors),
        ],
        "payment_options": [method.value for method in order.methods],
        "balance": order.balance,
        "problem": translate(order.problem) if order.problem else None,
    }


def _line(line: QuotedLine) -> dict[str, Any]:
    return {
        "variant": line.offer.variant_id,
        "title": line.offer.full_title,
        "price": line.offer.price,
        "quantity": line.quantity,
        "total": line.total,
        "available": line.left,
        "problem": translate(line.problem) if line.problem else None,
    }


def _option(place: Place, order: QuotedOrder) -> dict[str, Any]:
    return {
        "method": "pickup",
        "point": place.point.id,
        "zone": None,
        "name": place.point.name,
        "address": place.point.address,
        "areas": [],
        "price": 0,
        "needs": None,
        "cash": PaymentMethod.COD in order.methods,
        "problem": None,
        "slots": place.slots,
    }


def _door(door: Door, order: QuotedOrder) -> dict[str, Any]:
    return {
        "method": "delivery",
        "point": None,
        "zone": door.zone.id,
        "name": door.zone.name,
        "address": None,
        "areas": door.zone.areas,
        "price": door.fee.amount,
        "needs": "address",
        "cash": door.cash and PaymentMethod.COD in order.methods,
        "problem": translate(door.problem) if door.problem else None,
        "slots": order.places[0].slots,
    }


@operation(
    method="POST",
    path="/purchases",
    summary=say("Pesan isi keranjang"),
    guard=public,
    scope="purchases",
    takes=PurchaseRequest,
    gives=PurchaseSchema,
    status=201,
    keyed=True,
    limit="30/minute",
    codes=(
        "out_of_stock",
        "price_changed",
        "shop_closed",
        "slot_gone",
        "codes_used_up",
        "balance_too_small",
        "not_delivered",
    ),
)
def place_purchase(body: dict[str, Any]) -> dict[str, Any]:
    """Order a basket; the key makes it safe to send again, also from two places at once."""
    at = now()
    request = OrderRequest(
        checkout_key=f"{idempotency.asker()}:{idempotency.key()}",
        basket=basket_of(body["lines"]),
        buyer=_buyer(body["buyer"]),
        expected_total=Rupiah(body["expected_total"]),
        choices=_choices(body["orders"]),
        gateway=gateway_name(),
    )
    purchase_id = checkout.place(request, at=at).id
    session = reader()
    return placed(session, _whole(session, purchase_id), at)


def _buyer(said: dict[str, Any]) -> Buyer:
    return Buyer(
        name=said["name"],
        phone=read_at("buyer.phone", parse_phone, said["phone"]),
        email=read_at("buyer.email", read_email, said["email"]) if said["email"] else None,
        account_id=my_account_id(),
        language=language(),
    )


def _choices(said: dict[str, Any]) -> dict[int, Choice]:
    known = api_queries.numbers(reader(), list(said)) if said else {}
    unknown = {
        f"orders.{slug}": say("Koperasi tidak ditemukan.") for slug in set(said) - set(known)
    }
    if unknown:
        raise Invalid(say("Koperasi tidak ditemukan."), fields=unknown)
    return {known[slug]: _choice(part) for slug, part in said.items()}


def _choice(part: dict[str, Any]) -> Choice:
    fetch = part["fulfilment"] or {}
    return Choice(
        point_id=fetch.get("point"),
        slot_starts=fetch.get("slot_starts"),
        method=PaymentMethod(part["payment"]) if part["payment"] else None,
        note=part["note"],
        door=_doorstep(fetch) if fetch.get("method") == "delivery" else None,
    )


def _doorstep(fetch: dict[str, Any]) -> Doorstep:
    return Doorstep(
        zone_id=fetch.get("zone"),
        address=fetch.get("address") or "",
        landmark=fetch.get("landmark") or None,
        area=fetch.get("area") or None,
    )


def _whole(session: Session, purchase_id: UUID) -> Purchase:
    return session.scalars(
        select(Purchase)
        .where(Purchase.id == purchase_id)
        .options(selectinload(Purchase.orders).selectinload(Order.lines))
        .execution_options(populate_existing=True)
    ).one()


@operation(
    method="GET",
    path="/purchases/<number>",
    summary=say("Lihat pesanan dengan kunci rahasianya"),
    guard=public,
    asks=PurchaseQuery,
    gives=PurchaseSchema,
    limit="120/minute",
)
def get_purchase(asked: dict[str, Any], number: str) -> dict[str, Any]:
    """Show how a purchase stands to whoever knows its key."""
    session = reader()
    return purchase_of(session, queries.purchase(session, number, asked["key"]), now())
