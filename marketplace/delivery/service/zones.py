"""Where a cooperative delivers to, and on what terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.rules.regions import region
from marketplace.cooperatives.service.changes import changed
from marketplace.delivery import queries
from marketplace.delivery.models import DeliveryArea, DeliveryZone
from marketplace.delivery.rules import AreaTaken, Terms, checked, overlapping
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.text import say

DELIVERY = "delivery"  # what has changed, for whoever shows the cooperative
MOST_ZONES = 20
MOST_AREAS = 60
SMALLEST_AREA_DOTS = 2  # a district at least: 35.73.01


def add_zone(
    session: Session, cooperative: Cooperative, name: str, terms: Terms, *, at: datetime
) -> DeliveryZone:
    """Add a zone; nothing is brought there before it has an area. Raises Invalid, RuleBroken."""
    known = queries.zones(session, cooperative.id, active=False)
    if len(known) >= MOST_ZONES:
        raise RuleBroken(say("Paling banyak %(count)s zona antar.", count=MOST_ZONES))
    zone = DeliveryZone(cooperative_id=cooperative.id, areas=[])
    _describe(zone, known, name, terms)
    session.add(zone)
    changed(session, cooperative, DELIVERY, at=at)
    return zone


def _describe(zone: DeliveryZone, known: Sequence[DeliveryZone], name: str, terms: Terms) -> None:
    others = (one for one in known if one is not zone)
    if any(one.name == name for one in others):
        wrong = say("Sudah ada zona dengan nama itu.")
        raise Invalid(wrong, fields={"name": wrong})
    checked(terms)
    zone.name = name
    zone.fee, zone.minimum = terms.fee, terms.minimum
    zone.free_from, zone.cash_up_to = terms.free_from, terms.cash_up_to


def change_zone(
    session: Session,
    cooperative: Cooperative,
    zone_id: UUID,
    name: str,
    terms: Terms,
    *,
    at: datetime,
) -> DeliveryZone:
    """Change a zone; orders keep what they were told when they were placed."""
    zone = queries.zone(session, cooperative.id, zone_id)
    _describe(zone, queries.zones(session, cooperative.id, active=False), name, terms)
    changed(session, cooperative, DELIVERY, at=at)
    return zone


def retire_zone(
    session: Session, cooperative: Cooperative, zone_id: UUID, *, active: bool, at: datetime
) -> None:
    """Deliver to a zone no longer, or again; it stays for the orders that name it."""
    queries.zone(session, cooperative.id, zone_id).active = active
    changed(session, cooperative, DELIVERY, at=at)


def add_area(
    session: Session, cooperative: Cooperative, zone_id: UUID, code: str, *, at: datetime
) -> DeliveryArea:
    """Let a zone hold one more district or village. Raises Invalid, AreaTaken."""
    zone = queries.zone(session, cooperative.id, zone_id)
    found = region(code)
    if found is None or found.code.count(".") < SMALLEST_AREA_DOTS:
        raise Invalid(say("Pilih kecamatan atau kelurahan dari hasil pencarian."))
    if len(zone.areas) >= MOST_AREAS:
        raise RuleBroken(say("Paling banyak %(count)s wilayah dalam satu zona.", count=MOST_AREAS))
    taken = queries.areas(session, cooperative.id)
    other = overlapping(found.code, taken)
    if other is not None:
        raise AreaTaken(
            say(
                "%(area)s sudah ada di zona %(zone)s.",
                area=taken[other].name,
                zone=taken[other].zone.name,
            )
        )
    area = DeliveryArea(
        cooperative_id=cooperative.id, zone_id=zone.id, code=found.code, name=found.name
    )
    zone.areas.append(area)
    changed(session, cooperative, DELIVERY, at=at)
    return area


def remove_area(
    session: Session, cooperative: Cooperative, zone_id: UUID, code: str, *, at: datetime
) -> None:
    """Take an area out of a zone. Raises NotFound."""
    zone = queries.zone(session, cooperative.id, zone_id)
    for area in zone.areas:
        if area.code == code:
            zone.areas.remove(area)
            session.delete(area)
            changed(session, cooperative, DELIVERY, at=at)
            return
    raise NotFound(say("Wilayah itu tidak ada di zona ini."))


def set_areas(
    session: Session,
    cooperative: Cooperative,
    zone_id: UUID,
    codes: Iterable[str],
    *,
    at: datetime,
) -> None:
    """Let a zone hold just these areas. Raises Invalid, AreaTaken."""
    wanted = dict.fromkeys(codes)
    before = {area.code for area in queries.zone(session, cooperative.id, zone_id).areas}
    for code in sorted(before - set(wanted)):
        remove_area(session, cooperative, zone_id, code, at=at)
    for code in wanted:
        if code not in before:
            add_area(session, cooperative, zone_id, code, at=at)
