"""What to sell bought goods for, from what they cost (STORE-PRICE-01)."""

from __future__ import annotations

from marketplace.kernel.money import Rupiah

MEMBER_MARGIN, PUBLIC_MARGIN = 500, 1200  # basis points
ROUND_TO = 100
WHOLE = 10_000


def price_from_cost(cost: Rupiah, margin: int, *, round_to: int = ROUND_TO) -> Rupiah:
    """Add a margin in basis points and round up to a price that can be paid in coins.

    >>> price_from_cost(Rupiah(14_250), PUBLIC_MARGIN).amount
    16000
    """
    step = WHOLE * round_to
    return Rupiah(-(-cost.amount * (WHOLE + margin) // step) * round_to)
