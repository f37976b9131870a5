"""A secret link that its maker sees once, on the page after the one that made it."""

from __future__ import annotations

from flask import session

PLACE = "shown_once"


def show_once(url: str, *, name: str = "", phone: str | None = None, shop: str = "") -> None:
    """Keep a link in the maker's own cookie until the next page shows it, for whom and of whom."""
    session[PLACE] = {"url": url, "name": name, "phone": phone, "shop": shop}


def shown_once() -> dict[str, str] | None:
    """Give the link that is to be shown now, and forget it."""
    kept: dict[str, str] | None = session.pop(PLACE, None)
    return kept
