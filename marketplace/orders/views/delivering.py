"""Sending an order with a courier, and the page behind the courier's secret link."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.delivery import queries as trips
from marketplace.delivery.models import Shipment
from marketplace.delivery.rules import ShipmentState
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_quantity
from marketplace.members.queries import present
from marketplace.orders import queries, service
from marketplace.orders.forms import LARGEST_TOTAL, FailedForm, SendForm
from marketplace.orders.queries.deliveries import order_of_trip
from marketplace.orders.views import orders
from marketplace.orders.views.board import PATH, order_page
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public, requires
from marketplace.web.transactions import reader, transaction

LINK = "/k/<slug>/antar/<key>"


@orders.post(f"{PATH}/<number>/kirim")
@requires(Permission.FULFIL_ORDERS)
def send(slug: str, number: str) -> ResponseReturnValue:
    """Let a courier go with an order that is ready."""
    form, status = SendForm(), 422
    form.offer(present(reader(), here().id))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                order = queries.of_cooperative(session, here().id, number)
                service.send_out(session, order, form.courier(), actor_id=me().account_id, at=now())
                code = order.pickup_code
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("%(code)s berangkat. Kirim tautannya ke kurir.", code=code), "ok")
            return redirect(url_for(".show", slug=slug, number=number), 303)
    return order_page(slug, number, status, send=form)


@orders.get(LINK)
@limiter.limit("120/minute")
@public
def courier(slug: str, key: str) -> ResponseReturnValue:
    """Show a courier where to go and what to collect; after the trip nothing of the buyer."""
    return _page(slug, key, FailedForm(formdata=None))


def _page(slug: str, key: str, form: FailedForm) -> str:
    session = reader()
    trip = trips.shipment_by_key(session, here().id, key)
    return render_template(
        "orders/courier.html",
        trip=trip,
        going=trip.state is ShipmentState.ON_ITS_WAY,
        order=order_of_trip(session, trip),
        shop=here(),
        form=form,
        slug=slug,
        at=now(),
    )


def _trip(session: Session, key: str) -> Shipment:
    return trips.shipment_by_key(session, here().id, key)


@orders.post(f"{LINK}/sampai")
@limiter.limit("20/minute")
@public
def arrive(slug: str, key: str) -> ResponseReturnValue:
    """Say that the goods were taken, and their money with them."""
    cash = parse_quantity(request.form.get("paid", ""), least=0, most=LARGEST_TOTAL)
    with transaction() as session:
        service.arrive(session, _trip(session, key), Rupiah(cash), at=now())
    flash(gettext("Tercatat sudah diterima. Terima kasih."), "ok")
    return redirect(url_for(".courier", slug=slug, key=key), 303)


@orders.post(f"{LINK}/gagal")
@limiter.limit("20/minute")
@public
def fail(slug: str, key: str) -> ResponseReturnValue:
    """Say why nobody took the goods; they go back to the cooperative."""
    form = FailedForm()
    if not form.validate_on_submit():
        return _page(slug, key, form), 422
    with transaction() as session:
        service.bring_back(session, _trip(session, key), form.reason.data or "", at=now())
    flash(gettext("Tercatat tidak terantar. Bawa barangnya kembali ke koperasi."), "ok")
    return redirect(url_for(".courier", slug=slug, key=key), 303)
