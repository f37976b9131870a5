"""Orders to suppliers: the list, one order with its steps, and its papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.numbers import parse_rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import PurchaseOrder, SentBy
from marketplace.supply.rules import NEXT_STATES, PurchaseOrderState
from marketplace.supply.views import supply
from marketplace.supply.views.papers import as_csv, as_pdf, message, supplier_link
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction

PAGE = 20
ONE = "/pesanan/<int:order_number>"
BUYS = Permission.BUY_SUPPLIES
SEES = Permission.SEE_SUPPLIES
WAYS = {
    SentBy.WHATSAPP: say("lewat WhatsApp"),
    SentBy.MAIL: say("lewat e-mail"),
    SentBy.PRINTED: say("langsung"),
}
Work = Callable[[Session, PurchaseOrder, datetime], object]


@supply.get("/pesanan")
@requires(SEES)
def purchase_orders(slug: str) -> ResponseReturnValue:
    """List orders to suppliers, newest first."""
    page = page_number()
    found, total = queries.purchase_orders(reader(), here().id, page=page, size=PAGE)
    return render_template(
        "supply/purchase_orders.html",
        orders=found, page=page, pages=pages_of(total, PAGE), slug=slug,
    )  # fmt: skip


@supply.get(ONE)
@requires(SEES)
def purchase_order(slug: str, order_number: int) -> ResponseReturnValue:
    """Show one order: what it says, what the supplier answered, and the steps that are left."""
    session = reader()
    order = queries.purchase_order(session, here().id, order_number)
    own = me().account_id == order.created_by
    ahead = NEXT_STATES[order.state]
    return render_template(
        "supply/purchase_order.html",
        order=order,
        round_number=queries.round_numbers(session, here().id, [order])[order.round_id],
        people=accounts.names_of(
            session, [order.created_by, order.approved_by, order.sent_by, order.agreed_by]
        ),
        came=queries.came_of(session, here().id, [order]),
        needs_another=PurchaseOrderState.APPROVED in ahead
        and own
        and not service.is_alone(session, order),
        may_approve=PurchaseOrderState.APPROVED in ahead,
        may_send=PurchaseOrderState.SENT in ahead,
        may_cancel=PurchaseOrderState.CANCELLED in ahead,
        with_supplier=order.state in service.WITH_SUPPLIER,
        ways=WAYS,
        message=message(order),
        link=supplier_link(order),
        slug=slug,
    )


def _change(slug: str, order_number: int, work: Work, done: str) -> ResponseReturnValue:
    with transaction() as session:
        work(session, queries.purchase_order(session, here().id, order_number), now())
    flash(done, "ok")
    return _back(slug, order_number)


def _back(slug: str, order_number: int) -> ResponseReturnValue:
    return redirect(url_for(".purchase_order", slug=slug, order_number=order_number), 303)


@supply.post("/<int:number>/<int:place>/pesan")
@requires(BUYS)
def order(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Lead to the order of a locked good; one that has none yet is put on a draft."""
    with transaction() as session:
        pool = queries.pool(session, here().id, number, place)
        found = service.draft(session, pool, by=me().account_id, at=now())
        order_number = found.number
    return _back(slug, order_number)


@supply.post(f"{ONE}/setuju")
@requires(BUYS)
def approve_order(slug: str, order_number: int) -> ResponseReturnValue:
    """Say yes to an order that another officer made, at the total that was shown."""
    by, seen = me().account_id, parse_rupiah(request.form.get("total", ""))
    return _change(
        slug,
        order_number,
        lambda session, found, at: service.approve(session, found, seen=seen, by=by, at=at),
        gettext("Pesanan disetujui. Sekarang kirim ke pemasok."),
    )


@supply.post(f"{ONE}/kirim")
@requires(BUYS)
def send_order(slug: str, order_number: int) -> ResponseReturnValue:
    """Let an order go to the supplier."""
    by, way = me().account_id, _way(request.form.get("cara", ""))
    return _change(
        slug,
        order_number,
        lambda session, found, at: service.send(session, found, way, by=by, at=at),
        {
            SentBy.WHATSAPP: gettext("Dicatat. Sekarang buka WhatsApp dan kirim pesannya."),
            SentBy.MAIL: gettext("Pesanan dikirim lewat e-mail."),
            SentBy.PRINTED: gettext("Dicatat: pemasok sudah menerima pesanan."),
        }[way],
    )


def _way(text: str) -> SentBy:
    for way in SentBy:
        if way.value == text:
            return way
    raise Invalid(say("Pilih cara mengirim pesanan."))


@supply.post(f"{ONE}/batal")
@requires(BUYS)
def cancel_order(slug: str, order_number: int) -> ResponseReturnValue:
    """Take an order back."""
    return _change(
        slug,
        order_number,
        lambda session, found, at: service.cancel_order(session, found, at=at),
        gettext("Pesanan ke pemasok dibatalkan."),
    )


@supply.post(f"{ONE}/jawaban")
@requires(BUYS)
def agree_order(slug: str, order_number: int) -> ResponseReturnValue:
    """Say yes or no to what the supplier changed."""
    by, agreed = me().account_id, request.form.get("setuju") == "1"
    return _change(
        slug,
        order_number,
        lambda session, found, at: service.agree(session, found, agreed=agreed, by=by, at=at),
        gettext("Perubahan pemasok diterima.")
        if agreed
        else gettext("Dicatat. Pemasok bisa menjawab lagi lewat tautannya."),
    )


@supply.get(f"{ONE}/pesanan.pdf")
@requires(SEES)
def order_pdf(slug: str, order_number: int) -> ResponseReturnValue:
    """Give an order as a document."""
    return as_pdf(queries.purchase_order(reader(), here().id, order_number))


@supply.get(f"{ONE}/pesanan.csv")
@requires(SEES)
def order_csv(slug: str, order_number: int) -> ResponseReturnValue:
    """Give an order as a table."""
    return as_csv(queries.purchase_order(reader(), here().id, order_number))
