"""Where a price goes, and what it costs to have something brought."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.cooperatives.rules import Slot
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import Earned


@dataclass(frozen=True, slots=True)
class PriceParts:
    """Where a price goes: to the maker, to whom it was bought from before, to the cooperative.

    ``loss``: what the cooperative had paid beyond what it now gets.
    """

    maker: Rupiah
    bought: Rupiah
    cooperative: Rupiah
    loss: Rupiah


def price_parts(earned: Earned, cost: Rupiah) -> PriceParts:
    """Take what the goods had cost out of what the cooperative earns, as its books do."""
    bought = min(cost, earned.cooperative)
    return PriceParts(earned.maker, bought, earned.cooperative - bought, cost - bought)


@dataclass(frozen=True, slots=True)
class Doors:
    """On what terms a shop brings things: at least this fee, free from this basket on."""

    soonest: Slot
    fee: Rupiah
    differs: bool
    minimum: Rupiah
    free_from: Rupiah | None
