"""Opening hours and holidays."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives import service
from marketplace.cooperatives.current import here
from marketplace.cooperatives.forms import ClosingForm, HoursForm
from marketplace.cooperatives.views.blueprint import MANAGE, cooperatives
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import transaction


def _page(form: HoursForm | None = None, closing: ClosingForm | None = None) -> str:
    cooperative = here()
    return render_template(
        "cooperatives/hours.html",
        form=form or HoursForm.of(cooperative.hours),
        closing=closing
        or ClosingForm(
            formdata=None,
            closed_from=cooperative.closed_from,
            closed_until=cooperative.closed_until,
            closed_note=cooperative.closed_note,
        ),
        wrong=form or closing,
    )


@cooperatives.get(f"{MANAGE}/jam")
@requires(Permission.MANAGE_COOPERATIVE)
def hours(slug: str) -> ResponseReturnValue:
    """Show when the shop is open."""
    return _page()


@cooperatives.post(f"{MANAGE}/jam")
@requires(Permission.MANAGE_COOPERATIVE)
def set_hours(slug: str) -> ResponseReturnValue:
    """Set the week."""
    form = HoursForm()
    if not form.validate_on_submit():
        return _page(form=form), 422
    with transaction() as session:
        service.set_hours(session, here(), form.hours(), at=now())
    flash(gettext("Jam buka tersimpan."), "ok")
    return redirect(url_for(".hours", slug=slug), code=303)


@cooperatives.post(f"{MANAGE}/jam/tutup")
@requires(Permission.MANAGE_COOPERATIVE)
def close_between(slug: str) -> ResponseReturnValue:
    """Close for a holiday, or open again."""
    form = ClosingForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.close_between(
                    session,
                    here(),
                    form.closed_from.data,
                    form.closed_until.data,
                    form.closed_note.data or None,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Hari tutup tersimpan."), "ok")
            return redirect(url_for(".hours", slug=slug), code=303)
    return _page(closing=form), 422
