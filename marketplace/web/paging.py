"""Numbered pages of a list."""

from __future__ import annotations

from flask import request

LAST_PAGE = 10_000


def page_number() -> int:
    """Read the page asked for by ``?hal=``; anything that is no page is the first."""
    text = request.args.get("hal", "1")
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        return 1
    return min(max(int(text), 1), LAST_PAGE)


def pages_of(total: int, per_page: int) -> int:
    """Count the pages a list fills; an empty list fills one.

    >>> [pages_of(total, 50) for total in (0, 50, 51)]
    [1, 1, 2]
    """
    return max(1, -(-total // per_page))
