"""The trial balance, the journal, and closing a month."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from marketplace.accounts.current import me
from marketplace.bookkeeping import queries
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
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import KIND_LABELS, UNIT_LABELS, AccountKind, Unit
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

PER_PAGE = 30


@bookkeeping.get(PATH)
@requires(Permission.SEE_BOOKS)
def show(slug: str) -> ResponseReturnValue:
    """Show what the books say: every account's balance, today or at the end of a month."""
    session, unit, month = reader(), chosen_unit(), chosen_month()
    book = chosen_book()
    until = month_end(month) if month else None
    balances = books.trial_balance(session, book, until=until) if book else []
    return render_template(
        "bookkeeping/show.html",
        unit=unit,
        units=UNIT_LABELS,
        month=month,
        book=book,
        groups=[
            (KIND_LABELS[kind], [b for b in balances if b.kind is kind and (b.debit or b.credit)])
            for kind in AccountKind
        ],
        debit=Rupiah.total(b.debit_side for b in balances),
        credit=Rupiah.total(b.credit_side for b in balances),
        codes={a.code: a.id for a in books.chart(session, book)} if book else {},
        drafts=queries.waiting(session, here().id),
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@bookkeeping.post(f"{PATH}/buka")
@requires(Permission.KEEP_BOOKS)
def open_book(slug: str) -> ResponseReturnValue:
    """Open the books of a unit with the usual chart, before anything was traded."""
    with transaction() as session:
        ledger.take_book(session, here().id, chosen_unit(), at=now())
    return redirect(url_for(".show", slug=slug, unit=chosen_unit().value), code=303)


@bookkeeping.get(f"{PATH}/jurnal")
@requires(Permission.SEE_BOOKS)
def journal(slug: str) -> ResponseReturnValue:
    """List entries with their lines, the newest first."""
    session, month, book = reader(), chosen_month(), chosen_book()
    before = request.args.get("sebelum", "")
    entries = (
        books.journal(
            session,
            book,
            starts=month,
            ends=month_end(month) if month else None,
            before=int(before)
            if before.isascii() and before.isdigit() and len(before) < 10
            else None,
            limit=PER_PAGE + 1,
        )
        if book
        else []
    )
    shown = entries[:PER_PAGE]
    return render_template(
        "bookkeeping/journal.html",
        unit=chosen_unit(),
        units=UNIT_LABELS,
        month=month,
        book=book,
        entries=shown,
        lines=books.lines_of(session, shown),
        older=shown[-1].number if len(entries) > PER_PAGE else None,
        slug=slug,
    )


@bookkeeping.get(f"{PATH}/bulan")
@requires(Permission.SEE_BOOKS)
def months(slug: str) -> ResponseReturnValue:
    """List closed months, and which one is closed next."""
    session, book = reader(), chosen_book()
    return render_template(
        "bookkeeping/months.html",
        unit=chosen_unit(),
        units=UNIT_LABELS,
        book=book,
        closings=books.closings_of(session, book) if book else [],
        ends=month_end(book.open_from) if book else None,
        over=bool(book) and month_end(book.open_from) < local_day(now()) if book else False,
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@bookkeeping.post(f"{PATH}/bulan")
@requires(Permission.KEEP_BOOKS)
def close_month(slug: str) -> ResponseReturnValue:
    """Close the oldest open month for ever, if it is the one the page showed."""
    unit = (
        Unit(request.form["unit"])
        if request.form.get("unit") in {u.value for u in Unit}
        else Unit.SHOP
    )
    with transaction() as session:
        book = ledger.take_book(session, here().id, unit, at=now())
        if book.open_from.isoformat() == request.form.get("starts"):
            closing = ledger.close_month(
                session, here().id, unit, closed_by=me().account_id, at=now()
            )
            told = format_date(closing.starts, "MMMM yyyy")
            flash(gettext("%(month)s sudah ditutup.", month=told), "ok")
    return redirect(url_for(".months", slug=slug, unit=unit.value), code=303)
