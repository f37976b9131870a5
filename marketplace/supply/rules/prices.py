"""When a price is above what a member allowed or was told, so that they are asked first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.kernel.errors import Invalid

HIGHEST_PRICE = 10**12


class BadPriceCap(Invalid):
    """A highest price that is none."""


@dataclass(frozen=True, slots=True)
class PriceFor:
    """What so many base units cost; prices of other quantities are compared without dividing."""

    amount: int
    quantity: int

    def is_above(self, other: PriceFor) -> bool:
        """Say whether a unit costs more than in the other price.

        >>> PriceFor(1_000_001, 10).is_above(PriceFor(300_000, 3))
        True
        """
        return self.amount * other.quantity > other.amount * self.quantity


def must_ask(price: PriceFor, limits: Iterable[PriceFor], accepted: Iterable[PriceFor]) -> bool:
    """Say whether a member is asked before a price is charged.

    One who said yes to as much or more before is not asked again.
    """
    if not any(price.is_above(limit) for limit in limits):
        return False
    return all(price.is_above(known) for known in accepted)
