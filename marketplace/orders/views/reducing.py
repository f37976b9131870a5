"""Taking pieces off an order: asked how many, shown what it does, then done."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import queries, service
from marketplace.orders.forms import ReduceForm, pieces
from marketplace.orders.rules.reducing import check_cut
from marketplace.orders.views import orders
from marketplace.orders.views.board import PATH
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

ONE = f"{PATH}/<number>/kurangi"


@orders.get(ONE)
@requires(Permission.FULFIL_ORDERS)
def reduce_form(slug: str, number: str) -> ResponseReturnValue:
    """Ask how many pieces of which line are taken off."""
    return _page(slug, number, ReduceForm(formdata=None, key=to_text(new_id())))


@orders.post(ONE)
@requires(Permission.FULFIL_ORDERS)
def reduce(slug: str, number: str) -> ResponseReturnValue:
    """Show what would be taken off; with ``yakin`` take it off."""
    form, status = ReduceForm(), 422
    if form.validate_on_submit():
        try:
            wanted = pieces(request)
            if request.form.get("yakin") != "ya":
                return _confirm(slug, number, form, wanted)
            with transaction() as session:
                order = service.reduce(
                    session,
                    queries.of_cooperative(session, here().id, number),
                    wanted,
                    key=f"page:{to_text(me().account_id)}:{form.key.data}",
                    reason=form.reason.data or "",
                    by=me().account_id,
                    at=now(),
                )
                code = order.pickup_code
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("%(code)s dikurangi; pembeli diberi tahu.", code=code), "ok")
            return redirect(url_for(".show", slug=slug, number=number), 303)
    return _page(slug, number, form), status


def _page(slug: str, number: str, form: ReduceForm) -> str:
    return render_template(
        "orders/reduce.html",
        order=queries.of_cooperative(reader(), here().id, number),
        form=form,
        typed=request.form,
        slug=slug,
    )


def _confirm(
    slug: str, number: str, form: ReduceForm, wanted: Mapping[UUID, int]
) -> ResponseReturnValue:
    order = queries.of_cooperative(reader(), here().id, number)
    check_cut({line.id: line.quantity for line in order.lines}, wanted, form.reason.data or "")
    amount = Rupiah.total(line.price * wanted[line.id] for line in order.lines if line.id in wanted)
    return render_template(
        "orders/reduce_sure.html",
        order=order,
        form=form,
        wanted=wanted,
        amount=amount,
        left=order.total - amount,
        slug=slug,
    )
