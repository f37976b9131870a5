"""When a cooperative is open and when its goods can be fetched. Pure: plain values in and out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from marketplace.kernel.calendar import at_minute, clock, local, local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say

DAYS_AHEAD = 7
MINUTES_OF_DAY = 1440
MOST_SPANS = 4
_SPAN = re.compile(
    r"(?P<from_hour>[0-9]{1,2})(?:[.:](?P<from_minute>[0-9]{2}))?"
    r"\s*(?:-|–|—|s/d|sampai)\s*"
    r"(?P<to_hour>[0-9]{1,2})(?:[.:](?P<to_minute>[0-9]{2}))?"
)
_BETWEEN = re.compile(r"\s*(?:,|;|\bdan\b)\s*")


class ShopClosed(RuleBroken):
    """The cooperative can be looked at, but sells nothing now."""

    code = "shop_closed"


class SlotGone(RuleBroken):
    """The chosen time for fetching is over or was never offered."""

    code = "slot_gone"

    def __init__(self) -> None:
        super().__init__(say("Jam ambil itu sudah lewat. Pilih jam lain."))


class BadHours(RuleBroken):
    """Hours that no clock knows."""

    status = 422
    code = "invalid"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A span of time in which an order can be fetched."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a shop is open, until when, or when it opens next (UTC; None: not in sight)."""

    is_open: bool
    until: datetime | None
    opens: datetime | None


def hours_of(hours: Mapping[str, Any], day: date) -> tuple[int, int] | None:
    """Give the minutes of a day between which a shop is open, or None when it is not."""
    found = hours.get(str(day.weekday()))
    return (int(found[0]), int(found[1])) if found else None


def on_holiday(closed_from: date | None, closed_until: date | None, day: date) -> bool:
    """Say whether a day lies in a shop's holiday; an open end lasts until it is taken back."""
    if closed_from is None or day < closed_from:
        return False
    return closed_until is None or day <= closed_until


def open_state(
    hours: Mapping[str, Any],
    at: datetime,
    *,
    closed_from: date | None = None,
    closed_until: date | None = None,
) -> OpenState:
    """Say whether a shop is open at a moment, and when that changes."""
    today = local_day(at)
    minute = local(at).hour * 60 + local(at).minute
    for ahead in range(DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        span = hours_of(hours, day)
        if span is None or on_holiday(closed_from, closed_until, day):
            continue
        starts, ends = span
        if ahead or minute < starts:
            return OpenState(is_open=False, until=None, opens=at_minute(day, starts))
        if minute < ends:
            return OpenState(is_open=True, until=at_minute(day, ends), opens=None)
    return OpenState(is_open=False, until=None, opens=None)


def slots(
    weekly: Sequence[Sequence[int]],
    at: datetime,
    *,
    prepare_minutes: int = 0,
    closed_from: date | None = None,
    closed_until: date | None = None,
    earliest: date | None = None,
    days: int = DAYS_AHEAD,
) -> list[Slot]:
    """List the spans in which an order placed now can be fetched, soonest first.

    ``weekly`` holds [weekday, from, to] in minutes of the day. A span counts as long as
    the goods can be ready before it ends; ``earliest`` is the day a pre-order is ready.
    """
    ready = at + timedelta(minutes=prepare_minutes)
    first = max(local_day(at), earliest or local_day(at))
    found = [
        slot
        for day in _days(first, days)
        if not on_holiday(closed_from, closed_until, day)
        for slot in _of_day(weekly, day)
        if slot.ends > ready
    ]
    return sorted(found)


def _days(first: date, days: int) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range(days))


def _of_day(weekly: Sequence[Sequence[int]], day: date) -> Iterator[Slot]:
    return (
        Slot(at_minute(day, starts), at_minute(day, ends))
        for weekday, starts, ends in weekly
        if weekday == day.weekday()
    )


def chosen(offered: Sequence[Slot], starts: datetime | None) -> Slot:
    """Find the slot a buyer chose by its beginning; without a choice, the soonest."""
    for slot in offered:
        if starts is None or slot.starts == starts:
            return slot
    raise SlotGone


def checked_span(starts: int, ends: int) -> tuple[int, int]:
    """Return a span of minutes of a day, or refuse one that no clock knows."""
    if not 0 <= starts < ends <= MINUTES_OF_DAY:
        raise BadHours(say("Jam tutup harus sesudah jam buka."))
    return starts, ends


def read_spans(text: str) -> list[tuple[int, int]]:
    """Read the hours of one day as people write them; an empty text is a closed day.

    >>> read_spans("08.00-12.00, 15-17.30")
    [(480, 720), (900, 1050)]
    """
    if not text.strip():
        return []
    parts = _BETWEEN.split(text.strip().lower())
    if len(parts) > MOST_SPANS:
        raise BadHours(say("Paling banyak %(count)s jam dalam sehari.", count=MOST_SPANS))
    spans = sorted(_read_span(part) for part in parts)
    if any(earlier[1] > later[0] for earlier, later in pairwise(spans)):
        raise BadHours(say("Jam-jam dalam satu hari tidak boleh bertumpuk."))
    return spans


def _read_span(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadHours(say("Tulis jam seperti 08.00-17.00. Kosongkan kalau tutup."))
    return checked_span(
        _minute(found["from_hour"], found["from_minute"]),
        _minute(found["to_hour"], found["to_minute"]),
    )


def _minute(hour: str, minute: str | None) -> int:
    minutes = int(minute or 0)
    if int(hour) > 24 or minutes > 59:
        raise BadHours(say("Jam ditulis dari 00.00 sampai 24.00."))
    return int(hour) * 60 + minutes


def show_spans(spans: Sequence[Sequence[int]]) -> str:
    """Write hours of one day so that they can be read back."""
    return ", ".join(f"{clock(starts)}-{clock(ends)}" for starts, ends in spans)
