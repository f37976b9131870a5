"""Read what a program sends: strictly, in bounds, and with sentences about what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from flask import Request, abort, g
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import Sentence, say
from marketplace.web.security import is_junk

MOST_KEYS = 200
MOST_ERRORS = 50
DEEPEST = 32
JSON_TYPE = "application/json"


class BadJson(RuleBroken):
    """The body is no JSON that two readers would understand alike."""

    status = 400
    code = "bad_request"

    def __init__(self) -> None:
        super().__init__(
            say("Isi permintaan bukan JSON yang benar. Periksa tanda kurung, kutip, dan angkanya.")
        )


# What marshmallow says by itself, in our words.
SENTENCES: dict[str, Sentence] = {
    "Missing data for required field.": say("Isi bagian ini."),
    "Field may not be null.": say("Isi bagian ini."),
    "Unknown field.": say("Bagian ini tidak dikenal."),
    "Not a valid integer.": say("Isi dengan bilangan bulat, misalnya 24."),
    "Not a valid boolean.": say("Isi dengan true atau false."),
    "Not a valid string.": say("Isi dengan teks."),
    "Not a valid list.": say("Isi dengan daftar."),
    "Not a valid mapping type.": say("Isi dengan objek."),
    "Invalid input type.": say("Kirim satu objek JSON."),
}
UNCLEAR = say("Isian ini tidak bisa dibaca.")
WHOLE_BODY = "body"


class StrictParser(FlaskParser):
    """Reads bodies without the liberties that Python's JSON takes."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body, or refuse it: 415 for another type, 400 for what is no JSON."""
        if req.mimetype != JSON_TYPE:
            abort(415)
        g.api_body = read_json(req.get_data())
        return g.api_body

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Any,
    ) -> NoReturn:
        """Say all that is wrong, each at its place such as ``lines.0.quantity``."""
        (messages,) = cast(dict[str, Any], error.messages).values()  # under where it was read
        found = dict(pair for pair, _ in zip(_told(messages), range(MOST_ERRORS), strict=False))
        raise Invalid(say("Ada isian yang perlu diperbaiki."), fields=found) from error


def read_json(data: bytes) -> Any:
    """Read JSON as every reader would: no NaN, no key twice, no half letters, not too deep."""
    try:
        found = json.loads(
            data.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
        if any(is_junk(text) for text in _texts(found)):
            raise BadJson
    except (ValueError, RecursionError) as broken:
        raise BadJson from broken
    return found


def _no_constant(_name: str) -> NoReturn:
    raise BadJson


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadJson
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) or len(found) > MOST_KEYS:
        raise BadJson
    return found


def _texts(found: Any, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        raise BadJson
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for part in found:
            yield from _texts(part, depth + 1)
    elif isinstance(found, dict):
        yield from found
        for part in found.values():
            yield from _texts(part, depth + 1)


def _told(messages: Any, place: str = "") -> Iterator[tuple[str, Sentence]]:
    """Walk through what marshmallow reports and name each place once."""
    if isinstance(messages, dict):
        for name, part in messages.items():
            inner = "" if name == "_schema" else str(name)[:60]
            yield from _told(part, ".".join(filter(None, (place, inner))))
    else:
        first = messages[0] if isinstance(messages, list) and messages else messages
        yield place or WHOLE_BODY, _sentence(first)


def _sentence(message: object) -> Sentence:
    return message if isinstance(message, Sentence) else SENTENCES.get(str(message), UNCLEAR)
