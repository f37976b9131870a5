"""Paying an order on the page of a gateway."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.kernel.errors import RuleBroken
from marketplace.orders import gateways, queries, service
from marketplace.orders.models import Order
from marketplace.orders.service.moving import intent_to_pay
from marketplace.orders.views import orders
from marketplace.orders.views.tracking import shown, tracking_page
from marketplace.payments.gateways import gateway_name
from marketplace.payments.queries import attempt_of
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public
from marketplace.web.i18n import translate
from marketplace.web.transactions import transaction


@orders.post("/p/<number>/<key>/bayar-online")
@limiter.limit("20/minute")
@public
def pay_online(number: str, key: str) -> ResponseReturnValue:
    """Have the gateway's page made now, so that the buyer waits for no worker.

    The way there is a link: a form may not lead to another site.
    """
    suffix = request.form.get("pesanan") or None
    try:
        with transaction() as session:
            order = shown(queries.purchase(session, number, key), suffix, now())
            cooperative_id, order_id, suffix = order.cooperative_id, order.id, _suffix(order)
            attempt_id = service.page_for(session, order, gateway_name(), at=now())
        gateways.make_page(cooperative_id, attempt_id)
        if not gateways.wait_for_page(cooperative_id, order_id):
            flash(gettext("Halaman bayar sedang dibuka. Tekan lagi sebentar lagi."), "wait")
    except RuleBroken as broken:
        return _refused(number, key, suffix, broken)
    return _back(number, key, suffix)


@orders.post("/p/<number>/<key>/cek-bayar")
@limiter.limit("20/minute")
@public
def check_online(number: str, key: str) -> ResponseReturnValue:
    """Ask the gateway in the buyer's name whether the money has come."""
    suffix = request.form.get("pesanan") or None
    try:
        with transaction() as session:
            order = shown(queries.purchase(session, number, key), suffix, now())
            cooperative_id, order_id, suffix = order.cooperative_id, order.id, _suffix(order)
            attempt = attempt_of(session, intent_to_pay(session, order))
            attempt_id: UUID | None = attempt.id if attempt else None
        if attempt_id is not None:
            gateways.ask(cooperative_id, attempt_id, quick=True)
    except RuleBroken as broken:
        return _refused(number, key, suffix, broken)
    with transaction() as session:
        paid = gateways.is_paid(session, cooperative_id, order_id)
    if not paid:
        flash(gettext("Uangnya belum terlihat. Coba periksa lagi sebentar lagi."), "wait")
    return _back(number, key, suffix)


def _suffix(order: Order) -> str:
    return order.number.rpartition("-")[2]


def _refused(number: str, key: str, suffix: str | None, broken: RuleBroken) -> ResponseReturnValue:
    if broken.status == 404:
        raise broken
    return tracking_page(number, key, suffix, problem=translate(broken.message)), broken.status


def _back(number: str, key: str, suffix: str | None) -> ResponseReturnValue:
    return redirect(url_for(".track", number=number, key=key, pesanan=suffix), 303)
