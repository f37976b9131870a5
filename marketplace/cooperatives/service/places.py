"""When a shop is open and where its goods are fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, PickupPoint
from marketplace.cooperatives.rules import BadHours, checked_span
from marketplace.cooperatives.service.changes import changed
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say

MOST_POINTS = 20
WEEK = range(7)
LONGEST_PREPARATION = 7 * 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pickup point as officers describe it; slots are (weekday, from, to) in minutes."""

    name: str
    address: str
    note: str | None = None
    slots: Sequence[tuple[int, int, int]] = ()
    prepare_minutes: int = 60


def set_hours(
    session: Session,
    cooperative: Cooperative,
    hours: Mapping[int, tuple[int, int]],
    *,
    at: datetime,
) -> None:
    """Say when a shop is open on each weekday (0 is Monday); a missing day is closed."""
    if not set(hours) <= set(WEEK):
        raise BadHours(say("Hari ini tidak ada dalam minggu."))
    cooperative.hours = {str(day): list(checked_span(*span)) for day, span in sorted(hours.items())}
    changed(session, cooperative, "hours", at=at)


def close_between(
    session: Session,
    cooperative: Cooperative,
    closed_from: date | None,
    closed_until: date | None,
    note: str | None,
    *,
    at: datetime,
) -> None:
    """Close for a holiday, both days included; without a first day, open again."""
    if closed_from and closed_until and closed_until < closed_from:
        wrong = say("Hari terakhir tutup harus sesudah hari pertama.")
        raise Invalid(wrong, fields={"closed_until": wrong})
    if closed_from is None and closed_until is not None:
        wrong = say("Isi juga hari pertama tutup.")
        raise Invalid(wrong, fields={"closed_from": wrong})
    cooperative.closed_from, cooperative.closed_until = closed_from, closed_until
    cooperative.closed_note = note if closed_from else None
    changed(session, cooperative, "closing", at=at)


def _checked_slots(slots: Sequence[tuple[int, int, int]]) -> list[list[int]]:
    for weekday, starts, ends in slots:
        checked_span(starts, ends)
        if weekday not in WEEK:
            raise BadHours(say("Hari ini tidak ada dalam minggu."))
    return [list(slot) for slot in sorted(set(slots))]


def _describe(point: PickupPoint, place: Place) -> None:
    if not 0 <= place.prepare_minutes <= LONGEST_PREPARATION:
        wrong = say("Waktu menyiapkan paling lama 7 hari.")
        raise Invalid(wrong, fields={"prepare_minutes": wrong})
    point.name, point.address, point.note = place.name, place.address, place.note
    point.slots = _checked_slots(place.slots)
    point.prepare_minutes = place.prepare_minutes


def add_point(
    session: Session, cooperative: Cooperative, place: Place, *, at: datetime
) -> PickupPoint:
    """Add a place where orders are fetched, behind those that are there."""
    points = queries.points(session, cooperative.id)
    if len(points) >= MOST_POINTS:
        raise RuleBroken(say("Paling banyak %(count)s titik ambil.", count=MOST_POINTS))
    point = PickupPoint(
        cooperative_id=cooperative.id,
        position=max((point.position for point in points), default=0) + 1,
    )
    _describe(point, place)
    session.add(point)
    changed(session, cooperative, "points", at=at)
    return point


def change_point(
    session: Session, cooperative: Cooperative, point_id: UUID, place: Place, *, at: datetime
) -> PickupPoint:
    """Change a pickup point; orders keep what they were told when they were placed."""
    point = queries.point(session, cooperative.id, point_id)
    _describe(point, place)
    changed(session, cooperative, "points", at=at)
    return point


def retire_point(
    session: Session, cooperative: Cooperative, point_id: UUID, *, active: bool, at: datetime
) -> None:
    """Offer a pickup point no longer, or again; it stays for the orders that name it."""
    queries.point(session, cooperative.id, point_id).active = active
    changed(session, cooperative, "points", at=at)
