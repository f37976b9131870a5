"""The register of members as a list, a form and a table to save."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.phones import show as show_phone
from marketplace.members import queries, service
from marketplace.members.forms import AdmissionForm
from marketplace.members.queries import Shown
from marketplace.members.rules import show_number
from marketplace.members.views.blueprint import PATH, members
from marketplace.web.clock import now
from marketplace.web.downloads import csv_answer
from marketplace.web.guards import requires
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction


def _shown() -> Shown:
    try:
        return Shown(request.args.get("tampil", Shown.PRESENT.value))
    except ValueError:
        return Shown.PRESENT


@members.get(PATH)
@requires(Permission.SEE_MEMBERS)
def register(slug: str) -> ResponseReturnValue:
    """List the register: search, present or left, page by page."""
    text, shown, page = request.args.get("q", "").strip()[:80], _shown(), page_number()
    rows, total = queries.register(reader(), here().id, text=text, shown=shown, page=page)
    return render_template(
        "members/register.html",
        rows=rows,
        total=total,
        text=text,
        shown=shown.value,
        page=page,
        pages=pages_of(total, queries.PER_PAGE),
        query=urlencode({"q": text, "tampil": shown.value}).replace("{", "{{"),
        slug=slug,
    )


@members.get(f"{PATH}.csv")
@requires(Permission.SEE_MEMBERS)
def export(slug: str) -> ResponseReturnValue:
    """Give the whole register as a table."""
    header = [
        gettext("Nomor"),
        gettext("Nama lengkap"),
        gettext("Nama panggilan di toko"),
        gettext("Usaha"),
        gettext("Nomor HP"),
        gettext("Alamat"),
        gettext("Tanggal masuk"),
        gettext("Tanggal keluar"),
        gettext("Alasan"),
    ]
    rows = (
        (
            show_number(row.number),
            row.name,
            row.called,
            row.trade,
            show_phone(row.phone) if row.phone else None,
            row.address,
            row.admitted_on.isoformat(),
            row.left_on.isoformat() if row.left_on else None,
            row.leaving_reason,
        )
        for row in queries.whole_register(reader(), here().id)
    )
    return csv_answer(f"anggota-{slug}", header, rows)


@members.get(f"{PATH}/baru")
@requires(Permission.MANAGE_MEMBERS)
def new(slug: str) -> ResponseReturnValue:
    """Show the form for a new member."""
    form = AdmissionForm(admitted_on=local_day(now()))
    return render_template("members/new.html", form=form, slug=slug)


@members.post(f"{PATH}/baru")
@requires(Permission.MANAGE_MEMBERS)
def admit(slug: str) -> ResponseReturnValue:
    """Write a new member into the register."""
    form = AdmissionForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                member = service.admit(
                    session,
                    here().id,
                    form.entry(),
                    admitted_on=form.admitted_on.data,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(
                gettext(
                    "%(name)s tercatat sebagai anggota nomor %(number)s.",
                    name=member.name,
                    number=show_number(member.number),
                ),
                "ok",
            )
            return redirect(url_for(".show", slug=slug, member_id=member.id), code=303)
    return render_template("members/new.html", form=form, slug=slug), 422
