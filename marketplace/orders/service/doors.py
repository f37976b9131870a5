"""Which door an order is brought to, and whether it may be paid there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from marketplace.delivery.models import DeliveryArea, DeliveryZone
from marketplace.delivery.rules import Doorstep, NotDelivered, checked_address, full_address
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.orders.queries.doors import Door
from marketplace.orders.queries.quotes import Quote, QuotedOrder
from marketplace.orders.service.requests import Choice, WrongChoice
from marketplace.payments.rules import PaymentMethod


@dataclass(frozen=True, slots=True)
class ChosenDoor:
    """Where an order is brought and for how much, as the order keeps it."""

    zone_id: UUID
    zone_name: str
    address: str
    fee: Rupiah


def chosen_door(
    quoted: QuotedOrder, wanted: Doorstep | None, method: PaymentMethod
) -> ChosenDoor | None:
    """Check what the buyer said of their door; None when the goods are fetched.

    Raises NotDelivered, WrongChoice, Invalid.
    """
    if wanted is None:
        return None
    if wanted.zone_id is None:
        raise _no_area()
    door = door_to(quoted, wanted)
    if door is None:
        raise NotDelivered(say("Koperasi ini tidak mengantar ke wilayah itu."))
    if door.problem is not None:
        raise NotDelivered(door.problem)
    area = _area(door.zone, wanted.area)
    street = checked_address(wanted.address)
    if method is PaymentMethod.COD and not door.cash:
        raise WrongChoice(_no_cash(door))
    return ChosenDoor(
        door.zone.id,
        door.zone.name,
        full_address(street, wanted.landmark, area.name),
        door.fee,
    )


def _no_cash(door: Door) -> Sentence:
    if not door.zone.cash_up_to:
        return say("Di zona ini tidak bisa bayar di tempat. Pilih cara bayar lain.")
    return say(
        "Bayar di tempat di zona ini paling banyak %(most)s. Pilih cara bayar lain.",
        most=door.zone.cash_up_to,
    )


def door_to(quoted: QuotedOrder, wanted: Doorstep) -> Door | None:
    """Find the zone that was chosen among those that are offered."""
    return next((door for door in quoted.doors if door.zone.id == wanted.zone_id), None)


def _area(zone: DeliveryZone, code: str | None) -> DeliveryArea:
    if code is None and len(zone.areas) == 1:
        return zone.areas[0]
    for area in zone.areas:
        if area.code == code:
            return area
    raise _no_area()


def _no_area() -> Invalid:
    wrong = say("Pilih kecamatan atau kelurahan tempat pesanan diantar.")
    return Invalid(wrong, fields={"area": wrong})


def chosen_doors(quote: Quote, choices: Mapping[int, Choice]) -> dict[int, Door]:
    """Find the zones that were chosen, by cooperative, however little is in the basket."""
    found = {}
    for quoted in quote.orders:
        wanted = choices.get(quoted.cooperative.id, Choice()).door
        door = door_to(quoted, wanted) if wanted else None
        if door is not None:
            found[quoted.cooperative.id] = door
    return found


def delivery_fees(quote: Quote, choices: Mapping[int, Choice]) -> dict[int, Rupiah]:
    """Say what delivering costs at each cooperative whose goods shall be and can be brought."""
    chosen = chosen_doors(quote, choices)
    return {shop: door.fee for shop, door in chosen.items() if door.problem is None}
