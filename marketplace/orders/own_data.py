"""What is kept about a person who bought: every purchase made while signed in."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.orders.models import Order, Purchase


def of_buyer(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's purchases with their orders and goods, oldest first."""
    purchases = session.scalars(
        select(Purchase)
        .where(Purchase.account_id == account_id)
        .options(selectinload(Purchase.orders).selectinload(Order.lines))
        .order_by(Purchase.id)
    )
    return {"purchases": [_purchase(each) for each in purchases]}


def _purchase(purchase: Purchase) -> dict[str, object]:
    return {
        "number": purchase.number,
        "placed_at": purchase.placed_at.isoformat(),
        "name": purchase.buyer_name,
        "phone": purchase.buyer_phone,
        "email": purchase.buyer_email,
        "total": purchase.total.amount,
        "orders": [_order(order) for order in purchase.orders],
    }


def _order(order: Order) -> dict[str, object]:
    return {
        "number": order.number,
        "state": order.state.value,
        "total": order.total.amount,
        "pickup": order.pickup_name,
        "pickup_from": order.pickup_from.isoformat(),
        "note": order.note,
        "lines": [
            {
                "title": line.title,
                "variant": line.variant_title,
                "quantity": line.quantity,
                "price": line.price.amount,
            }
            for line in order.lines
        ],
    }
