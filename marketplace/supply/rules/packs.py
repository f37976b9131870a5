"""In which packs a supplier sells a good, and what a plan of buying some says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import grouped
from marketplace.kernel.text import say


class NoSuchPacks(Invalid):
    """Packs that no supplier could sell like that, or too many kinds of them."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One way in which a supplier sells a good: base units in a pack, rupiah for a pack.

    Packs are bought in multiples of ``step``, and at least ``min_packs`` or none.
    ``tiers`` are pairs (from so many packs, price of each pack): a reached tier prices
    all packs of that kind.
    """

    size: int
    price: int
    step: int = 1
    min_packs: int = 0
    tiers: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        prices = (self.price, *(price for _, price in self.tiers))
        if min(self.size, self.step) < 1 or min(self.min_packs, *prices, 0) < 0:
            raise NoSuchPacks(say("Isi kemasan, kelipatan, dan harganya harus masuk akal."))

    def price_at(self, count: int) -> int:
        """Give the price of one pack when so many are bought."""
        reached = [tier for tier in self.tiers if tier[0] <= count]
        return max(reached)[1] if reached else self.price


@dataclass(frozen=True, slots=True)
class PackPlan:
    """How many of each pack to buy (in the order the packs were given)."""

    counts: list[int]
    total: int
    cost: int


def in_words(counts: Sequence[int], names: Sequence[str]) -> str:
    """Write down how many of which packs.

    >>> in_words([1, 0, 4], ["sak", "karung", "kantong"])
    '1 sak + 4 kantong'
    """
    return " + ".join(
        f"{grouped(count)} {name}" for count, name in zip(counts, names, strict=True) if count
    )
