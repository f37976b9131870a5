"""What suppliers still owe for goods that were billed, and how each claim ended."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms import SettleForm
from marketplace.supply.queries import ClaimView
from marketplace.supply.rules import CLAIM_LABELS, REASON_LABELS, WAY_LABELS, ClaimState, ClaimWay
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.paging import page_number
from marketplace.web.transactions import reader, transaction

PATH = "/klaim"
ONE = f"{PATH}/<id:supplier_claim_id>"


@supply.get(PATH)
@requires(Permission.SEE_SUPPLIES)
def supplier_claims(slug: str) -> ResponseReturnValue:
    """List claims on suppliers, those that wait first."""
    page = page_number()
    rows, pages = queries.claims_on_suppliers(reader(), here().id, page=page)
    return render_template(
        "supply/claims.html",
        rows=rows,
        page=page,
        pages=pages,
        owed=queries.owed_by_suppliers(reader(), here().id),
        states=CLAIM_LABELS,
        reasons=REASON_LABELS,
        slug=slug,
    )


@supply.get(ONE)
@requires(Permission.SEE_SUPPLIES)
def supplier_claim(slug: str, supplier_claim_id: UUID) -> ResponseReturnValue:
    """Show a claim on a supplier, and offer to end it."""
    return _page(slug, supplier_claim_id, SettleForm(formdata=None))


def _page(slug: str, claim_id: UUID, form: SettleForm) -> str:
    session = reader()
    found = queries.claim_on_supplier(session, here().id, claim_id)
    claim = found.claim
    return render_template(
        "supply/claim.html",
        found=found,
        item=queries.item(session, here().id, found.pool.item_id),
        form=form,
        may_settle=claim.state is ClaimState.OPEN and Permission.BUY_SUPPLIES in g.permissions,
        people=accounts.names_of(session, [claim.opened_by, claim.settled_by]),
        states=CLAIM_LABELS,
        ways=WAY_LABELS,
        reasons=REASON_LABELS,
        slug=slug,
    )


@supply.post(ONE)
@requires(Permission.BUY_SUPPLIES)
def settle_claim(slug: str, supplier_claim_id: UUID) -> ResponseReturnValue:
    """Write down how a claim ended."""
    form, status = SettleForm(), 422
    found = queries.claim_on_supplier(reader(), here().id, supplier_claim_id)
    if form.validate_on_submit():
        factor = queries.item(reader(), here().id, found.pool.item_id).factor
        quantity = form.brought(factor)
        try:
            if quantity is not None:
                with transaction() as session:
                    _settle(session, found, form, quantity)
                flash(gettext("Klaim diselesaikan."), "ok")
                return redirect(url_for(".supplier_claims", slug=slug), 303)
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
    return _page(slug, supplier_claim_id, form), status


def _settle(session: Session, found: ClaimView, form: SettleForm, quantity: int) -> None:
    way, claim, note = form.chosen(), found.claim, form.note.data or None
    by, at = me().account_id, now()
    if way is None:
        service.write_off_claim(session, claim, note=note, by=by, at=at)
    elif way is ClaimWay.GOODS:
        service.bring_claimed_goods(session, claim, quantity, note=note, by=by, at=at)
    else:
        service.credit_claim(session, claim, way, note=note, by=by, at=at)
