"""Money that goes back: what is owed, asking for it, agreeing to it, saying that it left."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.files import service as files
from marketplace.files.documents import Document
from marketplace.files.models import StoredFile
from marketplace.files.pictures import Whole
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.text import say
from marketplace.orders import queries as orders_queries
from marketplace.orders import service
from marketplace.orders.forms import RefundForm, RefundPaidForm, pieces
from marketplace.orders.models import Refund
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import (
    REFUND_LABELS,
    REFUND_METHOD_LABELS,
    OrderState,
    RefundMethod,
    RefundState,
)
from marketplace.orders.views import orders
from marketplace.orders.views.board import PATH as ORDERS
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public, requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, is_document, picture_answer, sent_proof

PATH = "/k/<slug>/kelola/pengembalian"
ONE = f"{PATH}/<id:refund_id>"
SHOWN = 50
REFUND_PROOF = "refund proof"


@orders.get(PATH)
@requires(Permission.SEE_BOARD)
def refunds(slug: str) -> ResponseReturnValue:
    """List the money that is to go back, the refunds that wait, and the latest others."""
    session = reader()
    ended = (RefundState.PAID, RefundState.REFUSED)
    waiting = queries.refunds_in(session, here().id, states=queries.OPEN, limit=200)
    return render_template(
        "orders/refunds.html",
        owed=queries.money_owed(session, here().id),
        waiting=waiting,
        ended=queries.refunds_in(session, here().id, states=ended, limit=SHOWN),
        labels=REFUND_LABELS,
        slug=slug,
    )


@orders.get(f"{ORDERS}/<number>/pengembalian")
@requires(Permission.CONFIRM_PAYMENTS)
def ask_refund(slug: str, number: str) -> ResponseReturnValue:
    """Offer a form that says what of an order goes back."""
    return _form_page(slug, number, RefundForm(formdata=None, key=to_text(new_id())))


def _form_page(slug: str, number: str, form: RefundForm) -> str:
    session = reader()
    order = orders_queries.of_cooperative(session, here().id, number)
    sold = order.state is OrderState.FINISHED
    return render_template(
        "orders/refund_form.html",
        order=order,
        form=form,
        free=queries.free_to_pay_back(session, order),
        lines={line.id: line for line in queries.sold_lines(session, order)} if sold else {},
        typed=pieces(request),
        slug=slug,
    )


@orders.post(f"{ORDERS}/<number>/pengembalian")
@requires(Permission.CONFIRM_PAYMENTS)
def request_refund(slug: str, number: str) -> ResponseReturnValue:
    """Ask for money of an order to go back."""
    form = RefundForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                refund = service.request_refund(
                    session,
                    orders_queries.of_cooperative(session, here().id, number),
                    form.wanted(pieces(request)),
                    key=f"page:{to_text(me().account_id)}:{form.key.data}",
                    by=me().account_id,
                    at=now(),
                )
                refund_id, two = refund.id, refund.two_people
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            return _form_page(slug, number, form), broken.status
        flash(
            gettext("Diusulkan. Pengurus lain perlu menyetujuinya.")
            if two
            else gettext("Pengembalian dibuat. Catat setelah uangnya diserahkan."),
            "ok",
        )
        return redirect(url_for(".refund", slug=slug, refund_id=refund_id), 303)
    return _form_page(slug, number, form), 422


@orders.get(ONE)
@requires(Permission.SEE_BOARD)
def refund(slug: str, refund_id: UUID) -> ResponseReturnValue:
    """Show a refund and what may be done with it now."""
    found = queries.refund(reader(), here().id, refund_id)
    spent = found.order.method is PaymentMethod.BALANCE
    return _page(slug, found, RefundPaidForm(method=RefundMethod.BALANCE.value if spent else None))


def _page(slug: str, found: Refund, form: RefundPaidForm) -> str:
    session = reader()
    form.offer(member=queries.buyer_as_member(session, found.order) is not None)
    own = found.requested_by == me().account_id
    may = Permission.CONFIRM_PAYMENTS in g.permissions
    open_ = found.state is RefundState.REQUESTED
    return render_template(
        "orders/refund.html",
        refund=found,
        document=is_document(here().id, found.file_id),
        lines=queries.lines_of_refunds(session, [found])[0],
        people=accounts.names_of(session, [found.requested_by, found.decided_by, found.paid_by]),
        labels=REFUND_LABELS,
        ways=REFUND_METHOD_LABELS,
        form=form,
        may_approve=may and open_ and not (found.two_people and own),
        waits_for_another=open_ and found.two_people and own,
        may_refuse=may and open_,
        may_pay=may and found.state is RefundState.APPROVED,
        slug=slug,
    )


@orders.post(f"{ONE}/setuju")
@requires(Permission.CONFIRM_PAYMENTS)
def approve_refund(slug: str, refund_id: UUID) -> ResponseReturnValue:
    """Agree to what another officer asked for."""
    with transaction() as session:
        found = queries.refund(session, here().id, refund_id)
        done = service.approve_refund(session, found, by=me().account_id, at=now())
        paid = done.state is RefundState.PAID
    flash(
        gettext("Disetujui. Uangnya sudah menjadi titipan pembeli.")
        if paid
        else gettext("Disetujui. Catat setelah uangnya diserahkan."),
        "ok",
    )
    return redirect(url_for(".refund", slug=slug, refund_id=refund_id), 303)


@orders.post(f"{ONE}/tolak")
@requires(Permission.CONFIRM_PAYMENTS)
def refuse_refund(slug: str, refund_id: UUID) -> ResponseReturnValue:
    """Decline a refund, or take one's own back."""
    with transaction() as session:
        found = queries.refund(session, here().id, refund_id)
        service.refuse_refund(session, found, by=me().account_id, at=now())
    flash(gettext("Pengembalian ditolak."), "ok")
    return redirect(url_for(".refunds", slug=slug), 303)


@orders.get(f"{ONE}/bukti")
@requires(Permission.SEE_BOARD)
def refund_proof(slug: str, refund_id: UUID) -> Response:
    """Show the picture that was kept when the money went back."""
    return _proof(queries.refund(reader(), here().id, refund_id))


@orders.get("/p/<number>/<key>/pengembalian/<id:refund_id>/bukti")
@limiter.limit("120/minute")
@public
def own_refund_proof(number: str, key: str, refund_id: UUID) -> Response:
    """Show the same to the buyer whose money it was."""
    session = reader()
    for order in orders_queries.purchase(session, number, key).orders:
        found = session.get(Refund, (order.cooperative_id, refund_id))
        if found is not None and found.order_id == order.id:
            return _proof(found)
    raise NotFound(say("Pengembalian uang itu tidak ditemukan."))


def _proof(refund: Refund) -> Response:
    if refund.file_id is None:
        raise NotFound(say("Tidak ada gambar bukti untuk pengembalian ini."))
    return picture_answer(refund.cooperative_id, refund.file_id, kind=REFUND_PROOF)


@orders.post(f"{ONE}/bayar")
@takes_files
@requires(Permission.CONFIRM_PAYMENTS)
def pay_refund(slug: str, refund_id: UUID) -> ResponseReturnValue:
    """Say that the money has gone back, and how."""
    form = RefundPaidForm()
    form.offer(member=True)  # whether the buyer is one, the service looks
    status = 422
    if form.validate_on_submit():
        try:
            sent = sent_proof()
            with transaction() as session:
                service.pay_refund(
                    session,
                    queries.refund(session, here().id, refund_id),
                    form.way(),
                    reference=form.reference.data,
                    proof=_kept(session, sent),
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Pengembalian dicatat; pembeli diberi tahu."), "ok")
            return redirect(url_for(".refunds", slug=slug), 303)
    return _page(slug, queries.refund(reader(), here().id, refund_id), form), status


def _kept(session: Session, sent: Whole | Document | None) -> StoredFile | None:
    if sent is None:
        return None
    return files.keep_whole(
        session,
        file_store(),
        here().id,
        sent,
        kind=REFUND_PROOF,
        actor_id=me().account_id,
        at=now(),
    )
