"""How much of a good a shop should buy again, so that its shelf lasts for some days."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.supply.rules.packs import Pack

WATCHED_DAYS = 28
MOST_COVER = 90


@dataclass(frozen=True, slots=True)
class Running:
    """What one kind of goods on the shelf sold in the watched days, and how long it should last.

    Amounts are in base units of the good that it is sold from.
    """

    used: int
    on_hand: int
    cover_days: int

    @property
    def needed(self) -> int:
        """Say what is sold in the days that it should last, at the pace of the watched ones."""
        return -(-self.used * self.cover_days // WATCHED_DAYS)


def lacking(running: list[Running], on_order: int) -> int:
    """Say how much of a good is missing on the shelf, beyond what is there and what will come.

    >>> lacking([Running(used=56, on_hand=10, cover_days=14)], on_order=8)
    10
    """
    needed = sum(one.needed for one in running)
    return max(0, needed - sum(max(0, one.on_hand) for one in running) - on_order)


def packs_for(pack: Pack, quantity: int) -> int:
    """Count the packs that hold so much, as the supplier sells them; none for nothing.

    >>> packs_for(Pack(12, 60_000, step=2, min_packs=3), 13)
    4
    """
    if quantity <= 0:
        return 0
    count = max(-(-quantity // pack.size), pack.min_packs)
    return -(-count // pack.step) * pack.step
