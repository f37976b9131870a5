"""An order by its secret link, and a person's own orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from marketplace.accounts.current import me, my_account_id
from marketplace.cooperatives.models import Cooperative
from marketplace.delivery.rules import Fulfilment
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import from_text
from marketplace.kernel.text import say
from marketplace.listings.queries import offers
from marketplace.orders import basket, queries, service
from marketplace.orders.models import Order, Purchase
from marketplace.orders.queries.balances import may_become_balance
from marketplace.orders.queries.deliveries import on_the_road
from marketplace.orders.queries.refunds import refunds_of
from marketplace.orders.rules import REFUND_LABELS, REFUND_METHOD_LABELS, OrderState
from marketplace.orders.views import orders
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import attempt_of, intents_of, transfer_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.attempts import SPENT
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public, signed_in
from marketplace.web.qr import picture
from marketplace.web.transactions import reader, transaction

PAGE = 20
DELIVERED = (
    OrderState.NEW,
    OrderState.IN_PREPARATION,
    OrderState.READY,
    OrderState.SHIPPED,
    OrderState.FINISHED,
)
FORWARD = (
    OrderState.NEW,
    OrderState.IN_PREPARATION,
    OrderState.READY_FOR_PICKUP,
    OrderState.FINISHED,
)


@orders.get("/p/<number>/<key>")
@limiter.limit("120/minute")
@public
def track(number: str, key: str) -> ResponseReturnValue:
    """Show where an order is and what the buyer can do now; ``?pesanan=B`` shows another part."""
    return tracking_page(number, key, request.args.get("pesanan"))


def tracking_page(number: str, key: str, suffix: str | None, *, problem: str = "") -> str:
    """Show one part of a purchase; ``problem`` says what was wrong with what was sent."""
    session = reader()
    purchase = queries.purchase(session, number, key)
    at = now()
    order = shown(purchase, suffix, at)
    intent = intents_of(session, [order.id]).get(order.id)
    attempt = attempt_of(session, intent)
    names = {o.cooperative_id for o in purchase.orders}
    found = session.scalars(select(Cooperative).where(Cooperative.id.in_(names)))
    shops = {shop.id: shop for shop in found}
    return render_template(
        "orders/track.html",
        purchase=purchase,
        order=order,
        standing=queries.standing_of(order, at=at),
        standings={o.id: queries.standing_of(o, at=at) for o in purchase.orders},
        cooperatives=shops,
        intent=intent,
        earners=queries.earners(order),
        transfer=transfer_of(session, intent),
        attempt=attempt,
        page_address=attempt.address if attempt and attempt.state not in SPENT else None,
        problem=problem,
        refunds=refunds_of(session, order),
        refund_labels=REFUND_LABELS,
        refund_ways=REFUND_METHOD_LABELS,
        into_balance=may_become_balance(session, order, my_account_id()),
        code=_code(intent, shops[order.cooperative_id]),
        reached={event.after: event for event in order.events},
        forward=FORWARD if order.fulfilment is Fulfilment.PICKUP else DELIVERED,
        trip=on_the_road(session, [order]).get(order.id),
        at=at,
    )


def shown(purchase: Purchase, suffix: str | None, at: datetime) -> Order:
    """Choose the order to show: the named one, else one that waits for money, else the first."""
    if suffix:
        for order in purchase.orders:
            if order.number == f"{purchase.number}-{suffix}":
                return order
        raise NotFound(say("Pesanan tidak ditemukan. Periksa lagi tautannya."))
    waiting = [
        order
        for order in purchase.orders
        if queries.standing_of(order, at=at) is OrderState.AWAITING_PAYMENT
    ]
    return (waiting or purchase.orders)[0]


def _code(intent: PaymentIntent | None, shop: Cooperative) -> Markup | None:
    """Draw the order's own code, else the cooperative's code, which carries no amount."""
    if intent is None or intent.method is not PaymentMethod.QRIS:
        return None
    payload = intent.qris_payload or shop.qris_payload
    return picture(payload) if payload else None


@orders.post("/p/<number>/<key>/batal")
@limiter.limit("20/minute")
@public
def cancel(number: str, key: str) -> ResponseReturnValue:
    """Cancel one order in the buyer's name."""
    with transaction() as session:
        purchase = queries.purchase(session, number, key)
        order = shown(purchase, request.form.get("pesanan") or None, now())
        service.cancel_by_buyer(session, order, actor_id=my_account_id(), at=now())
        suffix = order.number.rpartition("-")[2]
    flash(gettext("Pesanan dibatalkan."), "ok")
    return redirect(url_for(".track", number=number, key=key, pesanan=suffix), 303)


@orders.post("/p/<number>/<key>/lagi")
@public
def again(number: str, key: str) -> ResponseReturnValue:
    """Put the same things into the basket again, as far as they are still sold."""
    purchase = queries.purchase(reader(), number, key)
    lines = [line for order in purchase.orders for line in order.lines if line.quantity]
    sold = offers(reader(), [line.variant_id for line in lines])
    for line in lines:
        if line.variant_id in sold and not basket.is_full():
            basket.put(line.variant_id, line.quantity, sold[line.variant_id].price.amount)
    if len(sold) < len({line.variant_id for line in lines}):
        flash(gettext("Ada barang yang sudah tidak dijual. Sisanya masuk keranjang."), "wait")
    return redirect(url_for(".cart"), 303)


@orders.get("/akun/pesanan")
@signed_in
def mine() -> ResponseReturnValue:
    """List what the signed-in person has ordered, newest first."""
    before: UUID | None = from_text(request.args.get("sebelum", ""))
    found: Sequence[Purchase] = queries.placed_by(
        reader(), me().account_id, before=before, limit=PAGE + 1
    )
    return render_template(
        "orders/mine.html", purchases=found[:PAGE], more=len(found) > PAGE, at=now()
    )
