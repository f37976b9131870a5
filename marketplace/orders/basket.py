"""The basket in the visitor's own cookie: variants, how many, and the price that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, session

from marketplace.kernel.ids import from_text, to_text
from marketplace.orders.service.requests import MOST_LINES, MOST_OF_ONE

COOKIE = "keranjang"
DRAFT = "pemesan"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many of one variant, and at what price it was put in (whole rupiah)."""

    quantity: int
    seen_price: int


def contents() -> dict[UUID, Wanted]:
    """Read the basket; what a tampered cookie could hold is left out."""
    if "basket" not in g:
        kept: dict[str, Any] = session.get(COOKIE) or {}
        found: dict[UUID, Wanted] = {}
        for text, value in kept.items():
            id_ = from_text(text)
            if id_ is not None and isinstance(value, list) and len(value) == 2:
                found[id_] = Wanted(int(value[0]), int(value[1]))
        g.basket = found
    basket: dict[UUID, Wanted] = g.basket
    return basket


def quantities() -> dict[UUID, int]:
    """Give the basket as services take it."""
    return {id_: wanted.quantity for id_, wanted in contents().items()}


def count() -> int:
    """Count the things in the basket, for the number at its icon."""
    if not session.get(COOKIE):
        return 0
    return sum(wanted.quantity for wanted in contents().values())


def is_full() -> bool:
    """Say whether no further kind of thing fits."""
    return len(contents()) >= MOST_LINES


def put(variant_id: UUID, quantity: int, seen_price: int) -> None:
    """Set how many of a variant are wanted; none takes it out."""
    basket = dict(contents())
    if quantity <= 0:
        basket.pop(variant_id, None)
    else:
        basket[variant_id] = Wanted(min(quantity, MOST_OF_ONE), seen_price)
    _keep(basket)


def clear() -> None:
    """Empty the basket after it was ordered; the buyer's contact stays for the next time."""
    _keep({})


def _keep(basket: dict[UUID, Wanted]) -> None:
    g.basket = basket
    session[COOKIE] = {to_text(id_): [w.quantity, w.seen_price] for id_, w in basket.items()}
    session.permanent = True


def draft() -> dict[str, str]:
    """Read what the buyer typed so far, so that changing a quantity loses nothing."""
    kept: dict[str, str] = session.get(DRAFT) or {}
    return kept


def keep_draft(values: dict[str, str]) -> None:
    """Remember what the buyer typed."""
    session[DRAFT] = {name: value[:300] for name, value in values.items() if value}
