"""The basket and the checkout, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import my_account_id
from marketplace.database import reading
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_quantity
from marketplace.kernel.secrets import new_secret
from marketplace.kernel.text import say
from marketplace.listings.queries import offers
from marketplace.orders import basket, checkout, queries
from marketplace.orders.forms import PART_FIELDS, CheckoutForm, choices
from marketplace.orders.queries import Quote
from marketplace.orders.service import OrderRequest
from marketplace.orders.service.doors import chosen_doors, delivery_fees
from marketplace.orders.service.requests import MOST_LINES, MOST_OF_ONE
from marketplace.orders.views import orders
from marketplace.payments.gateways import gateway_name
from marketplace.web.clock import now
from marketplace.web.extensions import csrf, limiter
from marketplace.web.guards import public
from marketplace.web.i18n import language, translate
from marketplace.web.transactions import reader

NOTHING: Mapping[str, str] = MappingProxyType({})
REMEMBERED = ("name", "phone", "email")


@orders.get("/keranjang")
@public
def cart() -> ResponseReturnValue:
    """Show what is in the basket and ask how it is fetched and paid."""
    form = CheckoutForm(data=basket.draft())
    return _page(form, _quote())


def _quote() -> Quote:
    return queries.quote(
        reader(),
        basket.quantities(),
        at=now(),
        gateway=gateway_name(),
        account_id=my_account_id(),
    )


def _page(
    form: CheckoutForm,
    quote: Quote,
    status: int = 200,
    unread: Mapping[str, str] = NOTHING,
) -> ResponseReturnValue:
    """Show the basket; a form that was sent keeps all it said.

    ``unread`` says by field what is wrong with amounts that could not be read.
    """
    if not form.checkout_key.data:
        form.checkout_key.data = new_secret()
    typed = request.form if request.method == "POST" else basket.draft()
    asked = choices(typed)
    fees = delivery_fees(quote, asked)
    total = quote.total + Rupiah.total(fees.values())
    form.expected_total.raw_data = None
    form.expected_total.data = total.amount
    page = render_template(
        "orders/cart.html",
        form=form,
        quote=quote,
        typed=typed,
        unread=unread,
        fees=fees,
        total=total,
        doors=chosen_doors(quote, asked),
        seen=_seen_prices(),
        at=now(),
    )
    return page, status


def _seen_prices() -> dict[UUID, Rupiah]:
    return {id_: Rupiah(wanted.seen_price) for id_, wanted in basket.contents().items()}


@orders.post("/keranjang")
@public
def add() -> ResponseReturnValue:
    """Put something into the basket."""
    variant_id = from_text(request.form.get("variant", ""))
    with reading():  # the basket is a cookie: nobody need wait for the database's one writer
        offer = offers(reader(), [variant_id]).get(variant_id) if variant_id else None
    if offer is None or variant_id is None:
        raise NotFound(say("Barang ini sudah tidak dijual."))
    quantity = parse_quantity(request.form.get("quantity") or "1", least=1, most=MOST_OF_ONE)
    had = basket.quantities().get(variant_id, 0)
    if not had and basket.is_full():
        raise RuleBroken(say("Keranjang paling banyak %(most)s macam.", most=MOST_LINES))
    basket.put(variant_id, had + quantity, offer.price.amount)
    flash(gettext("%(title)s masuk keranjang.", title=offer.full_title), "ok")
    return redirect(url_for("orders.cart"), 303)


# Pages with this form are kept for all visitors, so it carries no token. Origin is checked,
# and a basket moves neither goods nor money.
csrf.exempt(add)


@orders.post("/keranjang/ubah")
@public
def change() -> ResponseReturnValue:
    """Set quantities; buttons send ``ubah-<id>`` = -1 or +1, fields ``jumlah-<id>``."""
    _remember()
    unread = _change_quantities()
    if unread:
        return _look_again(CheckoutForm(formdata=request.form), unread)
    if request.headers.get("HX-Request"):
        form = CheckoutForm(formdata=request.form)
        return _page(form, _quote())
    return redirect(url_for("orders.cart"), 303)


def _look_again(form: CheckoutForm, unread: Mapping[str, str]) -> ResponseReturnValue:
    """Show the basket with the amounts that were typed, before anything is ordered."""
    changed = gettext("Jumlahnya berubah. Periksa totalnya, lalu pesan.")
    form.form_errors += unread.values() or [changed]
    return _page(form, _quote(), 422, unread)


def _remember() -> None:
    kept = {name: request.form.get(name, "") for name in REMEMBERED}
    kept |= {
        name: value
        for name, value in request.form.items()
        if name.startswith(tuple(f"{part}-" for part in PART_FIELDS))
    }
    basket.keep_draft(kept)


def _change_quantities() -> dict[str, str]:
    """Set what was typed; gives by field what is wrong with what could not be read."""
    unread: dict[str, str] = {}
    for id_, wanted in list(basket.contents().items()):
        text, quantity = to_text(id_), wanted.quantity
        try:
            quantity = _typed_quantity(request.form.get(f"jumlah-{text}"), quantity)
        except RuleBroken as broken:
            unread[f"jumlah-{text}"] = translate(broken.message)
        quantity += {"1": 1, "-1": -1}.get(request.form.get(f"ubah-{text}", ""), 0)
        if f"hapus-{text}" in request.form:
            quantity = 0
            unread.pop(f"jumlah-{text}", None)
        basket.put(id_, quantity, wanted.seen_price)
    return unread


def _typed_quantity(text: str | None, before: int) -> int:
    if not text:
        return before
    return parse_quantity(text, least=0, most=MOST_OF_ONE)


@orders.get("/bayar")
@public
def pay() -> ResponseReturnValue:
    """Lead to the basket, where one pays."""
    return redirect(url_for("orders.cart"))


@orders.post("/bayar")
@limiter.limit("30/minute")
@public
def place() -> ResponseReturnValue:
    """Place the order; a repeated submit leads to what was placed the first time.

    Amounts that were typed and not yet set are set first, and the new total is shown.
    """
    if any(name.startswith(("ubah-", "hapus-")) for name in request.form):
        return change()
    form = CheckoutForm()
    _remember()
    if not basket.quantities():
        known = queries.by_checkout_key(reader(), form.checkout_key.data or "")
        if known is not None:
            return _to_tracking(known.number, known.key)
    before = basket.quantities()
    unread = _change_quantities()
    if unread or basket.quantities() != before:
        return _look_again(form, unread)
    if not form.validate_on_submit():
        return _page(form, _quote(), 422)
    if told := _fee_to_see(form):
        form.form_errors.append(told)
        return _page(form, _quote(), 422)
    try:
        placed = checkout.place(_request(form), at=now())
    except RuleBroken as broken:
        return _refused(form, broken)
    basket.clear()
    return _to_tracking(placed.number, placed.key)


def _fee_to_see(form: CheckoutForm) -> str | None:
    """Say what delivering costs to who has not seen it yet: without script nobody has."""
    asked = choices(request.form)
    if not any(choice.door for choice in asked.values()):
        return None
    quote = _quote()
    fee = Rupiah.total(delivery_fees(quote, asked).values())
    if not fee or form.total_seen() != quote.total:
        return None
    return str(
        gettext(
            "Ongkos antar %(fee)s ditambahkan. Periksa totalnya, lalu pesan.",
            fee=translate(str(fee)),
        )
    )


def _request(form: CheckoutForm) -> OrderRequest:
    return OrderRequest(
        checkout_key=form.checkout_key.data or "",
        basket=basket.quantities(),
        buyer=form.buyer(my_account_id(), language()),
        expected_total=form.total_seen(),
        choices=choices(request.form),
        gateway=gateway_name(),
    )


def _refused(form: CheckoutForm, broken: RuleBroken) -> ResponseReturnValue:
    """Show the basket as it is now, with the reason; the next try gets a key of its own."""
    form.blame(broken)
    if broken.code == "key_reused":
        form.checkout_key.data = ""
    quote = _quote()
    return _page(form, quote, broken.status)


def _to_tracking(number: str, key: str) -> ResponseReturnValue:
    return redirect(url_for("orders.track", number=number, key=key), 303)


@orders.app_context_processor
def basket_count() -> dict[str, object]:
    """Let every page show how much is in the basket."""
    return {"cart_count": basket.count()}
