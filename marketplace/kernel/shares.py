"""How a price is shared between who made the goods and the cooperative that sells them."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import BASIS_POINTS
from marketplace.kernel.text import say


class NotAShare(Invalid):
    """A share that is less than nothing or more than all."""


def price_split(total: Rupiah, basis_points: int) -> tuple[Rupiah, Rupiah]:
    """Split what a line sold for between its maker and the cooperative, exactly.

    The cooperative's share is rounded down per line, so a rupiah that cannot be divided
    stays with the member.
    """
    if not 0 <= basis_points <= BASIS_POINTS:
        raise NotAShare(say("Bagian koperasi harus antara 0 dan 100 persen."))
    cooperative = Rupiah(total.amount * basis_points // BASIS_POINTS)
    return total - cooperative, cooperative


@dataclass(frozen=True, slots=True)
class Earned:
    """Who earns what of a sale. Where the maker earns nothing, it is the cooperative's own sale."""

    maker: Rupiah
    cooperative: Rupiah


def who_earns(maker: Rupiah, cooperative: Rupiah, *, has_maker: bool) -> Earned:
    """Say who earns a line of which these are the parts: its books and its page say the same.

    Goods without a maker are the cooperative's own. Goods of which the maker gets nothing now
    were bought outright (beli putus): the maker was paid before.
    """
    if not has_maker or not maker:
        return Earned(Rupiah(0), maker + cooperative)
    return Earned(maker, cooperative)
