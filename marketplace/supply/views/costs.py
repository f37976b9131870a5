"""Costs of a round beside its goods: noted, split, and taken back before anybody paid."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.secrets import new_secret
from marketplace.supply import queries, service
from marketplace.supply.forms.costs import CostForm, MarginForm
from marketplace.supply.rules import COST_PAID_LABELS, SPLIT_LABELS
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/<int:number>/ongkos")
@requires(Permission.BUY_SUPPLIES)
def costs(slug: str, number: int) -> ResponseReturnValue:
    """Show the costs of a round, and take a new one."""
    return _page(slug, number)


def _page(
    slug: str, number: int, *, form: CostForm | None = None, status: int = 200
) -> ResponseReturnValue:
    pools = queries.pools_numbered(reader(), here().id, number)
    shown = form or CostForm(formdata=None, data={"key": new_secret()})
    shown.offer(pools)
    page = render_template(
        "supply/costs.html",
        round=pools[0].round,
        names={pool.id: pool.item_name for pool in pools},
        lines=queries.cost_lines(reader(), pools[0].round),
        keys=SPLIT_LABELS,
        purses=COST_PAID_LABELS,
        form=shown,
        wrong=form,
        slug=slug,
    )
    return page, status


@supply.post("/<int:number>/ongkos")
@requires(Permission.BUY_SUPPLIES)
def add_cost(slug: str, number: int) -> ResponseReturnValue:
    """Note a cost; shares that were not fetched are charged anew."""
    form, status = CostForm(), 422
    pools = queries.pools_numbered(reader(), here().id, number)
    form.offer(pools)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.add_cost(
                    session,
                    pools[0].round,
                    form.cost(),
                    key=form.key.data or "",
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Ongkos dicatat dan dibagi."), "ok")
            return redirect(url_for(".costs", slug=slug, number=number), 303)
    return _page(slug, number, form=form, status=status)


@supply.post("/<int:number>/ongkos/<id:cost_id>/batal")
@requires(Permission.BUY_SUPPLIES)
def undo_cost(slug: str, number: int, cost_id: UUID) -> ResponseReturnValue:
    """Take a cost back as long as nobody has fetched their share."""
    with transaction() as session:
        round_ = queries.of_cooperative(session, here().id, number)
        line = queries.cost_line(session, round_, cost_id)
        service.undo_cost(session, round_, line, by=me().account_id, at=now())
    flash(gettext("Ongkos dibatalkan. Catat lagi yang benar kalau perlu."), "ok")
    return redirect(url_for(".costs", slug=slug, number=number), 303)


@supply.get("/jasa")
@requires(Permission.BUY_SUPPLIES)
def margin(slug: str) -> ResponseReturnValue:
    """Show the margin that goods have unless they say otherwise."""
    form = MarginForm(formdata=None, data={"margin": here().supply_margin})
    return render_template("supply/margin.html", form=form, slug=slug)


@supply.post("/jasa")
@requires(Permission.BUY_SUPPLIES)
def set_margin(slug: str) -> ResponseReturnValue:
    """Change the margin for goods that are opened from now on."""
    form = MarginForm()
    if not form.validate_on_submit():
        return render_template("supply/margin.html", form=form, slug=slug), 422
    with transaction() as session:
        cooperatives.set_supply_margin(session, here(), form.margin.data, at=now())
    flash(gettext("Jasa koperasi disimpan."), "ok")
    return redirect(url_for(".margin", slug=slug), 303)
