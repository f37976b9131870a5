"""Everything that changes supply requests and rounds. Callers open the transaction."""

from marketplace.supply.service.buying import (
    NotEnough,
    Terms,
    cancel_round,
    lock,
    open_round,
    order,
    widen,
)
from marketplace.supply.service.receiving import (
    WrongMoney,
    hand_over,
    receive,
    undo_hand_over,
)
from marketplace.supply.service.requests import (
    NotAMember,
    TooLate,
    Wanted,
    add_item,
    ask,
    join,
    name_item,
    retire_item,
    withdraw,
)

__all__ = [
    "NotAMember",
    "NotEnough",
    "Terms",
    "TooLate",
    "Wanted",
    "WrongMoney",
    "add_item",
    "ask",
    "cancel_round",
    "hand_over",
    "join",
    "lock",
    "name_item",
    "open_round",
    "order",
    "receive",
    "retire_item",
    "undo_hand_over",
    "widen",
    "withdraw",
]
