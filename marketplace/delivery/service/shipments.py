"""One trip of a courier with one order. What it does to the order, orders say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.delivery import queries
from marketplace.delivery.models import Courier, Shipment
from marketplace.delivery.rules import (
    LONGEST_REASON,
    ShipmentState,
    TooMuchHandedIn,
    WrongShipment,
)
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.secrets import new_secret
from marketplace.kernel.text import say
from marketplace.members.models import Member


@dataclass(frozen=True, slots=True)
class CourierChoice:
    """Who brings it: a member of the cooperative, or somebody by name."""

    member_id: UUID | None = None
    name: str = ""
    phone: str | None = None


def send(
    session: Session,
    cooperative_id: int,
    order_id: UUID,
    choice: CourierChoice,
    *,
    cash: Rupiah,
    by: UUID | None,
    at: datetime,
) -> Shipment:
    """Let a courier go with an order, and give them a secret link. Raises Invalid, NotFound."""
    shipment = Shipment(
        cooperative_id=cooperative_id,
        order_id=order_id,
        courier_id=_courier(session, cooperative_id, choice).id,
        key=new_secret(),
        state=ShipmentState.ON_ITS_WAY,
        cash=cash,
        sent_by=by,
        sent_at=at,
    )
    session.add(shipment)
    session.flush()
    return shipment


def _courier(session: Session, cooperative_id: int, choice: CourierChoice) -> Courier:
    """Find the courier, or write down a new one; a phone that is said anew is kept."""
    name = " ".join(choice.name.split())
    if choice.member_id is not None:
        member = session.get(Member, (cooperative_id, choice.member_id))
        if member is None or member.left_on is not None:
            raise NotFound(say("Anggota itu tidak ada di koperasi ini."))
        name, same = member.called, Courier.member_id == member.id
    elif name:
        same = (Courier.member_id.is_(None)) & (Courier.name == name)
    else:
        wrong = say("Pilih anggota atau tulis nama kurirnya.")
        raise Invalid(wrong, fields={"courier_name": wrong})
    wanted = select(Courier).where(Courier.cooperative_id == cooperative_id, same)
    courier = session.scalar(wanted)
    if courier is None:
        new = Courier(cooperative_id=cooperative_id, member_id=choice.member_id, name=name)
        courier = new if _first_to_name(session, new) else session.scalars(wanted).one()
    courier.phone = choice.phone or courier.phone
    session.flush()
    return courier


def _first_to_name(session: Session, courier: Courier) -> bool:
    """Write a new courier down; False when another officer has just done so."""
    try:
        with session.begin_nested():
            session.add(courier)
    except IntegrityError:
        return False
    return True


def finish(
    session: Session,
    shipment: Shipment,
    state: ShipmentState,
    *,
    reason: str | None = None,
    at: datetime,
) -> None:
    """End a trip that goes on: it arrived, or nobody took it. Raises WrongShipment, Invalid."""
    if shipment.state is not ShipmentState.ON_ITS_WAY:
        raise WrongShipment(say("Pengantaran ini sudah selesai dicatat."))
    if state is ShipmentState.FAILED:
        reason = " ".join((reason or "").split())[:LONGEST_REASON]
        if not reason:
            wrong = say("Tulis sebabnya, misalnya rumah kosong.")
            raise Invalid(wrong, fields={"reason": wrong})
    shipment.state, shipment.reason, shipment.ended_at = state, reason, at
    session.flush()


def call_back(session: Session, shipment: Shipment, *, at: datetime) -> None:
    """End a trip that began by mistake; its link opens nothing any more."""
    finish(session, shipment, ShipmentState.RECALLED, at=at)


def reopen(session: Session, shipment: Shipment) -> None:
    """Let a trip that was said to have arrived go on. Raises WrongShipment, TooMuchHandedIn.

    The courier's cash is owed no longer; what has been handed in already keeps it as it is.
    """
    if shipment.state is not ShipmentState.ARRIVED:
        raise WrongShipment(say("Pengantaran ini belum dicatat sampai."))
    courier = locked_courier(session, shipment.cooperative_id, shipment.courier_id)
    if queries.open_cash(session, courier) < shipment.cash:
        raise TooMuchHandedIn(
            say("Uang antarnya sudah disetor, jadi pengantaran ini tidak bisa diurungkan.")
        )
    shipment.state, shipment.ended_at = ShipmentState.ON_ITS_WAY, None
    session.flush()


def locked_courier(session: Session, cooperative_id: int, courier_id: UUID) -> Courier:
    """Fetch a courier whose cash nobody else may count meanwhile. Raises NotFound."""
    found = session.scalar(
        select(Courier)
        .where(Courier.cooperative_id == cooperative_id, Courier.id == courier_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(say("Kurir itu tidak ditemukan."))
    return found
