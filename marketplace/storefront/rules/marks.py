"""In which words a card says whether a thing can be had, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.cooperatives.rules import Slot
from marketplace.kernel.calendar import clock, local, local_day
from marketplace.kernel.text import Sentence, say

FEW = 5
WEEKDAYS = (
    say("Senin"),
    say("Selasa"),
    say("Rabu"),
    say("Kamis"),
    say("Jumat"),
    say("Sabtu"),
    say("Minggu"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a card: words, kind of tag and its icon. ``buyable``: may go into a basket."""

    text: Sentence
    kind: str
    icon: str
    buyable: bool = True


def mark(
    left: int,
    soonest: Slot | None,
    at: datetime,
    *,
    made_daily: bool = False,
    preorder: bool = False,
) -> Mark:
    """Choose the words for a thing of which so many are left and that can be fetched then."""
    if soonest is None:
        return Mark(say("Toko tutup"), "", "clock", buyable=False)
    if left <= 0 and made_daily:
        return Mark(say("Habis hari ini"), "", "x", buyable=False)
    if left <= 0:
        return Mark(say("Habis"), "", "x", buyable=False)
    if preorder:
        return Mark(say("Pre-order"), "new", "calendar-due")
    if left <= FEW:
        return Mark(say("Sisa %(left)s", left=left), "wait", "clock")
    return _when(soonest, at)


def _when(soonest: Slot, at: datetime) -> Mark:
    if soonest.starts <= at:
        return Mark(say("Siap sekarang"), "ok", "check")
    day, today = local_day(soonest.starts), local_day(at)
    if day == today:
        return Mark(say("Ambil %(time)s", time=_clock(soonest.starts)), "", "clock")
    if day == today + timedelta(days=1):
        return Mark(say("Ambil besok"), "", "clock")
    return Mark(say("Ambil %(day)s", day=day_name(day)), "", "clock")


def _clock(moment: datetime) -> str:
    there = local(moment)
    return clock(there.hour * 60 + there.minute)


def day_name(day: date) -> Sentence:
    """Name the weekday."""
    return WEEKDAYS[day.weekday()]
