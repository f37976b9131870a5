"""A supplier's price list: send a file, see what each row would do, then say yes."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.files import queries as file_queries
from marketplace.files.tables import read_table, write_csv
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms import PartialForm, PriceListForm
from marketplace.supply.rules import COLUMNS, columns_of
from marketplace.supply.service import Outcome
from marketplace.supply.views import supply
from marketplace.supply.views.suppliers import BUYS
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, keep_sheet, sent_sheet

KIND = "price list"
SHOWN = 300  # rows of the report on one page; wrong ones come first
PATH = "/pemasok/<id:supplier_id>/daftar-harga"
EXAMPLE = (
    ("Minyak goreng 5 L", "karton", "4", "400000", "1", "1", "10: 380000; 50: 372000", ""),
    ("Gula pasir", "sak", "50", "790000", "", "", "", "31/12/2026"),
)


@supply.route(PATH, methods=["GET", "POST"])
@takes_files
@requires(BUYS)
def price_list(slug: str, supplier_id: UUID) -> ResponseReturnValue:
    """Take a price list in and look at it; nothing is noted yet."""
    seller = queries.supplier(reader(), here().id, supplier_id)
    form = PriceListForm()
    if request.method == "GET":
        return render_template("supply/price_list.html", form=form, supplier=seller, slug=slug)
    data, name = sent_sheet(form.file)
    try:
        columns_of(read_table(data).headings)
    except RuleBroken as broken:
        form.blame(broken)
        page = render_template("supply/price_list.html", form=form, supplier=seller, slug=slug)
        return page, broken.status
    with transaction() as session:
        kept = keep_sheet(
            session, here().id, data, kind=KIND, name=name, by=me().account_id, at=now()
        )
    address = url_for(".price_report", slug=slug, supplier_id=supplier_id, file_id=kept.id)
    return redirect(address, code=303)


@supply.get("/pemasok/contoh-harga.csv")
@requires(BUYS)
def example_prices(slug: str) -> ResponseReturnValue:
    """Send a price list to begin with."""
    response = Response(write_csv([names[0] for names in COLUMNS.values()], EXAMPLE))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="contoh-harga.csv"'
    return response


@supply.get(f"{PATH}/<id:file_id>")
@requires(BUYS)
def price_report(slug: str, supplier_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show what the price list would do, row by row."""
    return _report(supplier_id, file_id, PartialForm(), 200)


def _report(
    supplier_id: UUID, file_id: UUID, form: PartialForm, status: int
) -> ResponseReturnValue:
    session = reader()
    seller = queries.supplier(session, here().id, supplier_id)
    file, data = file_queries.document(session, file_store(), here().id, file_id, kind=KIND)
    plan = service.plan_prices(session, seller, read_table(data), at=now())
    rows = sorted(plan.rows, key=lambda row: (row.outcome is not Outcome.WRONG, row.line))
    page = render_template(
        "supply/price_report.html",
        form=form,
        file=file,
        plan=plan,
        rows=rows[:SHOWN],
        counts={outcome: plan.count(outcome) for outcome in Outcome},
        supplier=seller,
        slug=here().slug,
    )
    return page, status


@supply.post(f"{PATH}/<id:file_id>")
@requires(BUYS)
def note_prices(slug: str, supplier_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Do what the report says: all of it, or the good rows if that was asked for."""
    form = PartialForm()
    try:
        with transaction() as session:
            at = now()
            seller = queries.supplier(session, here().id, supplier_id)
            _, data = file_queries.document(session, file_store(), here().id, file_id, kind=KIND)
            plan = service.plan_prices(session, seller, read_table(data), at=at)
            noted = service.note_prices(
                session, seller, plan, only_good=bool(form.partial.data), by=me().account_id, at=at
            )
    except RuleBroken as broken:
        if broken.status in (403, 404):
            raise
        form.blame(broken)
        return _report(supplier_id, file_id, form, broken.status)
    flash(gettext("%(count)s harga dicatat.", count=len(noted)), "ok")
    return redirect(url_for(".supplier", slug=slug, supplier_id=supplier_id), code=303)
