"""Reading orders: by whom they are asked for, and what a basket would cost."""

from marketplace.orders.queries.bank import orders_of_intents, orders_that_fit
from marketplace.orders.queries.board import (
    BoardOrder,
    ToPrepare,
    board,
    history,
    of_cooperative,
    to_prepare,
)
from marketplace.orders.queries.earners import Earners, earners
from marketplace.orders.queries.gateways import order_of_attempt
from marketplace.orders.queries.quotes import (
    Place,
    Quote,
    QuotedLine,
    QuotedOrder,
    methods_of,
    quote,
    slots_of,
)
from marketplace.orders.queries.tracking import (
    by_checkout_key,
    overdue,
    overdue_lines,
    placed_by,
    purchase,
    standing_of,
)

__all__ = [
    "BoardOrder",
    "Earners",
    "Place",
    "Quote",
    "QuotedLine",
    "QuotedOrder",
    "ToPrepare",
    "board",
    "by_checkout_key",
    "earners",
    "history",
    "methods_of",
    "of_cooperative",
    "order_of_attempt",
    "orders_of_intents",
    "orders_that_fit",
    "overdue",
    "overdue_lines",
    "placed_by",
    "purchase",
    "quote",
    "slots_of",
    "standing_of",
    "to_prepare",
]
