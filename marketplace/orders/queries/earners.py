"""Who earns what of an order: the same parts that its sale writes into the books."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order

NOTHING = Rupiah(0)


@dataclass(frozen=True, slots=True)
class Earners:
    """The makers with what is theirs, the cooperative's part, and what bringing costs."""

    makers: list[tuple[str, Rupiah]]
    cooperative: Rupiah
    delivery: Rupiah


def earners(order: Order) -> Earners:
    """Add up the lines of an order by who earns them, the makers in the order of the lines."""
    names: dict[UUID, str] = {}
    makers: dict[UUID, Rupiah] = {}
    cooperative = NOTHING
    for line in order.lines:
        earned = line.earned
        cooperative += earned.cooperative
        if line.maker_id is not None and earned.maker:
            names.setdefault(line.maker_id, line.maker_name)
            makers[line.maker_id] = makers.get(line.maker_id, NOTHING) + earned.maker
    shares = [(names[id_], amount) for id_, amount in makers.items()]
    return Earners(shares, cooperative, order.delivery_fee)
