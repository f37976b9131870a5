"""Changes of credit. Callers open the transaction.

Whoever also moves money in it takes the books first (``ledger.take_book``), then the member: so
nobody waits for another crosswise. ``charge``, ``undo_charge`` and ``pay`` do so by themselves.
"""

from marketplace.credit.service.charging import CHARGED, charge, receivable, undo_charge
from marketplace.credit.service.holding import hold, lower, release
from marketplace.credit.service.limits import set_limit
from marketplace.credit.service.paying import CREDIT_PAYMENT, PAID, pay

__all__ = [
    "CHARGED",
    "CREDIT_PAYMENT",
    "PAID",
    "charge",
    "hold",
    "lower",
    "pay",
    "receivable",
    "release",
    "set_limit",
    "undo_charge",
]
