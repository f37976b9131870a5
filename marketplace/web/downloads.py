"""Files to save: tables as CSV that no spreadsheet can mistake for formulas, and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
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
    return _file(f"{name}.csv", "\ufeff" + text.getvalue(), "text/csv")


def json_answer(name: str, data: Mapping[str, object]) -> Response:
    """Answer with plain values to save, laid out so that people can read them too."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _file(f"{name}.json", text, "application/json")


def text_answer(name: str, text: str) -> Response:
    """Answer with a plain text to save, under its full name."""
    return _file(name, text, "text/plain")


def pdf_answer(name: str, content: bytes) -> Response:
    """Answer with a typeset document to save."""
    return _file(f"{name}.pdf", content, "application/pdf")


def _file(name: str, text: str | bytes, media_type: str) -> Response:
    answer = Response(text, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
