"""Reading the books. The classes are here for who reads and may not write."""

from marketplace.ledger.models import LedgerAccount, LedgerBook, LedgerClosing, LedgerEntry
from marketplace.ledger.queries.entries import (
    CardLine,
    WrittenLine,
    card,
    entries_of_source,
    entry_by_id,
    entry_by_key,
    facts_of,
    journal,
    lines_of,
    moves_of,
    reversal_of,
    unit_of,
)
from marketplace.ledger.queries.standing import (
    AccountBalance,
    account_by_id,
    balance_of,
    book_of,
    books_of,
    chart,
    closings_of,
    trial_balance,
)

__all__ = [
    "AccountBalance",
    "CardLine",
    "LedgerAccount",
    "LedgerBook",
    "LedgerClosing",
    "LedgerEntry",
    "WrittenLine",
    "account_by_id",
    "balance_of",
    "book_of",
    "books_of",
    "card",
    "chart",
    "closings_of",
    "entries_of_source",
    "entry_by_id",
    "entry_by_key",
    "facts_of",
    "journal",
    "lines_of",
    "moves_of",
    "reversal_of",
    "trial_balance",
    "unit_of",
]
