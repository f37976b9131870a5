"""The page behind a supplier's secret link: the order, and what the supplier says to it.

Nothing of members is on it. Whoever has the link may answer; officers decide on changes.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms.answers import AnswerForm, answer_form
from marketplace.supply.models import PurchaseOrder
from marketplace.supply.views import supplier_pages
from marketplace.supply.views.papers import as_pdf
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public
from marketplace.web.transactions import reader, transaction


@supplier_pages.get("/<key>")
@limiter.limit("120/minute")
@public
def show(slug: str, key: str) -> ResponseReturnValue:
    """Show a supplier what is ordered, and ask what of it will come."""
    order = queries.purchase_order_by_key(reader(), here().id, key)
    return _page(order, answer_form(order, sent=False, at=now()))


def _page(order: PurchaseOrder, form: AnswerForm) -> str:
    return render_template(
        "supply/answer.html",
        order=order,
        form=form,
        open=service.may_answer(order),
        shop=here(),
        slug=here().slug,
    )


@supplier_pages.post("/<key>")
@limiter.limit("20/minute")
@public
def answer(slug: str, key: str) -> ResponseReturnValue:
    """Note what the supplier answers."""
    order = queries.purchase_order_by_key(reader(), here().id, key)
    form, status = answer_form(order, sent=True, at=now()), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = queries.purchase_order_by_key(session, here().id, key)
                service.confirm(session, found, form.answer(found), at=now())
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Jawabanmu sampai ke koperasi. Terima kasih."), "ok")
            return redirect(url_for(".show", slug=slug, key=key), 303)
    return _page(order, form), status


@supplier_pages.get("/<key>/pesanan.pdf")
@limiter.limit("20/minute")
@public
def document(slug: str, key: str) -> ResponseReturnValue:
    """Give a supplier the order as a document."""
    return as_pdf(queries.purchase_order_by_key(reader(), here().id, key))
