"""Everything that changes zones, trips and the cash of couriers. Callers open the transaction."""

from marketplace.delivery.service.cash import CASH_HAND_IN, HandInKeyReused, cash_place, hand_in
from marketplace.delivery.service.shipments import CourierChoice, call_back, finish, reopen, send
from marketplace.delivery.service.zones import (
    add_area,
    add_zone,
    change_zone,
    remove_area,
    retire_zone,
    set_areas,
)

__all__ = [
    "CASH_HAND_IN",
    "CourierChoice",
    "HandInKeyReused",
    "add_area",
    "add_zone",
    "call_back",
    "cash_place",
    "change_zone",
    "finish",
    "hand_in",
    "remove_area",
    "reopen",
    "retire_zone",
    "send",
    "set_areas",
]
