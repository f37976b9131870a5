"""The one blueprint of the treasurer's pages, and what all of them need."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request

from marketplace.cooperatives.current import here
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import LedgerBook
from marketplace.ledger.rules import Unit
from marketplace.web.transactions import reader

bookkeeping = Blueprint("bookkeeping", __name__)
PATH = "/k/<slug>/kelola/buku"


def chosen_unit() -> Unit:
    """Read whose books are asked for by ``?unit=``; the shop's if it says nothing we know."""
    wanted = request.args.get("unit", "")
    return next((unit for unit in Unit if unit.value == wanted), Unit.SHOP)


def chosen_book() -> LedgerBook | None:
    """Find the books asked for; None when nothing was ever written there."""
    return books.book_of(reader(), here().id, chosen_unit())


def book_or_404() -> LedgerBook:
    """Find the books asked for. Raises NotFound."""
    book = chosen_book()
    if book is None:
        raise NotFound(say("Buku ini belum berisi apa-apa."))
    return book


def chosen_month(default: date | None = None) -> date | None:
    """Read the month asked for by ``?bulan=2026-11`` as its first day."""
    text = request.args.get("bulan", "")
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return default
