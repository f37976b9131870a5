"""The books as files to save."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from marketplace.bookkeeping import exports
from marketplace.bookkeeping.views.blueprint import (
    PATH,
    book_or_404,
    bookkeeping,
    chosen_month,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import month_end
from marketplace.ledger import queries as books
from marketplace.web.downloads import csv_answer, text_answer
from marketplace.web.guards import requires
from marketplace.web.transactions import reader


@bookkeeping.get(f"{PATH}/jurnal.csv")
@requires(Permission.SEE_BOOKS)
def journal_csv(slug: str) -> ResponseReturnValue:
    """Save the journal, whole or of one month, as a table."""
    book, month = book_or_404(), chosen_month()
    rows = exports.journal_rows(
        reader(), book, starts=month, ends=month_end(month) if month else None
    )
    suffix = f"-{month:%Y-%m}" if month else ""
    return csv_answer(f"jurnal-{book.unit.value}{suffix}", exports.JOURNAL_HEADER, rows)


@bookkeeping.get(f"{PATH}/neraca-saldo.csv")
@requires(Permission.SEE_BOOKS)
def trial_balance_csv(slug: str) -> ResponseReturnValue:
    """Save the trial balance as a table."""
    book, month = book_or_404(), chosen_month()
    balances = books.trial_balance(reader(), book, until=month_end(month) if month else None)
    rows = ((b.code, b.name, b.debit_side.amount, b.credit_side.amount) for b in balances)
    return csv_answer("neraca-saldo", ("akun", "nama", "debit", "kredit"), rows)


@bookkeeping.get(f"{PATH}/buku.beancount")
@requires(Permission.SEE_BOOKS)
def beancount(slug: str) -> Response:
    """Save the whole books for a program that checks them independently."""
    book = book_or_404()
    text = "".join(exports.beancount(reader(), book, here().name))
    return text_answer(f"{slug}-{book.unit.value}.beancount", text)
