"""Tables as CSV that no spreadsheet can mistake for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def safe_cell(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    >>> safe_cell("=1+1")
    "'=1+1"
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_STARTS):
        return f"'{value}"
    return value


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a table to save; with the mark that makes Excel read it as UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
