"""Goods from and to spreadsheets: send a file, see what each row would do, then say yes."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.files import queries as file_queries
from marketplace.files.tables import BadSheet, read_table, write_csv
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.listings import queries
from marketplace.listings.forms import ConfirmForm, UploadForm
from marketplace.listings.rules.sheets import HEADINGS
from marketplace.listings.service import importing
from marketplace.listings.views import PATH, listings
from marketplace.listings.views.goods import who
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, keep_sheet, sent_sheet

KIND = "goods sheet"
SHOWN = 300  # rows of the report on one page; wrong ones come first
EXAMPLE = (
    (
        "KRP-01", "Keripik tempe Sanan", "250 g", "15000", "24", "bungkus",
        "makanan-minuman/makanan-ringan/keripik", "", "Renyah, tanpa pengawet.",
        "stok terbatas", "", "", "bahan halal", "", "Tempe, tepung, bawang", "60", "draf",
    ),
    (
        "KRP-01", "Keripik tempe Sanan", "500 g", "28000", "12", "bungkus",
        "makanan-minuman/makanan-ringan/keripik", "", "", "stok terbatas", "", "", "bahan halal",
        "", "", "60", "draf",
    ),
)  # fmt: skip


@listings.route(f"{PATH}/impor", methods=["GET", "POST"])
@takes_files
@requires(Permission.EDIT_LISTINGS)
def sheet(slug: str) -> ResponseReturnValue:
    """Take a file in and look at it; nothing is changed yet."""
    form = UploadForm()
    if request.method == "GET":
        return render_template("listings/import.html", form=form, slug=slug)
    try:
        data, name = sent_sheet(form.file)
        read_table(data)
    except BadSheet as bad:
        form.blame(bad)
        return render_template("listings/import.html", form=form, slug=slug), 422
    with transaction() as session:
        kept = keep_sheet(
            session, here().id, data, kind=KIND, name=name, by=who().account_id, at=now()
        )
    return redirect(url_for(".report", slug=slug, file_id=kept.id), code=303)


@listings.get(f"{PATH}/impor/<id:file_id>")
@requires(Permission.EDIT_LISTINGS)
def report(slug: str, file_id: UUID) -> ResponseReturnValue:
    """Show what the file would do, row by row."""
    return _report(file_id, ConfirmForm(), 200)


@listings.post(f"{PATH}/impor/<id:file_id>")
@requires(Permission.EDIT_LISTINGS)
def bring_in(slug: str, file_id: UUID) -> ResponseReturnValue:
    """Do what the report says: all of it, or the good rows if that was asked for."""
    form = ConfirmForm()
    try:
        with transaction() as session:
            at = now()
            _, data = file_queries.document(session, file_store(), here().id, file_id, kind=KIND)
            plan = importing.plan(
                session, here(), read_table(data), at=at, publish=bool(form.publish.data)
            )
            count = importing.carry_out(
                session, here(), plan, editor=who(), at=at, partial=bool(form.partial.data)
            )
    except RuleBroken as broken:
        if broken.status in (403, 404):
            raise
        form.blame(broken)
        return _report(file_id, form, broken.status)
    flash(gettext("%(count)s barang disimpan dari berkas.", count=count), "ok")
    tab = None if form.publish.data else "draf"
    return redirect(url_for(".goods", slug=slug, status=tab), code=303)


def _report(file_id: UUID, form: ConfirmForm, status: int) -> ResponseReturnValue:
    file, data = file_queries.document(reader(), file_store(), here().id, file_id, kind=KIND)
    plan = importing.plan(reader(), here(), read_table(data), at=now())
    rows = sorted(plan.rows, key=lambda row: (row.action is not importing.Action.WRONG, row.line))
    return (
        render_template(
            "listings/report.html",
            form=form,
            file=file,
            plan=plan,
            rows=rows[:SHOWN],
            counts={action: plan.count(action) for action in importing.Action},
            slug=here().slug,
        ),
        status,
    )


@listings.get(f"{PATH}/impor/contoh.csv")
@requires(Permission.EDIT_LISTINGS)
def example(slug: str) -> ResponseReturnValue:
    """Send a file to begin with."""
    return _csv(write_csv(HEADINGS, EXAMPLE), "contoh-barang.csv")


@listings.get(f"{PATH}/ekspor.csv")
@requires(Permission.EDIT_LISTINGS)
def export(slug: str) -> ResponseReturnValue:
    """Send all goods as a file that can be sent back changed."""
    at = now()
    name = f"barang-{slug}-{local_day(at).isoformat()}.csv"
    return _csv(queries.export(reader(), here().id, at=at), name)


def _csv(data: bytes, name: str) -> Response:
    response = Response(data, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
