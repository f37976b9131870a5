"""What a basket would cost now, and how each cooperative can hand it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, PickupPoint
from marketplace.cooperatives.rules import Slot, slots
from marketplace.delivery.models import DeliveryZone
from marketplace.delivery.queries import zones_of
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.listings.models import Availability
from marketplace.listings.queries import Offer, offers
from marketplace.orders.queries.balances import balances_of
from marketplace.orders.queries.doors import Door, doors_of
from marketplace.payments.rules import PaymentMethod, may_transfer
from marketplace.stock.queries import shelves

TRANSFER = PaymentMethod.TRANSFER
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_COOPERATIVES = select(Cooperative).where(Cooperative.id.in_(_IDS))
_POINTS = (
    select(PickupPoint)
    .where(PickupPoint.cooperative_id.in_(_IDS), PickupPoint.active)
    .order_by(PickupPoint.position, PickupPoint.id)
)


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One thing in a basket. ``left`` is what could be promised for the soonest day."""

    offer: Offer
    quantity: int
    left: int

    @property
    def total(self) -> Rupiah:
        """Multiply price and quantity."""
        return self.offer.price * self.quantity

    @property
    def problem(self) -> Sentence | None:
        """Say why this line cannot be ordered as it stands."""
        if self.left <= 0:
            return say("Habis. Keluarkan dari keranjang.")
        if self.left < self.quantity:
            return say("Tinggal %(left)s. Kurangi jumlahnya.", left=self.left)
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A pickup point with the spans in which the basket can be fetched there."""

    point: PickupPoint
    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class QuotedOrder:
    """The part of a basket that one cooperative would prepare.

    ``balance`` is what the buyer has there to spend, if anything.
    """

    cooperative: Cooperative
    lines: list[QuotedLine]
    places: list[Place]
    methods: list[PaymentMethod]
    balance: Rupiah | None = None
    doors: list[Door] = field(default_factory=list)

    @property
    def total(self) -> Rupiah:
        """Add up the lines."""
        return Rupiah.total(line.total for line in self.lines)

    @property
    def too_little(self) -> Sentence | None:
        """Say why the buyer's balance there cannot pay this, if it cannot."""
        if self.balance is None or self.balance >= self.total:
            return None
        return say(
            "Titipanmu %(balance)s, kurang %(short)s. Pilih cara bayar lain.",
            balance=self.balance,
            short=self.total - self.balance,
        )

    @property
    def problem(self) -> Sentence | None:
        """Say why nothing can be ordered here now, whatever is in the basket."""
        if not self.places:
            return say("%(name)s sedang tutup.", name=self.cooperative.name)
        if not self.methods:
            return say("%(name)s belum menerima pembayaran.", name=self.cooperative.name)
        return None


@dataclass(frozen=True, slots=True)
class Quote:
    """A whole basket, ordered by cooperative. ``gone`` is no longer sold at all."""

    orders: list[QuotedOrder]
    gone: list[UUID]

    @property
    def total(self) -> Rupiah:
        """Add up all orders."""
        return Rupiah.total(order.total for order in self.orders)

    @property
    def count(self) -> int:
        """Count the things in the basket."""
        return sum(line.quantity for order in self.orders for line in order.lines)

    @property
    def problems(self) -> list[Sentence]:
        """List everything that keeps this basket from being ordered as it stands."""
        found = [say("Ada barang yang sudah tidak dijual.")] if self.gone else []
        for order in self.orders:
            found += [problem] if (problem := order.problem) else []
            found += [p for line in order.lines if (p := line.problem)]
        return found


def quote(
    session: Session,
    basket: Mapping[UUID, int],
    *,
    at: datetime,
    gateway: str | None = None,
    account_id: UUID | None = None,
    doors: bool = True,
) -> Quote:
    """Price a basket of variant ids and quantities, as of now.

    ``gateway`` is the site's, if it has one: only then can be paid through it.
    ``account_id`` is the buyer's, who may have a balance as a member. Without ``doors`` nobody
    asks where goods could be brought.
    """
    found = offers(session, list(basket))
    by_cooperative: dict[int, list[Offer]] = {}
    for variant_id in basket:
        if variant_id in found:
            offer = found[variant_id]
            by_cooperative.setdefault(offer.cooperative_id, []).append(offer)
    cooperatives = _cooperatives(session, list(by_cooperative))
    points = _points(session, list(by_cooperative))
    balances = balances_of(session, list(by_cooperative), account_id)
    zones = zones_of(session, by_cooperative) if doors and by_cooperative else {}
    quoted = [
        _order(
            session,
            cooperatives[id_],
            by_cooperative[id_],
            points.get(id_, []),
            zones.get(id_, []),
            basket,
            at,
            gateway,
            balances.get(id_),
        )
        for id_ in by_cooperative
    ]
    return Quote(quoted, [id_ for id_ in basket if id_ not in found])


def _order(
    session: Session,
    cooperative: Cooperative,
    offered: list[Offer],
    points: Sequence[PickupPoint],
    zones: Sequence[DeliveryZone],
    basket: Mapping[UUID, int],
    at: datetime,
    gateway: str | None,
    balance: Rupiah | None,
) -> QuotedOrder:
    earliest = max((o.ready_on for o in offered if _waits(o) and o.ready_on), default=None)
    places = [
        Place(point, spans)
        for point in points
        if (spans := slots_of(cooperative, point, at, earliest=earliest))
    ]
    day = _soonest_day(places, at)
    shelf = shelves(session, cooperative.id, [o.variant_id for o in offered], day=day, at=at)
    lines = [
        QuotedLine(
            o, basket[o.variant_id], shelf[o.variant_id].available if o.variant_id in shelf else 0
        )
        for o in offered
    ]
    total = Rupiah.total(line.total for line in lines)
    methods = [m for m in methods_of(cooperative, gateway) if _suits(m, total)]
    balance = balance or None  # who has nothing there is not reminded of it
    if balance is not None and balance >= total > Rupiah(0):
        methods.append(PaymentMethod.BALANCE)
    doors = doors_of(zones, total) if places else []
    return QuotedOrder(cooperative, lines, places, methods, balance, doors)


def _suits(method: PaymentMethod, total: Rupiah) -> bool:
    """Say whether such a sum can be paid this way; there is no page for nothing to pay."""
    if method is TRANSFER:
        return may_transfer(total)
    return method is not PaymentMethod.GATEWAY or total > Rupiah(0)


def _waits(offer: Offer) -> bool:
    return offer.availability is Availability.PREORDER


def _soonest_day(places: Sequence[Place], at: datetime) -> date:
    starts = [place.slots[0].starts for place in places]
    return local_day(min(starts)) if starts else local_day(at)


def slots_of(
    cooperative: Cooperative, point: PickupPoint, at: datetime, *, earliest: date | None = None
) -> list[Slot]:
    """List when an order placed now can be fetched at a point."""
    return slots(
        point.slots,
        at,
        prepare_minutes=point.prepare_minutes,
        closed_from=cooperative.closed_from,
        closed_until=cooperative.closed_until,
        earliest=earliest,
    )


def methods_of(cooperative: Cooperative, gateway: str | None = None) -> list[PaymentMethod]:
    """List the ways in which a cooperative can be paid now, the preferred one first."""
    qris = cooperative.takes_qris and cooperative.qris_payload
    found = [PaymentMethod.QRIS] if qris else []
    if cooperative.takes_transfer and cooperative.transfer_account_id:
        found.append(TRANSFER)
    if cooperative.takes_gateway and gateway:
        found.append(PaymentMethod.GATEWAY)
    return [*found, PaymentMethod.COD] if cooperative.takes_cash else found


def _cooperatives(session: Session, ids: Sequence[int]) -> dict[int, Cooperative]:
    found = session.scalars(_COOPERATIVES, {"ids": ids})
    return {cooperative.id: cooperative for cooperative in found}


def _points(session: Session, ids: Sequence[int]) -> dict[int, list[PickupPoint]]:
    found = session.scalars(_POINTS, {"ids": ids})
    points: dict[int, list[PickupPoint]] = {}
    for point in found:
        points.setdefault(point.cooperative_id, []).append(point)
    return points
