"""Days and hours as Malang lives them. Stored times are UTC, shown times are WIB."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lokal import HOLIDAY_YEARS, is_working_day

from marketplace.kernel.text import Sentence, say

WIB = ZoneInfo("Asia/Jakarta")
SATURDAY = 5
LAST_MINUTE = 24 * 60 - 1
MONTHS = (
    say("Januari"),
    say("Februari"),
    say("Maret"),
    say("April"),
    say("Mei"),
    say("Juni"),
    say("Juli"),
    say("Agustus"),
    say("September"),
    say("Oktober"),
    say("November"),
    say("Desember"),
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def local(at: datetime) -> datetime:
    """Turn a stored time into Malang's wall clock."""
    return at.astimezone(WIB)


def local_day(at: datetime) -> date:
    """Name the day in Malang on which something happened."""
    return local(at).date()


def after_working_days(since: datetime, days: int) -> datetime:
    """Give the last minute, in UTC, of the day that many working days after a moment.

    By the national calendar with its joint leave. Of years it does not know yet only Saturdays
    and Sundays are left out.
    """
    day = local_day(since)
    while days:
        day += timedelta(days=1)
        days -= _is_working_day(day)
    return at_minute(day, LAST_MINUTE)


def _is_working_day(day: date) -> bool:
    if day.year in HOLIDAY_YEARS:
        return is_working_day(day)
    return day.weekday() < SATURDAY


@lru_cache(maxsize=256)
def day_start(day: date) -> datetime:
    """Give the moment in UTC at which a day begins in Malang."""
    return datetime.combine(day, time(0), tzinfo=WIB).astimezone(UTC)


def month_end(day: date) -> date:
    """Give the last day of the month a day lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def in_words(day: date) -> Sentence:
    """Write a day for a sentence that is translated only when it is read.

    >>> str(in_words(date(2026, 11, 28)))
    '28 November 2026'
    """
    month = MONTHS[day.month - 1]
    return say("%(day)s %(month)s %(year)s", day=day.day, month=month, year=str(day.year))


def at_minute(day: date, minute: int) -> datetime:
    """Give the moment in UTC of a minute of the day (0 to 1440) in Malang."""
    return day_start(day) + timedelta(minutes=minute)


def clock(minute: int) -> str:
    """Write a minute of the day as Indonesians do.

    >>> clock(870)
    '14.30'
    """
    return f"{minute // 60:02d}.{minute % 60:02d}"
