"""A delivery that was noted wrongly is taken back, after a page that says what follows."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms.receipts import ReverseForm
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/<int:number>/<int:place>/penerimaan/<id:receipt_id>/balik")
@requires(Permission.BUY_SUPPLIES)
def reversing(slug: str, number: int, place: int, receipt_id: UUID) -> ResponseReturnValue:
    """Say what follows when a delivery is taken back, and ask why."""
    return _page(slug, number, place, receipt_id, ReverseForm(formdata=None))


def _page(
    slug: str,
    number: int,
    place: int,
    receipt_id: UUID,
    form: ReverseForm,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    session = reader()
    pool = queries.pool(session, here().id, number, place)
    page = render_template(
        "supply/reverse.html",
        pool=pool,
        item=queries.item(session, here().id, pool.item_id),
        receipt=queries.receipt(session, pool, receipt_id),
        claim=queries.claims_of_pool(session, pool).get(receipt_id),
        form=form,
        slug=slug,
    )
    return page, status


@supply.post("/<int:number>/<int:place>/penerimaan/<id:receipt_id>/balik")
@requires(Permission.BUY_SUPPLIES)
def reverse_receipt(slug: str, number: int, place: int, receipt_id: UUID) -> ResponseReturnValue:
    """Take a delivery back and share out what remains."""
    form = ReverseForm()
    if not form.validate_on_submit():
        return _page(slug, number, place, receipt_id, form, status=422)
    try:
        with transaction() as session:
            pool = queries.pool(session, here().id, number, place)
            service.reverse_receipt(
                session,
                pool,
                queries.receipt(session, pool, receipt_id),
                reason=form.reason.data or "",
                shrink=form.shrink.data,
                by=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, number, place, receipt_id, form, status=broken.status)
    flash(gettext("Penerimaan dibalik. Catat lagi yang benar."), "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)
