"""Reading single values by the rules of the kernel."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.kernel.errors import Invalid, RuleBroken


def read_at(place: str, read: Callable[[str], str], text: str) -> str:
    """Read a text by a rule of the kernel, and name its place if the rule refuses."""
    try:
        return read(text)
    except RuleBroken as broken:
        raise Invalid(broken.message, fields={place: broken.message}) from broken
