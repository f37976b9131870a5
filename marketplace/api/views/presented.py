"""Purchases and orders in the words of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.api import queries
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.orders.notices import tracking_path
from marketplace.orders.queries import standing_of
from marketplace.orders.rules import first_state
from marketplace.payments.models import PaymentAttempt, PaymentIntent
from marketplace.payments.queries import TransferTo, attempts_of, intents_of, transfers_of
from marketplace.payments.rules import PaymentMethod, PaymentState
from marketplace.payments.rules.attempts import SPENT
from marketplace.web.mail import absolute


def purchase_of(session: Session, purchase: Purchase, at: datetime) -> dict[str, Any]:
    """Say how a purchase stands now."""
    return _purchase(purchase, orders_of(session, purchase.orders, at))


def placed(session: Session, purchase: Purchase, at: datetime) -> dict[str, Any]:
    """Say a purchase as it was placed, whatever has become of it: the first answer again."""
    answers = orders_of(session, purchase.orders, at)
    for order, answer in zip(purchase.orders, answers, strict=True):
        answer["state"] = first_state(order.method).value
        answer["refund_due"] = 0
        if answer["payment"] is not None:
            at_once = order.method is PaymentMethod.BALANCE  # paid when it was placed
            answer["payment"] |= {
                "state": (PaymentState.PAID if at_once else PaymentState.WAITING).value,
                "received": order.total if at_once else Rupiah(0),
                "checkout_url": None,
            }
    return _purchase(purchase, answers)


def _purchase(purchase: Purchase, orders: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "number": purchase.number,
        "key": purchase.key,
        "total": purchase.total,
        "placed_at": purchase.placed_at,
        "url": absolute(tracking_path(purchase)),
        "orders": orders,
    }


def orders_of(session: Session, orders: Sequence[Order], at: datetime) -> list[dict[str, Any]]:
    """Say how orders stand now, with a fixed number of queries."""
    names = queries.slugs(session, {order.cooperative_id for order in orders})
    intents = intents_of(session, [order.id for order in orders])
    transfers = transfers_of(session, intents.values())
    attempts = attempts_of(session, intents.values())
    return [
        {
            "number": order.number,
            "cooperative": names[order.cooperative_id],
            "state": standing_of(order, at=at).value,
            "items_total": order.items_total,
            "delivery_fee": order.delivery_fee,
            "total": order.total,
            "fulfilment": order.fulfilment.value,
            "refund_due": order.refund_due,
            "note": order.note,
            "placed_at": order.placed_at,
            "payment": _payment(intents.get(order.id), transfers, attempts),
            "pickup": _pickup(order),
            "lines": [_line(line) for line in order.lines],
        }
        for order in orders
    ]


def for_officers(session: Session, orders: Sequence[Order], at: datetime) -> list[dict[str, Any]]:
    """Say how orders stand, with who ordered them."""
    return [
        {
            **answer,
            "buyer": {
                "name": order.purchase.buyer_name,
                "phone": order.purchase.buyer_phone,
                "email": order.purchase.buyer_email,
            },
        }
        for order, answer in zip(orders, orders_of(session, orders, at), strict=True)
    ]


def _payment(
    intent: PaymentIntent | None,
    transfers: Mapping[UUID, TransferTo],
    attempts: Mapping[UUID, PaymentAttempt],
) -> dict[str, Any] | None:
    if intent is None:
        return None
    to, attempt = transfers.get(intent.id), attempts.get(intent.id)
    return {
        "method": intent.method.value,
        "state": intent.state.value,
        "amount_due": intent.amount_due,
        "received": intent.received,
        "qris": intent.qris_payload,
        "transfer": _transfer(to) if to else None,
        "checkout_url": attempt.address if attempt and attempt.state not in SPENT else None,
        "expires_at": intent.expires_at,
    }


def _transfer(to: TransferTo) -> dict[str, Any]:
    return {
        "bank": to.account.bank,
        "number": to.account.number,
        "holder": to.account.holder,
        "discount": to.transfer.discount,
    }


def _pickup(order: Order) -> dict[str, Any]:
    return {
        "code": order.pickup_code,
        "name": order.pickup_name,
        "address": order.pickup_address,
        "starts": order.pickup_from,
        "ends": order.pickup_until,
    }


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "variant": line.variant_id,
        "title": line.title,
        "variant_title": line.variant_title,
        "maker": line.maker_name,
        "unit": line.unit,
        "price": line.price,
        "quantity": line.quantity,
        "total": line.total,
    }
