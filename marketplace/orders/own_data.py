"""What is kept about a person who bought: every purchase made while signed in."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.orders.models import Order, Purchase
from marketplace.orders.queries.proofs import SentProof, proofs_sent_for


def of_buyer(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's purchases with their orders and goods, oldest first."""
    purchases = session.scalars(
        select(Purchase)
        .where(Purchase.account_id == account_id)
        .options(joinedload(Purchase.orders).selectinload(Order.lines))
        .order_by(Purchase.id)
    )
    found = purchases.unique().all()
    sent = proofs_sent_for(session, [order.id for each in found for order in each.orders])
    return {"purchases": [_purchase(each, sent) for each in found]}


def _purchase(purchase: Purchase, sent: Mapping[UUID, list[SentProof]]) -> dict[str, object]:
    return {
        "number": purchase.number,
        "placed_at": purchase.placed_at.isoformat(),
        "name": purchase.buyer_name,
        "phone": purchase.buyer_phone,
        "email": purchase.buyer_email,
        "total": purchase.total.amount,
        "orders": [_order(order, sent.get(order.id, [])) for order in purchase.orders],
    }


def _order(order: Order, sent: list[SentProof]) -> dict[str, object]:
    return {
        "number": order.number,
        "state": order.state.value,
        "delivery_fee": order.delivery_fee.amount,
        "total": order.total.amount,
        "fulfilment": order.fulfilment.value,
        "pickup": order.pickup_name,
        "address": order.pickup_address,
        "pickup_from": order.pickup_from.isoformat(),
        "note": order.note,
        "payment_proofs": [
            {
                "sent_at": each.proof.sent_at.isoformat(),
                "sha256": each.proof.sha256,
                "refused_at": each.proof.refused_at.isoformat() if each.proof.refused_at else None,
            }
            for each in sent
        ],
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
