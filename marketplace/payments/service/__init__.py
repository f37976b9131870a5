"""Everything that changes what is asked for and where it goes. Callers open the transaction."""

from marketplace.payments.service.destinations import approve, propose, take_effect, withdraw
from marketplace.payments.service.money import Recorded, ask, end, lower, record, take_back

__all__ = [
    "Recorded",
    "approve",
    "ask",
    "end",
    "lower",
    "propose",
    "record",
    "take_back",
    "take_effect",
    "withdraw",
]
