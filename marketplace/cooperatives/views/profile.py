"""What a cooperative says about itself, where it lies, its address and its cloth."""

from __future__ import annotations

from dataclasses import fields

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives import service
from marketplace.cooperatives.current import here
from marketplace.cooperatives.forms import ProfileForm, SlugForm
from marketplace.cooperatives.rules import find_regions
from marketplace.cooperatives.service.profile import DYES, GEOMETRIES
from marketplace.cooperatives.views.blueprint import MANAGE, cooperatives
from marketplace.files.pictures import BadPicture, read_picture
from marketplace.files.service import keep_picture
from marketplace.files.store import FileStore
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import transaction, unlocked


def _page(form: ProfileForm | None = None, slug_form: SlugForm | None = None) -> str:
    cooperative = here()
    known = {field.name: getattr(cooperative, field.name) for field in fields(service.Profile)}
    dye = request.args.get("warna", "0")
    return render_template(
        "cooperatives/profile.html",
        form=form or ProfileForm(formdata=None, **known),
        slug_form=slug_form or SlugForm(formdata=None, slug=cooperative.slug),
        wrong=form or slug_form,
        geometries=range(GEOMETRIES),
        dye=int(dye) % DYES if dye.isascii() and dye.isdigit() and len(dye) < 4 else 0,
    )


@cooperatives.get(f"{MANAGE}/profil")
@requires(Permission.MANAGE_COOPERATIVE)
def profile(slug: str) -> ResponseReturnValue:
    """Show the profile for changing."""
    return _page()


@cooperatives.post(f"{MANAGE}/profil")
@requires(Permission.MANAGE_COOPERATIVE)
def change_profile(slug: str) -> ResponseReturnValue:
    """Save the profile."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    with transaction() as session:
        service.change_profile(session, here(), form.profile(), at=now())
    flash(gettext("Profil tersimpan."), "ok")
    return redirect(url_for(".profile", slug=slug), code=303)


@cooperatives.post(f"{MANAGE}/alamat-toko")
@requires(Permission.MANAGE_COOPERATIVE)
def rename(slug: str) -> ResponseReturnValue:
    """Give the shop another address; the old one goes on leading here."""
    form = SlugForm()
    if form.validate_on_submit():
        new = form.slug.data or ""
        try:
            with transaction() as session:
                service.rename(session, here(), new, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Alamat toko diganti. Alamat lama tetap mengarah ke sini."), "ok")
            return redirect(url_for(".profile", slug=new), code=303)
    return _page(slug_form=form), 422


@cooperatives.post(f"{MANAGE}/motif")
@requires(Permission.MANAGE_COOPERATIVE)
def choose_motif(slug: str) -> ResponseReturnValue:
    """Take a cloth, or the one that belongs to the cooperative from the start."""
    with transaction() as session:
        service.set_motif(session, here(), _motif(request.form.get("motif", "")), at=now())
    flash(gettext("Motif tersimpan."), "ok")
    return redirect(url_for(".profile", slug=slug), code=303)


@cooperatives.post(f"{MANAGE}/foto-toko")
@takes_files
@requires(Permission.MANAGE_COOPERATIVE)
def set_banner(slug: str) -> ResponseReturnValue:
    """Put a photo where the cloth is, or take it away."""
    sent = request.files.get("foto")
    data = sent.read() if sent and sent.filename else b""
    if not data and "lepas" not in request.form:
        raise BadPicture(say("Pilih satu foto dulu."))
    store: FileStore = current_app.extensions["file_store"]
    picture = None
    if data:
        with unlocked():  # nobody need wait while a picture is drawn
            picture = read_picture(data)
    with transaction() as session:
        photo = (
            keep_picture(
                session,
                store,
                here().id,
                picture,
                kind="banner",
                actor_id=me().account_id,
                at=now(),
            )
            if picture
            else None
        )
        service.set_banner(session, here(), photo.id if photo else None, at=now())
    flash(gettext("Foto toko tersimpan.") if photo else gettext("Foto toko dilepas."), "ok")
    return redirect(url_for(".profile", slug=slug, _anchor="motif"), code=303)


def _motif(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    parts = text.split(".")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 4 for p in parts):
        raise Invalid(say("Motif ini tidak ada."))
    return int(parts[0]), int(parts[1])


@cooperatives.get(f"{MANAGE}/wilayah")
@requires(Permission.MANAGE_COOPERATIVE)
def region(slug: str) -> ResponseReturnValue:
    """Look for the region in which the cooperative lies."""
    text = request.args.get("q", "").strip()
    found = find_regions(text) if text else []
    return render_template("cooperatives/region.html", text=text, regions=found, slug=slug)


@cooperatives.post(f"{MANAGE}/wilayah")
@requires(Permission.MANAGE_COOPERATIVE)
def move(slug: str) -> ResponseReturnValue:
    """Take one of the regions found."""
    with transaction() as session:
        service.move(session, here(), request.form.get("code", ""), at=now())
    flash(gettext("Wilayah tersimpan."), "ok")
    return redirect(url_for(".profile", slug=slug), code=303)
