"""Places where orders are fetched."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives import queries, service
from marketplace.cooperatives.current import here
from marketplace.cooperatives.forms import PointForm
from marketplace.cooperatives.views.blueprint import MANAGE, cooperatives
from marketplace.kernel.access import Permission
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

PATH = f"{MANAGE}/titik-ambil"
MANAGES = Permission.MANAGE_COOPERATIVE


def _back(slug: str, told: str) -> ResponseReturnValue:
    flash(told, "ok")
    return redirect(url_for(".points", slug=slug), code=303)


@cooperatives.get(PATH)
@requires(MANAGES)
def points(slug: str) -> ResponseReturnValue:
    """List the pickup points, also those no longer offered."""
    found = queries.points(reader(), here().id, active=False)
    return render_template("cooperatives/points.html", points=found, slug=slug)


@cooperatives.get(f"{PATH}/baru")
@requires(MANAGES)
def new_point(slug: str) -> ResponseReturnValue:
    """Show the form for one more place."""
    form = PointForm(prepare_minutes=60)
    return render_template("cooperatives/point.html", form=form, slug=slug)


@cooperatives.post(f"{PATH}/baru")
@requires(MANAGES)
def add_point(slug: str) -> ResponseReturnValue:
    """Add a place."""
    form = PointForm()
    if not form.validate_on_submit():
        return render_template("cooperatives/point.html", form=form, slug=slug), 422
    with transaction() as session:
        service.add_point(session, here(), form.place(), at=now())
    return _back(slug, gettext("Titik ambil ditambahkan."))


@cooperatives.get(f"{PATH}/<id:point_id>")
@requires(MANAGES)
def point(slug: str, point_id: UUID) -> ResponseReturnValue:
    """Show a place for changing."""
    found = queries.point(reader(), here().id, point_id)
    form = PointForm.of(
        found.slots,
        name=found.name,
        address=found.address,
        note=found.note,
        prepare_minutes=found.prepare_minutes,
    )
    return render_template("cooperatives/point.html", form=form, point=found, slug=slug)


@cooperatives.post(f"{PATH}/<id:point_id>")
@requires(MANAGES)
def change_point(slug: str, point_id: UUID) -> ResponseReturnValue:
    """Change a place."""
    form = PointForm()
    if not form.validate_on_submit():
        found = queries.point(reader(), here().id, point_id)
        return render_template("cooperatives/point.html", form=form, point=found, slug=slug), 422
    with transaction() as session:
        service.change_point(session, here(), point_id, form.place(), at=now())
    return _back(slug, gettext("Titik ambil tersimpan."))


@cooperatives.post(f"{PATH}/<id:point_id>/status")
@requires(MANAGES)
def retire_point(slug: str, point_id: UUID) -> ResponseReturnValue:
    """Offer a place no longer, or again."""
    active = request.form.get("aktif") == "1"
    with transaction() as session:
        service.retire_point(session, here(), point_id, active=active, at=now())
    return _back(slug, gettext("Titik ambil tersimpan."))
