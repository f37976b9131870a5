"""Reading what several operations are sent: single values, and pieces of an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say
from marketplace.orders.models import Order
from marketplace.orders.rules import TooMuchBack


def read_at(place: str, read: Callable[[str], str], text: str) -> str:
    """Read a text by a rule of the kernel, and name its place if the rule refuses."""
    try:
        return read(text)
    except RuleBroken as broken:
        raise Invalid(broken.message, fields={place: broken.message}) from broken


def pieces_of(order: Order, lines: Sequence[dict[str, Any]]) -> dict[UUID, int]:
    """Name the lines of an order by their variants; an order has each variant once."""
    known = {line.variant_id: line.id for line in order.lines}
    pieces: dict[UUID, int] = {}
    for line in lines:
        if line["variant"] not in known:
            raise TooMuchBack(say("Barang atau jumlahnya tidak ada di pesanan ini."))
        line_id = known[line["variant"]]
        pieces[line_id] = pieces.get(line_id, 0) + line["quantity"]
    return pieces
