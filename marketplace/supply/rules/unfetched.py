"""Shares that nobody fetched in time: when members are reminded, and what officers decide."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import Enum

from marketplace.kernel.calendar import day_start, local_day
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import Sentence, say
from marketplace.supply.rules.pickup import pickup_slots

TIME_TO_FETCH = timedelta(days=3)
REMINDED_AGAIN_AFTER = timedelta(days=5)
DECIDED_AFTER = timedelta(days=7)
LONGEST_KEPT = timedelta(days=90)
FIRST, SECOND = 1, 2


class LeftOver(Enum):
    """What becomes of a share that was not fetched in time."""

    KEEP = "simpan"
    LATER = "nanti"
    STOCK = "stok"
    OFFER = "tawarkan"


LEFT_OVER_LABELS: dict[LeftOver, Sentence] = {
    LeftOver.KEEP: say("Simpan sampai tanggal lain"),
    LeftOver.LATER: say("Diserahkan kapan saja"),
    LeftOver.STOCK: say("Jadi stok koperasi"),
    LeftOver.OFFER: say("Bagikan ke anggota lain"),
}
# What takes the share away from the member, who then pays nothing for it.
FREES = frozenset({LeftOver.STOCK, LeftOver.OFFER})


class BadDecision(Invalid):
    """A decision without a reason, or a day until which nothing can be kept."""


class NotUnfetched(RuleBroken):
    """Nothing is left of this share, or there is still time to fetch it."""

    code = "not_unfetched"


class DecisionFixed(RuleBroken):
    """Something else has happened since a decision."""

    code = "decision_fixed"


def fetch_until(
    since: datetime | None,
    until: datetime | None,
    *,
    came_at: datetime,
    slot: datetime | None = None,
) -> datetime:
    """Say until when a share is fetched: its slot, the round's time, or days after it came.

    What came only after that time has its own days.
    """
    ends = {one.starts_at: one.ends_at for one in pickup_slots(since, until)}
    said = ends.get(slot, until or since) if slot is not None else until or since
    return said if said is not None and came_at < said else came_at + TIME_TO_FETCH


def kept_until(day: date) -> datetime:
    """Say when the day ends until which a share is kept."""
    return day_start(day + timedelta(days=1))


def check_kept(day: date | None, *, at: datetime) -> date:
    """Check the day until which a share is kept. Raises BadDecision."""
    today = local_day(at)
    if day is None or not today < day <= today + LONGEST_KEPT:
        wrong = say("Isi tanggal sesudah hari ini, paling lama 90 hari lagi.")
        raise BadDecision(wrong, fields={"keep_until": wrong})
    return day


def reminder_now(until: datetime, told: Collection[int], *, at: datetime) -> int | None:
    """Say which reminder of a share goes out now: the first, the second, or none."""
    if SECOND not in told and at >= until + REMINDED_AGAIN_AFTER:
        return SECOND
    return FIRST if not told and at >= until else None
