"""Cases of ``qris.json``: checksums, payloads read and written, and everything refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from marketplace.payments import qris
from marketplace.payments.qris import Qris, QrisError, Tag
from tools.vectors.outcome import NotBuilt, Outcome, expect, judge

Case = dict[str, Any]
NO_CASES = frozenset({"about", "properties"})


def belongs(data: Case) -> bool:
    """Say whether a file is of this format."""
    return "crc" in data or "invalid" in data


def run(data: Case) -> Iterator[Outcome]:
    """Judge every case of a file."""
    for group in [name for name in data if name not in NO_CASES]:
        for place, case in enumerate(data[group]):
            name = case.get("id") or case.get("name") or str(place + 1)
            check = CHECKS.get(group, _unknown)
            yield judge(f"{group}/{name}", f"qris {group}", partial(check, case))


def _unknown(case: Case) -> None:
    raise NotBuilt


def _crc(case: Case) -> None:
    expect("crc", qris.crc(case["data"]), case["crc"])


def _parse(case: Case) -> None:
    found = qris.parse(case["payload"])
    expect("tags", [_shown(tag) for tag in found.tags], case["tags"])
    _compare(found, case["summary"])
    if "payer_total" in case:
        expect("payer_total", found.payer_total, case["payer_total"])


def _leniently(case: Case) -> None:
    expect("normalised", qris.normalise(case["payload"]), case["normalised"])


def _build(case: Case) -> None:
    expect("payload", qris.build(case["tags"]), case["payload"])


def _to_dynamic(case: Case) -> None:
    found = _dynamic(case)
    expect("payload", found, case["payload"])
    expect("warnings", qris.dynamic_warnings(case["static"]), case.get("warnings", []))
    _compare(qris.parse(found), case.get("summary", {}))


def _invalid(case: Case) -> None:
    expect("error", _error(partial(qris.parse, case["payload"])), case["error"])


def _invalid_to_dynamic(case: Case) -> None:
    expect("error", _error(partial(_dynamic, case)), case["error"])


CHECKS: dict[str, Callable[[Case], None]] = {
    "crc": _crc,
    "parse": _parse,
    "accept_leniently": _leniently,
    "build": _build,
    "to_dynamic": _to_dynamic,
    "invalid": _invalid,
    "invalid_to_dynamic": _invalid_to_dynamic,
}


def _dynamic(case: Case) -> str:
    options = {"ceiling": case["ceiling"]} if "ceiling" in case else {}
    return qris.to_dynamic(
        case["static"],
        case["amount"],
        bill_number=case.get("bill_number"),
        reference=case.get("reference"),
        **options,
    )


def _compare(found: Qris, summary: Case) -> None:
    for name, value in summary.items():
        expect(name, getattr(found, name), value)


def _error(call: Callable[[], object]) -> str | None:
    try:
        call()
    except QrisError as refused:
        return refused.code
    return None


def _shown(tag: Tag) -> Case:
    shown: Case = {"tag": tag.tag, "len": len(tag.value), "value": tag.value}
    if tag.children:
        shown["children"] = [_shown(child) for child in tag.children]
    return shown
