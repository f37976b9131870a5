"""Reading what is to be paid, and where it goes."""

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

__all__ = [
    "Shown",
    "TransferTo",
    "destination",
    "due_destinations",
    "events_of",
    "in_use",
    "intent_of",
    "intents_of",
    "shown_destinations",
    "transfer_of",
    "transfers_of",
    "was_set",
]
