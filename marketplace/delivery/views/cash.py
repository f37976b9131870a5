"""The treasurer's page on which couriers hand in what they collected at doors."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.delivery import queries, service
from marketplace.delivery.forms import HandInForm
from marketplace.delivery.views import MANAGE, delivery
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.secrets import new_secret
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader, transaction

PATH = f"{MANAGE}/uang-antar"


@delivery.get(PATH)
@requires(Permission.SEE_BOARD)
def cash(slug: str) -> ResponseReturnValue:
    """Show which courier still holds how much."""
    return _page(slug)


def _page(slug: str, form: HandInForm | None = None, courier_id: UUID | None = None) -> str:
    session = reader()
    found = queries.cash(session, here().id)
    names = {one.courier.id: one.courier.name for one in found}
    forms = {
        one.courier.id: form
        if form is not None and one.courier.id == courier_id
        else HandInForm(formdata=None, amount=one.open, key=new_secret())
        for one in found
    }
    for number, each in enumerate(forms.values()):
        each.amount.id = f"amount-{number}"
    return render_template(
        "delivery/cash.html",
        couriers=found,
        names=names,
        forms=forms,
        wrong=form,
        hand_ins=queries.hand_ins(session, here().id),
        slug=slug,
    )


@delivery.post(f"{PATH}/<id:courier_id>")
@requires(Permission.CONFIRM_PAYMENTS)
def hand_in(slug: str, courier_id: UUID) -> ResponseReturnValue:
    """Take cash from a courier; the same form takes it once."""
    form, status = HandInForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.hand_in(
                    session,
                    here().id,
                    courier_id,
                    form.amount.data,
                    key=form.key.data or "",
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            amount = translate(str(form.amount.data))
            flash(gettext("Setoran %(amount)s masuk kas.", amount=amount), "ok")
            return redirect(url_for(".cash", slug=slug), 303)
    return _page(slug, form, courier_id), status
