"""Pages on which officers find transfers again on a statement of their bank."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.files import queries as file_queries
from marketplace.files.tables import Row, read_rows
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.ids import from_text
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.orders.forms import StatementForm
from marketplace.orders.models import Order
from marketplace.orders.views import orders
from marketplace.payments import queries as payments
from marketplace.payments.rules.statements import (
    COLUMN_LABELS,
    Column,
    LineState,
    WrongColumns,
    guess,
    refound,
    split,
)
from marketplace.payments.service import statements
from marketplace.payments.service.statements import Imported
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction, unlocked
from marketplace.web.uploads import file_store, keep_sheet, sent_sheet

PATH = "/k/<slug>/kelola/rekening"
KIND = "bank statement"
PAGE, PREVIEWED = 50, 8
STATES = {state.value: state for state in LineState}


@orders.get(PATH)
@requires(Permission.CONFIRM_PAYMENTS)
def bank(slug: str) -> ResponseReturnValue:
    """List money that came in, with the orders it may be for."""
    return _list(StatementForm(formdata=None), 200)


def _list(form: StatementForm, status: int) -> ResponseReturnValue:
    session, cooperative_id = reader(), here().id
    state = STATES.get(request.args.get("status", ""), LineState.OPEN)
    page = max(1, request.args.get("hal", 1, type=int) or 1)
    lines, pages = payments.lines(session, cooperative_id, state, page=min(page, 10_000), size=PAGE)
    is_open = state is LineState.OPEN
    fits = payments.fits(session, cooperative_id, lines) if is_open else {}
    matched = {line.intent_id for line in lines if line.intent_id}
    shown = render_template(
        "orders/bank.html",
        form=form,
        accounts=payments.accounts(session, cooperative_id),
        lines=lines,
        state=state,
        fits=fits,
        fitting=queries.orders_that_fit(session, cooperative_id, fits),
        paid=queries.orders_of_intents(session, cooperative_id, matched),
        page=page,
        pages=pages,
        slug=here().slug,
    )
    return shown, status


@orders.post(f"{PATH}/impor")
@takes_files
@requires(Permission.CONFIRM_PAYMENTS)
def upload_statement(slug: str) -> ResponseReturnValue:
    """Take a statement in; at once when its columns are known, else ask what they mean."""
    form = StatementForm()
    account_id = from_text(form.account.data or "")
    try:
        if account_id is None:
            raise Invalid(say("Pilih rekeningnya."))
        with unlocked() as session:  # nobody need wait while a file is read
            known = payments.known_columns(
                session, payments.account(session, here().id, account_id)
            )
            data, name = sent_sheet(form.file)
            rows = read_rows(data)
    except Invalid as wrong:
        form.blame(wrong)
        return _list(form, 422)
    columns = refound(known, split(rows)[0])
    if columns is None:
        return _asked(slug, account_id, data, name)
    return _brought_in(slug, account_id, rows, columns)


def _asked(slug: str, account_id: UUID, data: bytes, name: str) -> ResponseReturnValue:
    """Keep a file until somebody has said what its columns mean."""
    with transaction() as session:
        kept = keep_sheet(
            session, here().id, data, kind=KIND, name=name, by=me().account_id, at=now()
        )
        file_id = kept.id
    there = url_for(".statement", slug=slug, destination_id=account_id, file_id=file_id)
    return redirect(there, 303)


def _brought_in(
    slug: str, account_id: UUID, rows: list[Row], columns: dict[Column, int]
) -> ResponseReturnValue:
    with transaction() as session:
        account = payments.account(session, here().id, account_id)
        done = statements.bring_in(session, account, rows, columns, by=me().account_id, at=now())
    return _report(slug, done)


@orders.get(f"{PATH}/<id:destination_id>/impor/<id:file_id>")
@requires(Permission.CONFIRM_PAYMENTS)
def statement(slug: str, destination_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show the first rows of a file and ask what its columns mean."""
    account = payments.account(reader(), here().id, destination_id)
    rows = _rows(file_id)
    headings, _ = split(rows)
    known = refound(payments.known_columns(reader(), account), headings)
    return _columns_page(rows, known or guess(headings), {}), 200


def _rows(file_id: UUID) -> list[Row]:
    _, data = file_queries.document(reader(), file_store(), here().id, file_id, kind=KIND)
    return read_rows(data)


def _columns_page(rows: list[Row], chosen: dict[Column, int], wrong: dict[str, str]) -> str:
    headings, below = split(rows)
    return render_template(
        "orders/statement.html",
        headings=headings,
        rows=[cells[: len(headings)] for _, cells in below[:PREVIEWED]],
        chosen=chosen,
        labels=COLUMN_LABELS,
        wrong=wrong,
        slug=here().slug,
    )


@orders.post(f"{PATH}/<id:destination_id>/impor/<id:file_id>")
@requires(Permission.CONFIRM_PAYMENTS)
def bring_in_statement(slug: str, destination_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take the file in by the columns that were chosen, and remember them."""
    rows = _rows(file_id)
    chosen = _chosen()
    try:
        return _brought_in(slug, destination_id, rows, chosen)
    except WrongColumns as bad:
        wrong = {name: translate(message) for name, message in bad.fields.items()}
        return _columns_page(rows, chosen, wrong), 422


def _chosen() -> dict[Column, int]:
    """Read which column was chosen for what; what is no number is no choice."""
    found = {}
    for column in Column:
        text = request.form.get(f"kolom_{column.value}", "")
        if text.isascii() and text.isdigit() and len(text) < 4:
            found[column] = int(text)
    return found


def _report(slug: str, done: Imported) -> ResponseReturnValue:
    """Say what became of the rows, the unreadable ones by their line."""
    flash(
        gettext(
            "%(new)s uang masuk baru, %(known)s sudah ada, %(aside)s baris tanpa uang masuk.",
            new=done.new,
            known=done.known,
            aside=done.aside + done.with_sen,
        ),
        "ok",
    )
    if done.wrong:
        line, why = done.wrong[0]
        flash(
            gettext(
                "%(count)s baris tidak terbaca, mulai dari baris %(line)s: %(why)s",
                count=len(done.wrong),
                line=line,
                why=translate(why),
            ),
            "wait",
        )
    return redirect(url_for(".bank", slug=slug), 303)


@orders.post(f"{PATH}/baris/<id:bank_line_id>/cocok")
@requires(Permission.CONFIRM_PAYMENTS)
def match_line(slug: str, bank_line_id: UUID) -> ResponseReturnValue:
    """Confirm that a line's money is for the order whose number was sent."""
    number = request.form.get("nomor", "").strip().upper()
    try:
        with transaction() as session:
            line = payments.line(session, here().id, bank_line_id)
            order = _named(session, number)
            service.confirm_line(session, order, line.id, by=me().account_id, at=now())
            code = order.pickup_code
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        flash(translate(broken.message), "bad")
        return _list(StatementForm(formdata=None), broken.status)
    flash(gettext("Uang untuk %(code)s dicatat dari mutasi.", code=code), "ok")
    return redirect(url_for(".bank", slug=slug), 303)


def _named(session: Session, number: str) -> Order:
    """Find the order that was typed; a wrong number is a slip, not a wrong address."""
    try:
        return queries.of_cooperative(session, here().id, number)
    except NotFound as nowhere:
        raise Invalid(nowhere.message) from nowhere


@orders.post(f"{PATH}/cocok-semua")
@requires(Permission.CONFIRM_PAYMENTS)
def match_exact(slug: str) -> ResponseReturnValue:
    """Confirm every line that fits exactly one order."""
    with transaction() as session:
        count = service.confirm_exact(session, here().id, by=me().account_id, at=now())
    flash(gettext("%(count)s uang masuk dicocokkan.", count=count), "ok")
    return redirect(url_for(".bank", slug=slug), 303)


@orders.post(f"{PATH}/baris/<id:bank_line_id>/sisihkan")
@requires(Permission.CONFIRM_PAYMENTS)
def set_line_aside(slug: str, bank_line_id: UUID) -> ResponseReturnValue:
    """Say that a line's money is for no order, or take that back."""
    with transaction() as session:
        line = payments.line(session, here().id, bank_line_id)
        if request.form.get("kembali"):
            statements.look_again(session, line)
        else:
            statements.set_aside(session, line, by=me().account_id, at=now())
    return redirect(url_for(".bank", slug=slug), 303)
