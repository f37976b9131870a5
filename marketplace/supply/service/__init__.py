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
from marketplace.supply.service.closing import close_due, extend
from marketplace.supply.service.price_lists import (
    Outcome,
    PricePlan,
    PriceRow,
    RowsWrong,
    note_prices,
    plan_prices,
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
from marketplace.supply.service.suppliers import (
    SupplierFacts,
    add_supplier,
    change_supplier,
    end_offer,
    note_offer,
    retire_supplier,
)

__all__ = [
    "NotAMember",
    "NotEnough",
    "Outcome",
    "PricePlan",
    "PriceRow",
    "RowsWrong",
    "SupplierFacts",
    "Terms",
    "TooLate",
    "Wanted",
    "WrongMoney",
    "add_item",
    "add_supplier",
    "ask",
    "cancel_round",
    "change_supplier",
    "close_due",
    "end_offer",
    "extend",
    "hand_over",
    "join",
    "lock",
    "name_item",
    "note_offer",
    "note_prices",
    "open_round",
    "order",
    "plan_prices",
    "receive",
    "retire_item",
    "retire_supplier",
    "undo_hand_over",
    "widen",
    "withdraw",
]
