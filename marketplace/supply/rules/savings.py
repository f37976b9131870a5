"""What buying together saved, against buying one pack at a time."""

from __future__ import annotations

from marketplace.supply.rules.packs import Pack


def single_price(quantity: int, pack: Pack) -> int:
    """Say what a quantity costs at the price of a single pack, rounded down to a rupiah.

    >>> single_price(10, Pack(4, 412_000))
    1030000
    """
    return quantity * pack.price // pack.size


def saved(quantity: int, charge: int, pack: Pack) -> int:
    """Say how much less was charged; below nought when the bill was dearer than announced.

    >>> saved(10, 1_000_000, Pack(4, 412_000))
    30000
    """
    return single_price(quantity, pack) - charge
