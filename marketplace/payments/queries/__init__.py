"""Reading what is to be paid, and where it goes."""

from marketplace.payments.queries.attempts import (
    attempt_of,
    attempts_of,
    by_reference,
    to_ask,
)
from marketplace.payments.queries.destinations import (
    Shown,
    destination,
    due_destinations,
    in_use,
    shown_destinations,
    was_set,
)
from marketplace.payments.queries.intents import (
    TransferTo,
    events_of,
    intent_of,
    intents_of,
    transfer_of,
    transfers_of,
)
from marketplace.payments.queries.proofs import proof, proofs_of, used_before
from marketplace.payments.queries.statements import (
    Fit,
    account,
    accounts,
    fits,
    known_columns,
    line,
    lines,
    open_count,
    open_lines,
    orders_paid_by,
)

__all__ = [
    "Fit",
    "Shown",
    "TransferTo",
    "account",
    "accounts",
    "attempt_of",
    "attempts_of",
    "by_reference",
    "destination",
    "due_destinations",
    "events_of",
    "fits",
    "in_use",
    "intent_of",
    "intents_of",
    "known_columns",
    "line",
    "lines",
    "open_count",
    "open_lines",
    "orders_paid_by",
    "proof",
    "proofs_of",
    "shown_destinations",
    "to_ask",
    "transfer_of",
    "transfers_of",
    "used_before",
    "was_set",
]
