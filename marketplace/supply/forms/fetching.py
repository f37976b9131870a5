"""How much of each good a member fetches now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.numbers import parse_decimal_quantity, parse_quantity
from marketplace.kernel.text import say
from marketplace.supply.service.handing_over import Taking

LARGEST = 10**9
NOW, BEFORE = "banyak-", "sudah-"


def typed_amounts(sent: Mapping[str, str]) -> dict[str, str]:
    """Give what was typed of each good, to show it again."""
    return {name: text for name, text in sent.items() if name.startswith(NOW)}


def takings(sent: Mapping[str, str], goods: Iterable[tuple[UUID, int]]) -> dict[UUID, Taking]:
    """Read what is fetched of each wish, of a good in units of so many; empty is nothing now.

    Raises Invalid.
    """
    found = {}
    for line_id, factor in goods:
        text = sent.get(NOW + to_text(line_id), "").strip()
        try:
            quantity = parse_decimal_quantity(text, factor, most=LARGEST) if text else 0
            before = parse_quantity(sent.get(BEFORE + to_text(line_id), "0"), most=LARGEST)
        except RuleBroken as broken:
            raise Invalid(say("“%(text)s” bukan jumlah barang ini.", text=text[:20])) from broken
        found[line_id] = Taking(quantity, before)
    return found
