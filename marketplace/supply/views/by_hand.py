"""Officers change who gets how much of a good, and say why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.forms.shares import PART, SharesForm, parts, typed_parts
from marketplace.supply.queries import PoolLine, PoolView
from marketplace.supply.rules import STILL_SHARES
from marketplace.supply.views import supply
from marketplace.supply.views.present import bare_amount
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/<int:number>/<int:place>/bagian")
@requires(Permission.BUY_SUPPLIES)
def shares(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Show who gets how much now, to be changed."""
    view = _view(number, place)
    form = SharesForm(formdata=None, data={"seen": view.run.number if view.run else 0})
    typed = {
        PART + to_text(row.line.id): bare_amount(_given(row), view.item) for row in _open(view)
    }
    return _page(slug, view, form, typed)


def _view(number: int, place: int) -> PoolView:
    session = reader()
    view = queries.view(session, queries.pool(session, here().id, number, place))
    if view.run is None:
        raise NotFound(say("Barang ini belum dibagi."))
    return view


def _given(row: PoolLine) -> int:
    return row.allocation.given if row.allocation else 0


def _open(view: PoolView) -> list[PoolLine]:
    return [row for row in view.lines if row.line.state in STILL_SHARES]


def _page(
    slug: str, view: PoolView, form: SharesForm, typed: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    still = _open(view)
    fetched = sum(_given(row) for row in view.lines if row not in still)
    page = render_template(
        "supply/shares.html",
        view=view,
        pool=view.pool,
        item=view.item,
        lines=still,
        there=max(0, view.run.available - fetched) if view.run else 0,
        form=form,
        typed=typed,
        slug=slug,
    )
    return page, status


@supply.post("/<int:number>/<int:place>/bagian")
@requires(Permission.BUY_SUPPLIES)
def share_manually(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Share as officers say; a later delivery is shared by the policy again."""
    view, form, typed = _view(number, place), SharesForm(), typed_parts(request)
    if not form.validate_on_submit():
        return _page(slug, view, form, typed, status=422)
    try:
        given = parts(typed, [row.line.id for row in _open(view)], view.item.factor)
        with transaction() as session:
            service.share_manually(
                session,
                view.pool,
                given,
                reason=form.reason.data or "",
                seen=int(form.seen.data or 0),
                by=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, view, form, typed, status=broken.status)
    flash(gettext("Dibagi ulang. Setiap anggota melihat bagian dan harganya."), "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)
