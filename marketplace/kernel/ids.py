"""Identifiers made by the application, in time order, without asking a database."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_LARGEST = 1 << 128


def new_id() -> UUID:
    """Make a UUIDv7: unique on every host, later ids sort after earlier ones."""
    return uuid7()


def to_text(id_: UUID) -> str:
    """Write an id as people and URLs see it: 26 letters and digits, same order."""
    number = id_.int
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def from_text(text: str) -> UUID | None:
    """Read an id from outside; None when it is not one."""
    if len(text) != LENGTH:
        return None
    number = 0
    for letter in text:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return UUID(int=number) if number < _LARGEST else None
