"""When members fetch: slots of a round's time for it, and the code they say at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.calendar import local
from marketplace.kernel.errors import Invalid

LONGEST_BY_HOUR = timedelta(hours=12)
MOST_SLOTS = 31
CODE = "KUL"


class BadSlot(Invalid):
    """A time at which nothing of this round is fetched."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the time in which a round is fetched."""

    starts_at: datetime
    ends_at: datetime


def pickup_slots(since: datetime | None, until: datetime | None) -> list[Slot]:
    """Split a round's time for fetching: by the hour, or by the day when it is longer.

    None where there is nothing to choose: no time was said, or it is one slot only.
    """
    if since is None or until is None or since >= until:
        return []
    starts = [since]
    while (following := _next(starts[-1], by_hour=until - since <= LONGEST_BY_HOUR)) < until:
        starts.append(following)
        if len(starts) > MOST_SLOTS:
            return []
    found = [Slot(one, other) for one, other in zip(starts, [*starts[1:], until], strict=True)]
    return found if len(found) > 1 else []


def _next(start: datetime, *, by_hour: bool) -> datetime:
    if by_hour:
        return start + timedelta(hours=1)
    midnight = local(start).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1)).astimezone(start.tzinfo)


def pickup_code(round_number: int, member_number: int) -> str:
    """Give what a member says at the counter.

    >>> pickup_code(7, 17)
    'KUL7-17'
    """
    return f"{CODE}{round_number}-{member_number}"


def said_code(text: str, round_number: int) -> str:
    """Turn the code of this round into the member's number; anything else stays as it is.

    >>> said_code(" kul7-17", 7), said_code("Bu Sri", 7)
    ('17', 'Bu Sri')
    """
    bare = text.strip()
    return bare.upper().removeprefix(f"{CODE}{round_number}-") if bare[:3].upper() == CODE else bare
