"""Cases of ``hostile.json``: bad inputs must be read or refused politely, nothing else.

Here they are fed to the parsers. What only a running site can answer (pages, headers,
attacks, faults) is judged by the function given as ``over_http``, once there is one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.numbers import (
    parse_decimal_quantity,
    parse_percent,
    parse_quantity,
    parse_rupiah,
)
from marketplace.kernel.phones import parse_phone
from marketplace.payments import qris
from tools.vectors.outcome import NotBuilt, Outcome, Wrong, judge

Case = dict[str, Any]
Parser = Callable[[str], object]
OverHttp = Callable[[Case], None]

NUMBERS: list[Parser] = [
    partial(parse_rupiah, least=1),
    partial(parse_quantity, least=1),
    partial(parse_decimal_quantity, unit_factor=1000, least=1),
    partial(parse_percent, least=1),
]
PARSERS: dict[str, list[Parser]] = {
    "qty": NUMBERS,
    "money": NUMBERS,
    "phone": [parse_phone],
    "text": [*NUMBERS, parse_phone, qris.parse],
}
MUST_REFUSE = frozenset({"qty", "money"})


def belongs(data: Case) -> bool:
    """Say whether a file is of this format."""
    return "inputs" in data or "attacks" in data


def run(data: Case, over_http: OverHttp | None = None) -> Iterator[Outcome]:
    """Judge every input, attack and fault of a file.

    ``over_http`` gets one record, raises ``Wrong`` when the site behaves otherwise than
    the record expects, and ``NotBuilt`` when the site has no such place yet.
    """
    for case in data.get("inputs", []):
        if _fields(case):
            yield judge(case["id"], f"hostile {case['cat']} (parsers)", partial(_feed, case))
        yield judge(case["id"], "hostile inputs over HTTP", partial(over_http or _no_site, case))
    for group in ("attacks", "faults"):
        for case in data.get(group, []):
            yield judge(
                case["id"], f"hostile {group} over HTTP", partial(over_http or _no_site, case)
            )


def value_of(case: Case) -> object:
    """Make the value that a record describes; bytes become text as a web server would."""
    if "value_b64" in case:
        return base64.b64decode(case["value_b64"]).decode("utf-8", "surrogateescape")
    if "gen" in case and "repeat" in case["gen"]:
        return str(case["gen"]["repeat"]) * int(case["gen"]["n"])
    if "json_raw" in case:
        return json.loads(case["json_raw"])
    if "value" in case:
        return case["value"]
    raise NotBuilt


def _no_site(case: Case) -> None:
    raise NotBuilt


def _fields(case: Case) -> set[str]:
    return set(case["field"].split("|")) & PARSERS.keys()


def _feed(case: Case) -> None:
    value = value_of(case)
    for field in _fields(case):
        refused_only = field in MUST_REFUSE and case["expect"]["status"] == ["4xx"]
        for parser in PARSERS[field]:
            if _understood(parser, value) and refused_only:
                message = f"{parser} took it for a number"
                raise Wrong(message)


def _understood(parser: Parser, value: Any) -> bool:
    try:
        parser(value if isinstance(value, str) else str(value))
    except RuleBroken:
        return False
    return True
