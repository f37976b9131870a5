"""The only door to the shelf."""

from marketplace.stock.service.holds import (
    bring_back,
    consume,
    firm,
    hold,
    hold_again,
    hold_until,
    release,
    release_part,
    take_back,
)
from marketplace.stock.service.shelf import (
    allow_ahead,
    count,
    open_item,
    open_items,
    put,
    set_kind,
)

__all__ = [
    "allow_ahead",
    "bring_back",
    "consume",
    "count",
    "firm",
    "hold",
    "hold_again",
    "hold_until",
    "open_item",
    "open_items",
    "put",
    "release",
    "release_part",
    "set_kind",
    "take_back",
]
