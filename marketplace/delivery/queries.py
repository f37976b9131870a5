"""Reading zones, couriers, their trips and the cash they still hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.database import total_of
from marketplace.delivery.models import CashHandIn, Courier, DeliveryArea, DeliveryZone, Shipment
from marketplace.delivery.rules import ShipmentState
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say

NOTHING = Rupiah(0)


@dataclass(frozen=True, slots=True)
class CourierCash:
    """What a courier collected at doors, and how much of it was handed in."""

    courier: Courier
    collected: Rupiah
    handed_in: Rupiah

    @property
    def open(self) -> Rupiah:
        """Say how much the courier still holds."""
        return self.collected - self.handed_in


def zones(session: Session, cooperative_id: int, *, active: bool = True) -> Sequence[DeliveryZone]:
    """List a cooperative's zones with their areas by name; without ``active`` also old ones."""
    wanted = select(DeliveryZone).where(DeliveryZone.cooperative_id == cooperative_id)
    if active:
        wanted = wanted.where(DeliveryZone.active)
    return session.scalars(
        wanted.options(selectinload(DeliveryZone.areas)).order_by(DeliveryZone.name)
    ).all()


@cache
def _zones_of() -> Select[DeliveryZone]:
    """Write the statement once: every basket asks it, and building costs as much as asking."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(DeliveryZone)
        .where(DeliveryZone.cooperative_id.in_(ids), DeliveryZone.active)
        .options(selectinload(DeliveryZone.areas))
        .order_by(DeliveryZone.name)
    )


def zones_of(session: Session, ids: Iterable[int]) -> dict[int, list[DeliveryZone]]:
    """Find the zones to which these cooperatives deliver now; a zone has an area at least."""
    found: dict[int, list[DeliveryZone]] = {}
    for zone_ in session.scalars(_zones_of(), {"ids": list(ids)}):
        if zone_.areas:
            found.setdefault(zone_.cooperative_id, []).append(zone_)
    return found


def zone(session: Session, cooperative_id: int, zone_id: UUID) -> DeliveryZone:
    """Fetch one zone of a cooperative with its areas. Raises NotFound."""
    found = session.scalar(
        select(DeliveryZone)
        .where(DeliveryZone.cooperative_id == cooperative_id, DeliveryZone.id == zone_id)
        .options(selectinload(DeliveryZone.areas))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(say("Zona antar itu tidak ditemukan."))
    return found


def areas(session: Session, cooperative_id: int) -> dict[str, DeliveryArea]:
    """Find all areas of a cooperative by code, with their zones."""
    rows = session.scalars(
        select(DeliveryArea)
        .where(DeliveryArea.cooperative_id == cooperative_id)
        .options(selectinload(DeliveryArea.zone))
    )
    return {area.code: area for area in rows}


def shipment_by_key(session: Session, cooperative_id: int, key: str) -> Shipment:
    """Fetch a trip by its secret link. Raises NotFound."""
    found = session.scalar(
        select(Shipment)
        .where(Shipment.cooperative_id == cooperative_id, Shipment.key == key)
        .options(selectinload(Shipment.courier))
    )
    if found is None:
        raise NotFound(say("Tautan antar ini tidak dikenal. Minta tautan baru ke koperasi."))
    return found


def shipments_of(session: Session, cooperative_id: int, order_id: UUID) -> Sequence[Shipment]:
    """List the trips with an order, oldest first."""
    return session.scalars(
        select(Shipment)
        .where(Shipment.cooperative_id == cooperative_id, Shipment.order_id == order_id)
        .options(selectinload(Shipment.courier))
        .order_by(Shipment.id)
    ).all()


def last_shipment(session: Session, cooperative_id: int, order_id: UUID) -> Shipment | None:
    """Find the latest trip with an order, if it was ever sent."""
    found = shipments_of(session, cooperative_id, order_id)
    return found[-1] if found else None


def couriers(session: Session, cooperative_id: int) -> Sequence[Courier]:
    """List everybody who has brought goods for a cooperative, by name."""
    return session.scalars(
        select(Courier)
        .where(Courier.cooperative_id == cooperative_id)
        .order_by(Courier.name, Courier.id)
    ).all()


def courier(session: Session, cooperative_id: int, courier_id: UUID) -> Courier:
    """Fetch one courier of a cooperative. Raises NotFound."""
    found = session.get(Courier, (cooperative_id, courier_id))
    if found is None:
        raise NotFound(say("Kurir itu tidak ditemukan."))
    return found


def cash(session: Session, cooperative_id: int) -> list[CourierCash]:
    """Say of each courier who ever collected cash how it stands, who holds most first."""
    collected = _by_courier(
        session,
        select(Shipment.courier_id, total_of(Shipment.cash))
        .where(Shipment.cooperative_id == cooperative_id, Shipment.state == ShipmentState.ARRIVED)
        .group_by(Shipment.courier_id),
    )
    handed = _by_courier(
        session,
        select(CashHandIn.courier_id, total_of(CashHandIn.amount))
        .where(CashHandIn.cooperative_id == cooperative_id)
        .group_by(CashHandIn.courier_id),
    )
    found = [
        CourierCash(one, collected.get(one.id, NOTHING), handed.get(one.id, NOTHING))
        for one in couriers(session, cooperative_id)
    ]
    return sorted((one for one in found if one.collected), key=lambda one: one.open, reverse=True)


def _by_courier(session: Session, wanted: Select[UUID, Rupiah]) -> dict[UUID, Rupiah]:
    return {id_: amount for id_, amount in session.execute(wanted)}  # noqa: C416 - rows, not pairs


def open_cash(session: Session, courier: Courier) -> Rupiah:
    """Say how much of the cash from doors one courier still holds."""
    collected = session.scalar(
        select(total_of(Shipment.cash)).where(
            Shipment.cooperative_id == courier.cooperative_id,
            Shipment.courier_id == courier.id,
            Shipment.state == ShipmentState.ARRIVED,
        )
    )
    handed = session.scalar(
        select(total_of(CashHandIn.amount)).where(
            CashHandIn.cooperative_id == courier.cooperative_id,
            CashHandIn.courier_id == courier.id,
        )
    )
    return (collected or NOTHING) - (handed or NOTHING)


def hand_ins(session: Session, cooperative_id: int, *, limit: int = 30) -> Sequence[CashHandIn]:
    """List what couriers handed in, newest first."""
    return session.scalars(
        select(CashHandIn)
        .where(CashHandIn.cooperative_id == cooperative_id)
        .order_by(CashHandIn.id.desc())
        .limit(limit)
    ).all()


def hand_in_by_key(session: Session, cooperative_id: int, key: str) -> CashHandIn | None:
    """Find what was handed in under a form's key."""
    return session.scalar(
        select(CashHandIn).where(CashHandIn.cooperative_id == cooperative_id, CashHandIn.key == key)
    )


def on_the_way(session: Session, cooperative_id: int) -> int:
    """Count the orders that couriers carry now."""
    counted = session.scalar(
        select(func.count(Shipment.id)).where(
            Shipment.cooperative_id == cooperative_id,
            Shipment.state == ShipmentState.ON_ITS_WAY,
        )
    )
    return counted or 0
