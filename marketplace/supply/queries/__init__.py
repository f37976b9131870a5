"""Reading what members ask for, and the rounds that buy it."""

from marketplace.supply.queries.requests import (
    Asked,
    item,
    items,
    line,
    my_lines,
    waiting,
    waiting_for,
)
from marketplace.supply.queries.rounds import (
    RoundLine,
    RoundView,
    handed_over,
    last_run,
    of_cooperative,
    open_rounds,
    past_rounds,
    receipts,
    view,
    view_among_others,
    wish_of,
)

__all__ = [
    "Asked",
    "RoundLine",
    "RoundView",
    "handed_over",
    "item",
    "items",
    "last_run",
    "line",
    "my_lines",
    "of_cooperative",
    "open_rounds",
    "past_rounds",
    "receipts",
    "view",
    "view_among_others",
    "waiting",
    "waiting_for",
    "wish_of",
]
