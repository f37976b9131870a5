"""The card of an account, and the chart of accounts."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.bookkeeping.forms import AccountForm, NewAccountForm
from marketplace.bookkeeping.views.blueprint import (
    PATH,
    bookkeeping,
    chosen_book,
    chosen_month,
    chosen_unit,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day, month_end
from marketplace.kernel.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import LedgerAccount
from marketplace.ledger.rules import KIND_LABELS, UNIT_LABELS
from marketplace.members import queries as members
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

ONE = f"{PATH}/akun/<id:account_id>"


@bookkeeping.get(ONE)
@requires(Permission.SEE_BOOKS)
def card(slug: str, account_id: UUID) -> ResponseReturnValue:
    """Show every entry of an account in one month, with the balance after each."""
    session = reader()
    account = books.account_by_id(session, here().id, account_id)
    parts = books.parts_of(session, account)
    starts = chosen_month(local_day(now()).replace(day=1))
    assert starts is not None  # noqa: S101 - a month was given to fall back on
    opening, lines = books.card(session, parts, starts=starts, ends=month_end(starts))
    owners = members.names_of(session, here().id, [p.member_id for p in parts if p.member_id])
    return render_template(
        "bookkeeping/card.html",
        account=account,
        unit=books.unit_of_account(session, account),
        month=starts,
        opening=opening,
        lines=lines,
        parts=[(owners.get(p.member_id, ""), p) for p in parts if p.member_id],
        kinds=KIND_LABELS,
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@bookkeeping.get(f"{PATH}/akun")
@requires(Permission.SEE_BOOKS)
def chart(slug: str) -> ResponseReturnValue:
    """List the chart of accounts; who keeps the books may add to it."""
    return _chart(slug, NewAccountForm())


def _chart(slug: str, form: NewAccountForm) -> str:
    form.offer()
    book = chosen_book()
    return render_template(
        "bookkeeping/chart.html",
        unit=chosen_unit(),
        units=UNIT_LABELS,
        accounts=books.chart(reader(), book) if book else [],
        kinds=KIND_LABELS,
        form=form,
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@bookkeeping.post(f"{PATH}/akun")
@requires(Permission.KEEP_BOOKS)
def add_account(slug: str) -> ResponseReturnValue:
    """Add an account of the cooperative's own."""
    form = NewAccountForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                account = ledger.add_account(
                    session,
                    here().id,
                    chosen_unit(),
                    code=form.code.data or "",
                    name=form.name.data or "",
                    name_en=form.name_en.data,
                    kind=form.chosen_kind(),
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Akun %(code)s ditambahkan.", code=account.code), "ok")
            return redirect(url_for(".chart", slug=slug, unit=chosen_unit().value), code=303)
    return _chart(slug, form), 422


@bookkeeping.get(f"{ONE}/ubah")
@requires(Permission.KEEP_BOOKS)
def edit_account(slug: str, account_id: UUID) -> ResponseReturnValue:
    """Offer to change an account's number and names."""
    account = books.account_by_id(reader(), here().id, account_id)
    return _account_page(slug, account, AccountForm(obj=account))


def _account_page(slug: str, account: LedgerAccount, form: AccountForm) -> str:
    return render_template("bookkeeping/account.html", account=account, form=form, slug=slug)


@bookkeeping.post(f"{ONE}/ubah")
@requires(Permission.KEEP_BOOKS)
def change_account(slug: str, account_id: UUID) -> ResponseReturnValue:
    """Change an account's number and names; the programme goes on using it."""
    form = AccountForm()
    account = books.account_by_id(reader(), here().id, account_id)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                ledger.change_account(
                    session,
                    books.account_by_id(session, here().id, account_id),
                    code=form.code.data or "",
                    name=form.name.data or "",
                    name_en=form.name_en.data,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Akun disimpan."), "ok")
            return redirect(url_for(".card", slug=slug, account_id=account_id), code=303)
    return _account_page(slug, account, form), 422


@bookkeeping.post(f"{ONE}/tutup")
@requires(Permission.KEEP_BOOKS)
def close_account(slug: str, account_id: UUID) -> ResponseReturnValue:
    """Let nothing more be posted to an account."""
    with transaction() as session:
        account = books.account_by_id(session, here().id, account_id)
        ledger.close_account(session, account, at=now())
    flash(gettext("Akun %(code)s ditutup.", code=account.code), "ok")
    return redirect(url_for(".card", slug=slug, account_id=account_id), code=303)
