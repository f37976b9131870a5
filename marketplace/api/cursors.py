"""Where a list goes on. A cursor is opaque to its reader and checked like any other input."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from uuid import UUID

from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import from_text
from marketplace.kernel.text import say
from marketplace.web.security import is_junk

LONGEST = 400
LARGEST = 2**53


def encode(*parts: str | int) -> str:
    """Write the place of the last row that was said."""
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """Read a cursor back as parts of these kinds, or refuse it."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        raise _wrong() from None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise _wrong()
    if not all(map(_sane, parts)):
        raise _wrong()
    return tuple(parts)


def decode_id(cursor: str) -> UUID:
    """Read a cursor that names one row."""
    (text,) = decode(cursor, str)
    found = from_text(text)
    if found is None:
        raise _wrong()
    return found


def _sane(part: object) -> bool:
    if isinstance(part, str):
        return len(part) <= LONGEST and not is_junk(part)
    return isinstance(part, int) and 0 <= part <= LARGEST


def _wrong() -> Invalid:
    wrong = say("Cursor ini tidak bisa dibaca. Mulai lagi dari awal daftar.")
    return Invalid(wrong, fields={"cursor": wrong})
