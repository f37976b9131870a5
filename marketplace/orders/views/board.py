"""The board on which officers see and move today's orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.delivery.queries import shipments_of
from marketplace.delivery.rules import Fulfilment
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import LedgerEntry, WrittenLine
from marketplace.members.queries import present
from marketplace.orders import queries, service
from marketplace.orders.forms import CancelForm, PaymentForm, SendForm
from marketplace.orders.models import Order
from marketplace.orders.queries.deliveries import on_the_road
from marketplace.orders.rules import BOARD, BoardColumn, OrderState
from marketplace.orders.service.booking import ORDER_MONEY, ORDER_SALE
from marketplace.orders.service.returning import ORDER_REFUND, ORDER_RETURN
from marketplace.orders.views import orders
from marketplace.payments.queries import events_of, intent_of, proofs_of, transfer_of, used_before
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader, transaction

STEPS = frozenset(
    state.value
    for state in (OrderState.IN_PREPARATION, OrderState.READY, OrderState.READY_FOR_PICKUP)
)
COLUMNS = (BoardColumn.NEW, BoardColumn.IN_PREPARATION, BoardColumn.READY)
PAGE = 30
Work = Callable[[Session, Order, datetime], Order]
PATH = "/k/<slug>/kelola/pesanan"


@orders.get(PATH)
@requires(Permission.SEE_BOARD)
def board(slug: str) -> ResponseReturnValue:
    """Show what waits for money, what is to be prepared and what is ready."""
    at = now()
    rows = queries.board(reader(), here().id, at=at)
    shown = request.args.get("kolom", BoardColumn.NEW.value)
    trips = on_the_road(reader(), [row.order for row in rows])
    fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "orders/_board.html" if fragment else "orders/board.html",
        columns={column: _in(rows, BOARD[column]) for column in COLUMNS},
        unpaid=_in(rows, frozenset({OrderState.AWAITING_PAYMENT})),
        finished=_in(rows, BOARD[BoardColumn.FINISHED]),
        work=_by_maker(queries.to_prepare(reader(), here().id)),
        shown=shown,
        trips=trips,
        total=Rupiah.total(row.order.total for row in rows),
        count=len(rows),
        at=at,
        slug=slug,
    )


def _in(rows: list[queries.BoardOrder], states: frozenset[OrderState]) -> list[queries.BoardOrder]:
    return [row for row in rows if row.order.state in states]


def _by_maker(work: Sequence[queries.ToPrepare]) -> dict[str, list[queries.ToPrepare]]:
    found: dict[str, list[queries.ToPrepare]] = {}
    for part in work:
        found.setdefault(part.maker_name, []).append(part)
    return found


@orders.get(f"{PATH}/riwayat")
@requires(Permission.SEE_BOARD)
def history(slug: str) -> ResponseReturnValue:
    """List all orders of the cooperative, newest first, page by page."""
    page = max(1, request.args.get("hal", 1, type=int) or 1)
    found, pages = queries.history(reader(), here().id, page=min(page, 10_000), size=PAGE)
    return render_template(
        "orders/history.html", orders=found, page=page, pages=pages, slug=slug, at=now()
    )


@orders.get(f"{PATH}/slip")
@requires(Permission.SEE_BOARD)
def slips(slug: str) -> ResponseReturnValue:
    """Print one slip per order that is being prepared or ready, or of one order."""
    only = request.args.get("nomor")
    rows = queries.board(reader(), here().id, at=now())
    states = BOARD[BoardColumn.NEW] | BOARD[BoardColumn.IN_PREPARATION] | BOARD[BoardColumn.READY]
    shown = [row for row in _in(rows, states) if only is None or row.order.number == only]
    return render_template("orders/slips.html", rows=shown, slug=slug, at=now())


@orders.get(f"{PATH}/<number>")
@requires(Permission.SEE_BOARD)
def show(slug: str, number: str) -> ResponseReturnValue:
    """Show one order with its buyer, its money and all its steps."""
    return order_page(slug, number)


IN_THE_BOOKS = (ORDER_MONEY, ORDER_SALE, ORDER_RETURN, ORDER_REFUND)


def _booked(session: Session, order: Order) -> list[tuple[LedgerEntry, list[WrittenLine]]]:
    """Show where an order's money went, as the books have it; only to who reads them."""
    if Permission.SEE_BOOKS not in g.permissions:
        return []
    return books.story_of(session, order.cooperative_id, IN_THE_BOOKS, order.id)


def order_page(
    slug: str,
    number: str,
    status: int = 200,
    *,
    payment: PaymentForm | None = None,
    cancel: CancelForm | None = None,
    send: SendForm | None = None,
) -> ResponseReturnValue:
    """Show one order, with a form that was sent as it was sent."""
    payment = payment or PaymentForm(formdata=None)
    cancel = cancel or CancelForm(formdata=None)
    session = reader()
    order = queries.of_cooperative(session, here().id, number)
    intent = intent_of(session, order.cooperative_id, order.id)
    events = events_of(session, intent) if intent else []
    transfer = transfer_of(session, intent)
    proofs = proofs_of(session, intent) if intent and transfer else []
    brought = order.fulfilment is Fulfilment.DELIVERY
    trips = shipments_of(session, order.cooperative_id, order.id) if brought else []
    if send is None and order.state is OrderState.READY:
        send = SendForm(formdata=None)
        send.offer(present(session, order.cooperative_id))
    if not payment.key.data:
        payment.key.data = str(len(events) + 1)
    page = render_template(
        "orders/show.html",
        order=order,
        intent=intent,
        transfer=transfer,
        proofs=proofs,
        reused=used_before(session, proofs, intent) if intent else {},
        money=events,
        booked=_booked(session, order),
        form=payment,
        cancel_form=cancel,
        send_form=send,
        trips=trips,
        standing=queries.standing_of(order, at=now()),
        slug=slug,
        at=now(),
    )
    return page, status


@orders.post(f"{PATH}/<number>/langkah")
@requires(Permission.FULFIL_ORDERS)
def advance(slug: str, number: str) -> ResponseReturnValue:
    """Accept an order or say that it is ready."""
    wanted = request.form.get("ke", "")
    if wanted not in STEPS:
        raise Invalid(say("Langkah ini tidak dikenal."))
    return _change(
        slug,
        number,
        lambda session, order, at: service.advance(
            session, order, OrderState(wanted), actor_id=me().account_id, at=at
        ),
        gettext("diterima") if wanted == OrderState.IN_PREPARATION.value else gettext("siap"),
    )


@orders.post(f"{PATH}/<number>/serahkan")
@requires(Permission.FULFIL_ORDERS)
def hand_over(slug: str, number: str) -> ResponseReturnValue:
    """Give the goods to the buyer; a code that was typed must be the right one."""
    code = request.form.get("kode", "").strip() or None
    return _change(
        slug,
        number,
        lambda session, order, at: service.hand_over(
            session, order, actor_id=me().account_id, code=code, at=at
        ),
        gettext("diserahkan"),
    )


@orders.post(f"{PATH}/<number>/urungkan")
@requires(Permission.FULFIL_ORDERS)
def undo(slug: str, number: str) -> ResponseReturnValue:
    """Take the last step back."""
    return _change(
        slug,
        number,
        lambda session, order, at: service.undo(session, order, actor_id=me().account_id, at=at),
        None,
    )


def _change(slug: str, number: str, work: Work, done: str | None) -> ResponseReturnValue:
    """Move an order, tell what happened with the way back, and return to the board."""
    with transaction() as session:
        order = work(session, queries.of_cooperative(session, here().id, number), now())
        code = order.pickup_code
    if done is None:
        flash(gettext("%(code)s dikembalikan ke langkah sebelumnya.", code=code), "ok")
    else:
        back = url_for(".undo", slug=slug, number=number)
        text = gettext("%(code)s %(done)s.", code=code, done=done)
        flash({"text": text, "undo": back}, "toast")  # type: ignore[arg-type]  # our macro reads it
    return redirect(url_for(".board", slug=slug, kolom=request.form.get("kolom")), 303)


@orders.post(f"{PATH}/<number>/uang")
@requires(Permission.CONFIRM_PAYMENTS)
def confirm_payment(slug: str, number: str) -> ResponseReturnValue:
    """Record money that has arrived."""
    form = PaymentForm()
    if not form.validate_on_submit():
        return order_page(slug, number, 422, payment=form)
    try:
        with transaction() as session:
            order = service.confirm_payment(
                session,
                queries.of_cooperative(session, here().id, number),
                form.received.data,
                key=form.key.data or "",
                actor_id=me().account_id,
                at=now(),
            )
            code = order.pickup_code
    except RuleBroken as broken:
        form.blame(broken)
        return order_page(slug, number, broken.status, payment=form)
    amount = translate(str(form.received.data))
    flash(gettext("Uang %(amount)s untuk %(code)s dicatat.", amount=amount, code=code), "ok")
    return redirect(url_for(".board", slug=slug), 303)


@orders.post(f"{PATH}/<number>/batal")
@requires(Permission.FULFIL_ORDERS)
def cancel_order(slug: str, number: str) -> ResponseReturnValue:
    """Cancel an order with a reason that the buyer reads."""
    form = CancelForm()
    if not form.validate_on_submit():
        return order_page(slug, number, 422, cancel=form)
    with transaction() as session:
        order = service.cancel(
            session,
            queries.of_cooperative(session, here().id, number),
            reason=form.reason.data or None,
            actor_id=me().account_id,
            at=now(),
        )
        code = order.pickup_code
    flash(gettext("%(code)s dibatalkan, barangnya kembali ke stok.", code=code), "ok")
    return redirect(url_for(".board", slug=slug), 303)
