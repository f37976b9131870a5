"""Reading credit: where a member stands, who owes what in a cooperative, bons and payments."""

from marketplace.credit.queries.bills import (
    OPEN,
    bill,
    bill_of,
    bills,
    due_between,
    payment,
    payments,
)
from marketplace.credit.queries.limits import decisions, limit_now, use_of
from marketplace.credit.queries.standing import (
    Standing,
    Sums,
    count_late,
    own,
    own_in,
    standing,
    standings,
    sums,
)

__all__ = [
    "OPEN",
    "Standing",
    "Sums",
    "bill",
    "bill_of",
    "bills",
    "count_late",
    "decisions",
    "due_between",
    "limit_now",
    "own",
    "own_in",
    "payment",
    "payments",
    "standing",
    "standings",
    "sums",
    "use_of",
]
