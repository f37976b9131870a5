"""Adding up money inside the database, so that it comes back as money."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.database.base import RupiahColumn
from marketplace.kernel.money import Rupiah

Column = ColumnElement[Rupiah] | InstrumentedAttribute[Rupiah]


def total_of(column: Column, *, only: ColumnElement[bool] | None = None) -> ColumnElement[Rupiah]:
    """Sum amounts, of the rows that ``only`` names; no rows make Rp 0.

    PostgreSQL sums whole numbers as decimals; the cast makes them whole again.
    """
    summed: Any = func.sum(column)
    if only is not None:
        summed = summed.filter(only)
    return cast(func.coalesce(summed, literal_column("0")), RupiahColumn)
