"""Where a cooperative delivers to, set next to the places where goods are fetched."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.cooperatives.rules.regions import find_regions
from marketplace.delivery import queries, service
from marketplace.delivery.forms import ZoneForm
from marketplace.delivery.views import MANAGE, delivery
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

PATH = f"{MANAGE}/antar"
MANAGES = Permission.MANAGE_COOPERATIVE


@delivery.get(PATH)
@requires(MANAGES)
def zones(slug: str) -> ResponseReturnValue:
    """List the zones, also those no longer delivered to."""
    found = queries.zones(reader(), here().id, active=False)
    return render_template("delivery/zones.html", zones=found, slug=slug)


@delivery.get(f"{PATH}/baru")
@requires(MANAGES)
def new_zone(slug: str) -> ResponseReturnValue:
    """Show the form for one more zone."""
    return render_template("delivery/zone.html", form=ZoneForm(), slug=slug)


@delivery.post(f"{PATH}/baru")
@requires(MANAGES)
def add_zone(slug: str) -> ResponseReturnValue:
    """Add a zone, and lead to where its areas are chosen."""
    form, status = ZoneForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                added = service.add_zone(
                    session, here(), form.name.data or "", form.terms(), at=now()
                ).id
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Zona tersimpan. Sekarang pilih wilayahnya."), "ok")
            return redirect(url_for(".zone", slug=slug, zone_id=added), 303)
    return render_template("delivery/zone.html", form=form, slug=slug), status


@delivery.get(f"{PATH}/<id:zone_id>")
@requires(MANAGES)
def zone(slug: str, zone_id: UUID) -> ResponseReturnValue:
    """Show a zone for changing, and look for areas that may be added."""
    return _page(slug, zone_id, None)


def _page(slug: str, zone_id: UUID, form: ZoneForm | None) -> str:
    found = queries.zone(reader(), here().id, zone_id)
    text = request.args.get("q", "").strip()
    return render_template(
        "delivery/zone.html",
        form=form or ZoneForm.of(found),
        zone=found,
        text=text,
        regions=[one for one in find_regions(text) if one.code.count(".") > 1] if text else [],
        slug=slug,
    )


@delivery.post(f"{PATH}/<id:zone_id>")
@requires(MANAGES)
def change_zone(slug: str, zone_id: UUID) -> ResponseReturnValue:
    """Change a zone's name and terms."""
    form, status = ZoneForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                name = form.name.data or ""
                service.change_zone(session, here(), zone_id, name, form.terms(), at=now())
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            return _back(slug, zone_id)
    return _page(slug, zone_id, form), status


def _back(slug: str, zone_id: UUID) -> ResponseReturnValue:
    flash(gettext("Zona antar tersimpan."), "ok")
    return redirect(url_for(".zone", slug=slug, zone_id=zone_id), 303)


@delivery.post(f"{PATH}/<id:zone_id>/wilayah")
@requires(MANAGES)
def add_area(slug: str, zone_id: UUID) -> ResponseReturnValue:
    """Add a district or village to a zone."""
    with transaction() as session:
        service.add_area(session, here(), zone_id, request.form.get("code", ""), at=now())
    return _back(slug, zone_id)


@delivery.post(f"{PATH}/<id:zone_id>/wilayah/hapus")
@requires(MANAGES)
def remove_area(slug: str, zone_id: UUID) -> ResponseReturnValue:
    """Take an area out of a zone."""
    with transaction() as session:
        service.remove_area(session, here(), zone_id, request.form.get("code", ""), at=now())
    return _back(slug, zone_id)


@delivery.post(f"{PATH}/<id:zone_id>/status")
@requires(MANAGES)
def retire_zone(slug: str, zone_id: UUID) -> ResponseReturnValue:
    """Deliver to a zone no longer, or again."""
    with transaction() as session:
        active = request.form.get("aktif") == "1"
        service.retire_zone(session, here(), zone_id, active=active, at=now())
    flash(gettext("Zona antar tersimpan."), "ok")
    return redirect(url_for(".zones", slug=slug), 303)
