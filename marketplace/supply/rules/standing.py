"""On which days a standing request is asked again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from marketplace.kernel.text import Sentence, say


class Rhythm(Enum):
    """How often a member needs the same again."""

    WEEK = "minggu"
    FORTNIGHT = "dua_minggu"
    MONTH = "bulan"


RHYTHM_LABELS: dict[Rhythm, Sentence] = {
    Rhythm.WEEK: say("Tiap minggu"),
    Rhythm.FORTNIGHT: say("Tiap dua minggu"),
    Rhythm.MONTH: say("Tiap bulan"),
}
_DAYS = {Rhythm.WEEK: 7, Rhythm.FORTNIGHT: 14}


def next_day(first: date, rhythm: Rhythm, *, after: date) -> date:
    """Give the first day of a rhythm after a day, however many were missed before it.

    A month without the day of the first one is asked on its last day.

    >>> next_day(date(2026, 1, 31), Rhythm.MONTH, after=date(2026, 2, 1))
    datetime.date(2026, 2, 28)
    """
    if first > after:
        return first
    if rhythm is Rhythm.MONTH:
        return next(
            day
            for months in range(2)
            if (day := _in_month(first.day, after.year, after.month + months)) > after
        )
    days = _DAYS[rhythm]
    return after + timedelta(days=days - (after - first).days % days)


def _in_month(day: int, year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))
