"""To whose doors a basket could be brought, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.delivery.models import DeliveryZone
from marketplace.delivery.rules import cash_at_the_door, fee_for, too_small
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence


@dataclass(frozen=True, slots=True)
class Door:
    """A zone to which a basket could be brought. ``cash``: it may be paid to the courier."""

    zone: DeliveryZone
    fee: Rupiah
    cash: bool
    problem: Sentence | None


def doors_of(zones: Sequence[DeliveryZone], goods: Rupiah) -> list[Door]:
    """Price the delivery of so many rupiah of goods to each zone."""
    return [
        Door(
            zone,
            fee_for(zone.terms, goods),
            cash_at_the_door(zone.terms, goods + fee_for(zone.terms, goods)),
            too_small(zone.terms, goods),
        )
        for zone in zones
    ]
