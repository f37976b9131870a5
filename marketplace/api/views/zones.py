"""Where a cooperative delivers to, by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.api.blueprint import operation
from marketplace.api.schemas.deliveries import (
    ZoneListSchema,
    ZoneRequest,
    ZoneSchema,
    ZoneStanding,
)
from marketplace.cooperatives.current import here
from marketplace.delivery import queries, service
from marketplace.delivery.models import DeliveryZone
from marketplace.delivery.rules import Terms
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

PATH = "/cooperatives/<slug>/delivery-zones"
ONE = f"{PATH}/<id:zone_id>"
GUARD = requires(Permission.MANAGE_COOPERATIVE)


@operation(
    method="GET",
    path=PATH,
    summary=say("Zona antar koperasi"),
    guard=GUARD,
    scope="orders",
    gives=ZoneListSchema,
)
def list_delivery_zones(slug: str) -> dict[str, Any]:
    """List where a cooperative delivers to, and on what terms."""
    found = queries.zones(reader(), here().id, active=False)
    return {"items": [_said(zone) for zone in found]}


@operation(
    method="POST",
    path=PATH,
    summary=say("Tambah zona antar"),
    guard=GUARD,
    scope="orders",
    takes=ZoneRequest,
    gives=ZoneSchema,
    status=201,
    once=True,
    codes=("area_taken", "rule_broken"),
)
def add_delivery_zone(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Add a zone with its areas; nothing is brought there before it has an area."""
    zone = service.add_zone(session, here(), body["name"], _terms(body), at=now())
    return _with_areas(session, zone.id, body)


@operation(
    method="PUT",
    path=ONE,
    summary=say("Ubah zona antar"),
    guard=GUARD,
    scope="orders",
    takes=ZoneRequest,
    gives=ZoneSchema,
    codes=("area_taken", "rule_broken"),
)
def change_delivery_zone(body: dict[str, Any], slug: str, zone_id: UUID) -> dict[str, Any]:
    """Give a zone another name, other terms and just these areas."""
    with transaction() as session:
        service.change_zone(session, here(), zone_id, body["name"], _terms(body), at=now())
        return _with_areas(session, zone_id, body)


@operation(
    method="PUT",
    path=f"{ONE}/active",
    summary=say("Hentikan atau buka lagi zona antar"),
    guard=GUARD,
    scope="orders",
    takes=ZoneStanding,
    gives=ZoneSchema,
)
def retire_delivery_zone(body: dict[str, Any], slug: str, zone_id: UUID) -> dict[str, Any]:
    """Deliver to a zone no longer, or again."""
    with transaction() as session:
        service.retire_zone(session, here(), zone_id, active=body["active"], at=now())
        return _said(queries.zone(session, here().id, zone_id))


def _terms(body: dict[str, Any]) -> Terms:
    free_from = body["free_from"]
    return Terms(
        fee=Rupiah(body["fee"]),
        minimum=Rupiah(body["minimum"]),
        free_from=Rupiah(free_from) if free_from else None,
        cash_up_to=Rupiah(body["cash_up_to"]),
    )


def _with_areas(session: Session, zone_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    service.set_areas(session, here(), zone_id, body["areas"], at=now())
    return _said(queries.zone(session, here().id, zone_id))


def _said(zone: DeliveryZone) -> dict[str, Any]:
    return {
        "id": zone.id,
        "name": zone.name,
        "fee": zone.fee,
        "minimum": zone.minimum,
        "free_from": zone.free_from,
        "cash_up_to": zone.cash_up_to,
        "active": zone.active,
        "areas": [{"code": area.code, "name": area.name} for area in zone.areas],
    }
