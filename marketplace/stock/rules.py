"""What may be refused at the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say

NOTHING = Rupiah(0)


class OutOfStock(RuleBroken):
    """Less on the shelf than was asked for. ``item_id`` and ``left`` say what and how much."""

    code = "out_of_stock"

    def __init__(self, item_id: UUID, left: int) -> None:
        super().__init__(
            say("Tinggal %(left)d. Kurangi jumlahnya.", left=left)
            if left > 0
            else say("Barang ini habis.")
        )
        self.item_id = item_id
        self.left = left


@dataclass(frozen=True, slots=True)
class Claim:
    """Goods wanted by one cause (an order line), until when.

    ``day`` matters for goods made daily; without ``expires_at`` the hold is firm.
    """

    cooperative_id: int
    item_id: UUID
    cause_id: UUID
    quantity: int
    day: date | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be promised of one item now. ``daily_limit`` set: per day, not counted."""

    item_id: UUID
    on_hand: int
    reserved: int
    backorder_limit: int
    daily_limit: int | None
    taken: int = 0
    value: Rupiah = NOTHING

    @property
    def cost(self) -> Rupiah:
        """Say what one piece had cost the cooperative, if it left now."""
        return cost_out(self.on_hand, self.value, 1)

    @property
    def available(self) -> int:
        """Count what may still be promised."""
        if self.daily_limit is not None:
            return max(0, self.daily_limit - self.taken)
        return max(0, self.on_hand + self.backorder_limit - self.reserved)


def cost_out(on_hand: int, value: Rupiah, quantity: int) -> Rupiah:
    """Say what goods that leave had cost, by moving average (STOCK-AVG-01).

    Half a rupiah is rounded up; the last goods out take the whole remaining value, so
    nothing is ever left on an empty shelf.
    """
    if quantity >= on_hand:
        return value
    return Rupiah((2 * value.amount * quantity + on_hand) // (2 * on_hand))


def summed(claims: Sequence[Claim]) -> dict[tuple[int, UUID, date | None], int]:
    """Add up claims on the same item, in the one order in which all callers lock items.

    Two lines of one item must be judged together, and two buyers must never wait for
    each other crosswise.
    """
    totals: dict[tuple[int, UUID, date | None], int] = {}
    for claim in sorted(claims, key=lambda c: (c.cooperative_id, c.item_id, str(c.day))):
        key = (claim.cooperative_id, claim.item_id, claim.day)
        totals[key] = totals.get(key, 0) + claim.quantity
    return totals
