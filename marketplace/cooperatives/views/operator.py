"""Pages of those who run the site: all cooperatives, and new ones."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives import queries, service
from marketplace.cooperatives.forms import NewCooperativeForm
from marketplace.cooperatives.rules import find_regions, region
from marketplace.kernel.access import Role
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.guards import operator
from marketplace.web.mail import absolute
from marketplace.web.once import show_once, shown_once
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction

operator_pages = Blueprint("operator", __name__, url_prefix="/operator")
PER_PAGE = 50


@operator_pages.get("/koperasi")
@operator
def cooperatives() -> ResponseReturnValue:
    """List all cooperatives."""
    text, page = request.args.get("q", "").strip()[:80], page_number()
    rows, total = queries.all_cooperatives(reader(), text=text, page=page, per_page=PER_PAGE)
    return render_template(
        "operator/cooperatives.html",
        rows=rows,
        total=total,
        text=text,
        page=page,
        pages=pages_of(total, PER_PAGE),
        link=shown_once(),
    )


@operator_pages.get("/koperasi/baru")
@operator
def new() -> ResponseReturnValue:
    """Look for the region first, then show the form."""
    place = region(request.args.get("wilayah", ""))
    if place is not None:
        return render_template("operator/new.html", form=NewCooperativeForm(), place=place)
    text = request.args.get("q", "").strip()
    return render_template(
        "operator/region.html", text=text, regions=find_regions(text) if text else []
    )


@operator_pages.post("/koperasi/baru")
@operator
def create() -> ResponseReturnValue:
    """Make a cooperative and the invitation of its first chair."""
    form = NewCooperativeForm()
    place = region(request.form.get("wilayah", ""))
    if place is None:
        return redirect(url_for(".new"), code=303)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                secret = _create(session, form, place.code)
        except RuleBroken as broken:
            form.blame(broken)
        else:
            _show(secret, form.name.data or "", form.chair_name.data or "", form.chair_phone.data)
            flash(gettext("Koperasi dibuat. Kirim undangan ini kepada ketuanya."), "ok")
            return redirect(url_for(".cooperatives"), code=303)
    return render_template("operator/new.html", form=form, place=place), 422


def _create(session: Session, form: NewCooperativeForm, region_code: str) -> str:
    at = now()
    cooperative = service.create(
        session,
        name=form.name.data or "",
        legal_name=form.legal_name.data or "",
        region_code=region_code,
        slug=form.slug.data or None,
        word=form.word.data or None,
        at=at,
    )
    return service.invite(
        session,
        cooperative,
        Role.CHAIR,
        by=me().account_id,
        as_operator=True,
        name=form.chair_name.data,
        phone=form.chair_phone.data,
        at=at,
    )


def _show(secret: str, shop: str, name: str = "", phone: str | None = None) -> None:
    show_once(absolute(f"/undangan/{secret}"), name=name, phone=phone, shop=shop)


@operator_pages.post("/koperasi/<int(max=32000):cooperative_id>/undang-ketua")
@operator
def invite_chair(cooperative_id: int) -> ResponseReturnValue:
    """Make another invitation for a chair."""
    with transaction() as session:
        cooperative = queries.by_id(session, cooperative_id)
        secret = service.invite(
            session,
            cooperative,
            Role.CHAIR,
            by=me().account_id,
            as_operator=True,
            at=now(),
        )
    _show(secret, cooperative.name)
    return redirect(url_for(".cooperatives"), code=303)


@operator_pages.post("/koperasi/<int(max=32000):cooperative_id>/status")
@operator
def change_standing(cooperative_id: int) -> ResponseReturnValue:
    """Hide a shop from the public, or give it back to its officers."""
    with transaction() as session:
        cooperative = queries.by_id(session, cooperative_id)
        act = service.suspend if request.form.get("tahan") == "1" else service.reopen
        act(session, cooperative, at=now())
    flash(gettext("Tersimpan."), "ok")
    return redirect(url_for(".cooperatives"), code=303)
