"""Reading news that anybody may send."""

from __future__ import annotations

import json
from typing import Any

from marketplace.kernel.text import say
from marketplace.payments.ports import ForgedHint, UnreadableHint


def read_object(body: bytes) -> dict[str, Any]:
    """Read an object of JSON whose texts hold nothing that no database could keep."""
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise unreadable() from error
    if not isinstance(found, dict) or b"\\u0000" in body or b"\x00" in body:
        raise unreadable()
    return found


def forged() -> ForgedHint:
    """Refuse without saying what was wrong."""
    return ForgedHint(say("Tanda tangan tidak cocok."))


def unreadable() -> UnreadableHint:
    """Refuse what cannot be read."""
    return UnreadableHint(say("Isi kabar tidak bisa dibaca."))
