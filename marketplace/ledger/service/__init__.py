"""The one door to the books."""

from marketplace.ledger.service.books import (
    AccountClosed,
    CodeTaken,
    add_account,
    change_account,
    close_account,
    take_book,
)
from marketplace.ledger.service.closing import MonthNotOver, close_month, figures
from marketplace.ledger.service.holds import HoldEnded, hold, hold_by_id, post_hold, void_hold
from marketplace.ledger.service.posting import (
    AlreadyReversed,
    BalanceTooSmall,
    KeyReused,
    post,
    reverse,
)

__all__ = [
    "AccountClosed",
    "AlreadyReversed",
    "BalanceTooSmall",
    "CodeTaken",
    "HoldEnded",
    "KeyReused",
    "MonthNotOver",
    "add_account",
    "change_account",
    "close_account",
    "close_month",
    "figures",
    "hold",
    "hold_by_id",
    "post",
    "post_hold",
    "reverse",
    "take_book",
    "void_hold",
]
