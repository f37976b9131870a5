"""Goods in spreadsheets: reading what people have, writing what they can open."""

from marketplace.listings.rules.sheets.columns import HEADINGS, STATE_WORDS, Cells, columns_of
from marketplace.listings.rules.sheets.tables import (
    BadSheet,
    Table,
    guarded,
    read_table,
    unguarded,
    write_csv,
)

__all__ = [
    "HEADINGS",
    "STATE_WORDS",
    "BadSheet",
    "Cells",
    "Table",
    "columns_of",
    "guarded",
    "read_table",
    "unguarded",
    "write_csv",
]
