"""Officers decide what becomes of a share that was not fetched in time, and may take it back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.supply import queries, service
from marketplace.supply.forms.unfetched import UnfetchedForm
from marketplace.supply.models import RequestLine, SupplyItem, SupplyPool
from marketplace.supply.rules import LEFT_OVER_LABELS, LeftOver
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader, transaction


@supply.app_template_global()
def left_over_label(what: LeftOver) -> str:
    """Name what was decided in the reader's language."""
    return translate(LEFT_OVER_LABELS[what])


@supply.get("/<int:number>/<int:place>/belum-diambil/<id:line_id>")
@requires(Permission.BUY_SUPPLIES)
def unfetched(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Show what is left of a share, and ask what becomes of it."""
    pool, line = _found(number, place, line_id)
    return _page(slug, pool, line)


def _found(number: int, place: int, line_id: UUID) -> tuple[SupplyPool, RequestLine]:
    session = reader()
    line = queries.line(session, here().id, line_id)
    shown = [
        joinedload(SupplyPool.item).joinedload(SupplyItem.rungs),
        lazyload(SupplyPool.packs),  # not shown here
    ]
    key = (here().id, line.pool_id)
    pool = session.get(SupplyPool, key, options=shown) if line.pool_id else None
    if pool is None or (pool.number, pool.place) != (number, place):
        raise NotFound(say("Permintaan ini tidak ada."))
    return pool, line


def _page(
    slug: str,
    pool: SupplyPool,
    line: RequestLine,
    form: UnfetchedForm | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    session = reader()
    there = queries.still_there(session, line)
    decision = there.decision if there else queries.decision_on(session, line)
    form = form or UnfetchedForm(formdata=None, data={"seen": there.left if there else 0})
    form.offer()
    page = render_template(
        "supply/unfetched.html",
        pool=pool,
        item=pool.item,
        line=line,
        member=there.member if there else members.member(session, here().id, line.member_id),
        there=there,
        decision=decision,
        form=form,
        slug=slug,
        at=now(),
    )
    return page, status


@supply.post("/<int:number>/<int:place>/belum-diambil/<id:line_id>")
@requires(Permission.BUY_SUPPLIES)
def decide_unfetched(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Note what becomes of a share, and why."""
    pool, line = _found(number, place, line_id)
    form = UnfetchedForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(slug, pool, line, form, status=422)
    try:
        with transaction() as session:
            service.decide_unfetched(
                session,
                line,
                LeftOver(form.what.data),
                reason=form.reason.data or "",
                seen=int(form.seen.data or 0),
                keep_until=form.keep_until.data,
                by=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        pool, line = _found(number, place, line_id)  # forgotten with what was undone
        return _page(slug, pool, line, form, status=broken.status)
    text = gettext("Diputuskan. Anggotanya diberi tahu dengan alasannya.")
    undo = url_for(".undo_unfetched", slug=slug, number=number, place=place, line_id=line_id)
    flash({"text": text, "undo": undo}, "toast")  # type: ignore[arg-type]
    return redirect(url_for(".pickups", slug=slug, number=number), 303)


@supply.post("/<int:number>/<int:place>/belum-diambil/<id:line_id>/urungkan")
@requires(Permission.BUY_SUPPLIES)
def undo_unfetched(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Take a decision back."""
    _, line = _found(number, place, line_id)
    with transaction() as session:
        service.undo_unfetched(session, line, by=me().account_id, at=now())
    flash(gettext("Keputusan diurungkan. Bagiannya seperti semula."), "ok")
    back = url_for(".unfetched", slug=slug, number=number, place=place, line_id=line_id)
    return redirect(back, 303)
