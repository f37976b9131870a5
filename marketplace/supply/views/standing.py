"""Changing, pausing and ending what is asked again and again."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.forms import StandingForm
from marketplace.supply.models import StandingRequest
from marketplace.supply.views import supply
from marketplace.supply.views.present import cap_said, own_member, wish_said
from marketplace.supply.views.requests import chosen_unit, second_choices, unit_choices
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


def own_standing(session: Session, standing_id: UUID) -> StandingRequest:
    """Fetch one that the reader may change: one's own, or any as an officer."""
    found = queries.standing_request(session, here().id, standing_id)
    own = own_member()
    mine = own is not None and found.member_id == own.id
    if not (mine or Permission.BUY_SUPPLIES in g.permissions):
        raise NotFound(say("Permintaan tetap ini tidak ada."))
    return found


@supply.get("/tetap/<id:standing_id>")
@requires(Permission.REQUEST_SUPPLIES)
def standing(slug: str, standing_id: UUID) -> ResponseReturnValue:
    """Show one standing request, to be changed, paused or ended."""
    found = own_standing(reader(), standing_id)
    said = wish_said(found, found.item)
    form = StandingForm(
        formdata=None,
        data={
            **said,
            "unit": said["item"],
            "every": found.rhythm.value,
            "price_cap": cap_said(found, found.item),
        },
    )
    return _page(slug, found, form)


def _page(
    slug: str, found: StandingRequest, form: StandingForm, status: int = 200
) -> ResponseReturnValue:
    form.unit.choices = unit_choices(found.item)
    page = render_template("supply/standing.html", standing=found, form=form, slug=slug)
    return page, status


@supply.post("/tetap/<id:standing_id>")
@requires(Permission.REQUEST_SUPPLIES)
def change_standing(slug: str, standing_id: UUID) -> ResponseReturnValue:
    """Change how much is asked for, and how often."""
    form = StandingForm()
    found = own_standing(reader(), standing_id)
    form.unit.choices, form.second.choices = unit_choices(found.item), second_choices([])
    _, rung = chosen_unit([found.item], form.unit.data)
    wanted = form.wanted(found.item.factor, rung) if form.validate_on_submit() else None
    if wanted is None:
        return _page(slug, found, form, 422)
    try:
        with transaction() as session:
            found = own_standing(session, standing_id)
            service.change_standing(session, found, wanted, form.rhythm(), at=now())
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, own_standing(reader(), standing_id), form, broken.status)
    return _back(slug, gettext("Permintaan tetap tersimpan."))


def _back(slug: str, done: str) -> ResponseReturnValue:
    flash(done, "ok")
    return redirect(url_for(".ask_page", slug=slug), 303)


@supply.post("/tetap/<id:standing_id>/jeda")
@requires(Permission.REQUEST_SUPPLIES)
def pause_standing(slug: str, standing_id: UUID) -> ResponseReturnValue:
    """Leave out what comes, or go on."""
    paused = request.form.get("aktif") != "1"
    with transaction() as session:
        found = own_standing(session, standing_id)
        service.pause_standing(session, found, paused=paused, at=now())
    return _back(slug, gettext("Dijeda.") if paused else gettext("Jalan lagi."))


@supply.post("/tetap/<id:standing_id>/berhenti")
@requires(Permission.REQUEST_SUPPLIES)
def end_standing(slug: str, standing_id: UUID) -> ResponseReturnValue:
    """Ask no more."""
    with transaction() as session:
        service.end_standing(session, own_standing(session, standing_id), at=now())
    return _back(slug, gettext("Tidak diminta lagi."))
