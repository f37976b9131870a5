"""What is asked for in coins and notes that people have."""

from __future__ import annotations

from marketplace.kernel.money import Rupiah

MOST_ROUNDED = 999
"""By less than the largest step that may be chosen."""


def rounded_cash(amount: Rupiah, step: int) -> Rupiah:
    """Round down to whole steps, never to nothing: no buyer pays more than the price they saw.

    >>> rounded_cash(Rupiah(15_450), 500)
    Rupiah(15000)
    """
    if not step or amount.amount < step:
        return amount
    return Rupiah(amount.amount - amount.amount % step)
