"""Turn a basket into a purchase: one order per cooperative, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.rules import ShopClosed, Slot, SlotGone
from marketplace.database import insert_once
from marketplace.delivery.rules import Fulfilment
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.secrets import new_secret
from marketplace.kernel.shares import price_split
from marketplace.kernel.text import say
from marketplace.listings.models import Availability
from marketplace.orders import queries
from marketplace.orders.models import Order, OrderEvent, OrderLine, Purchase
from marketplace.orders.queries import Place, Quote, QuotedLine, QuotedOrder
from marketplace.orders.rules import (
    Actor,
    OrderState,
    first_state,
    order_number,
    period_prefix,
    pickup_code,
    purchase_number,
)
from marketplace.orders.rules.fetching import slot_for
from marketplace.orders.service.doors import ChosenDoor, chosen_door
from marketplace.orders.service.numbers import next_number
from marketplace.orders.service.requests import (
    Buyer,
    CheckoutKeyReused,
    Choice,
    GoodsGone,
    OrderRequest,
    PriceChanged,
    WrongChoice,
    check_basket,
)
from marketplace.orders.service.spending import spend, take_books
from marketplace.outbox import service as outbox
from marketplace.payments import service as payments
from marketplace.payments.rules import PaymentMethod, deadline, over_at
from marketplace.payments.service import attempts
from marketplace.stock import service as stock
from marketplace.stock.rules import Claim, OutOfStock

PICKUP_CODES = 999


@dataclass(frozen=True, slots=True)
class _Part:
    """One cooperative's part of a purchase, everything chosen and checked.

    The buyer is told ``due``; at ``pay_by``, with the grace, an unpaid part is over.
    """

    quoted: QuotedOrder
    place: Place
    slot: Slot
    method: PaymentMethod
    note: str | None
    due: datetime | None
    pay_by: datetime | None
    door: ChosenDoor | None

    @property
    def fee(self) -> Rupiah:
        """Say what is paid for bringing it."""
        return self.door.fee if self.door else Rupiah(0)


def place(session: Session, request: OrderRequest, *, at: datetime) -> Purchase:
    """Order a basket: hold all goods, ask each cooperative's payment, tell the outbox.

    The same checkout key and request give the first purchase again, however often and
    however much at once they are sent. Overdue holds of the same goods should have been
    expired before (``expire_overdue``), in a transaction of its own.
    Raises NothingToOrder, GoodsGone, OutOfStock, PriceChanged, ShopClosed, SlotGone,
    WrongChoice, NotDelivered, BalanceTooLow, CheckoutKeyReused, CodesUsedUp.
    """
    check_basket(request.basket)
    known = queries.by_checkout_key(session, request.checkout_key)
    if known is not None:
        return _replayed(known, request)
    parts = _parts(session, request, at)
    purchase = _begin(session, request, at)
    if purchase is None:  # the twin of this request was kept a moment ago
        twin = queries.by_checkout_key(session, request.checkout_key)
        assert twin is not None  # noqa: S101 - the unique key has just said so
        return _replayed(twin, request)
    orders = [_order(purchase, part, at) for part in parts]
    lines = [list(_lines(order, part)) for order, part in zip(orders, parts, strict=True)]
    stock.hold(session, list(_claims(orders, parts, lines)), at=at)
    take_books(session, orders, at=at)
    _number(session, purchase, orders, parts, at)
    for order, of_order in zip(orders, lines, strict=True):
        session.add_all([order, *of_order])
    session.flush()
    session.add_all(_first_event(order, request.buyer, at) for order in orders)
    for order, part in zip(orders, parts, strict=True):
        intent = payments.ask(
            session,
            part.quoted.cooperative,
            order.id,
            order.total,
            order.method,
            bill_number=order.number,
            expires_at=part.due,
            at=at,
        )
        if request.gateway and order.method is PaymentMethod.GATEWAY:
            attempts.begin(session, intent, request.gateway, bill_number=order.number, at=at)
        spend(session, order, intent, request.buyer, at=at)
    outbox.tell(session, "order.placed", at=at, **_facts(purchase, orders, lines))
    session.expire(purchase, ["orders"])
    return purchase


def _replayed(known: Purchase, request: OrderRequest) -> Purchase:
    if known.request_hash != request.fingerprint():
        raise CheckoutKeyReused(
            say("Formulir ini sudah dipakai untuk pesanan lain. Buka keranjang lagi.")
        )
    return known


def _parts(session: Session, request: OrderRequest, at: datetime) -> list[_Part]:
    account_id = request.buyer.account_id
    quote = queries.quote(
        session,
        request.basket,
        at=at,
        gateway=request.gateway,
        account_id=account_id,
        doors=any(choice.door for choice in request.choices.values()),
    )
    if quote.gone:
        raise GoodsGone(say("Ada barang yang sudah tidak dijual. Periksa keranjangmu."))
    _check_stock(quote)
    parts = [
        _part(quoted, request.choices.get(quoted.cooperative.id, Choice()), at)
        for quoted in quote.orders
    ]
    total = quote.total + Rupiah.total(part.fee for part in parts)
    if total != request.expected_total:
        raise PriceChanged(total)
    return sorted(parts, key=lambda part: part.quoted.cooperative.id)


def _check_stock(quote: Quote) -> None:
    """Refuse early what cannot work; the hold itself decides who gets the last one."""
    for order in quote.orders:
        for line in order.lines:
            counted = line.offer.availability is not Availability.DAILY
            if counted and line.left < line.quantity:
                raise OutOfStock(line.offer.variant_id, line.left)


def _part(quoted: QuotedOrder, choice: Choice, at: datetime) -> _Part:
    problem = quoted.problem
    if problem is not None:
        raise ShopClosed(problem)
    place_ = _chosen_place(quoted.places, choice.point_id)
    method = choice.method or quoted.methods[0]
    if method not in quoted.methods:
        raise WrongChoice(say("Cara bayar itu tidak diterima koperasi ini."))
    due = _due(quoted.cooperative, method, at)
    return _Part(
        quoted,
        place_,
        slot_for(place_.slots, choice.slot_starts, method, due),
        method,
        choice.note,
        due,
        over_at(method, due) if due else None,
        chosen_door(quoted, choice.door, method),
    )


def _due(cooperative: Cooperative, method: PaymentMethod, at: datetime) -> datetime | None:
    """Say until when the buyer should pay; a bank takes its own time, not the cooperative's."""
    if method is PaymentMethod.TRANSFER:
        return deadline(method, at)
    pays_first = first_state(method) is OrderState.AWAITING_PAYMENT
    return at + timedelta(minutes=cooperative.payment_minutes) if pays_first else None


def _chosen_place(places: Sequence[Place], point_id: UUID | None) -> Place:
    for place_ in places:
        if point_id is None or place_.point.id == point_id:
            return place_
    raise SlotGone


def _begin(session: Session, request: OrderRequest, at: datetime) -> Purchase | None:
    """Take the checkout key; None when somebody else has just taken it."""
    purchase_id = new_id()
    purchase = Purchase(
        id=purchase_id,
        number=str(purchase_id),  # the real one is taken last, so that nobody waits for it long
        key=new_secret(),
        checkout_key=request.checkout_key,
        request_hash=request.fingerprint(),
        account_id=request.buyer.account_id,
        buyer_name=request.buyer.name,
        buyer_phone=request.buyer.phone,
        buyer_email=request.buyer.email,
        language=request.buyer.language,
        total=request.expected_total,
        placed_at=at,
    )
    return purchase if insert_once(session, purchase, "checkout_key") else None


def _order(purchase: Purchase, part: _Part, at: datetime) -> Order:
    point, door = part.place.point, part.door
    return Order(
        cooperative_id=part.quoted.cooperative.id,
        id=new_id(),
        purchase_id=purchase.id,
        state=first_state(part.method),
        method=part.method,
        items_total=part.quoted.total,
        delivery_fee=part.fee,
        total=part.quoted.total + part.fee,
        fulfilment=Fulfilment.DELIVERY if door else Fulfilment.PICKUP,
        delivery_zone_id=door.zone_id if door else None,
        pickup_point_id=None if door else point.id,
        pickup_name=door.zone_name if door else point.name,
        pickup_address=door.address if door else point.address,
        pickup_from=part.slot.starts,
        pickup_until=part.slot.ends,
        note=part.note,
        pay_by=part.pay_by,
        placed_at=at,
        changed_at=at,
    )


def _lines(order: Order, part: _Part) -> Iterator[OrderLine]:
    for position, line in enumerate(part.quoted.lines):
        maker, cooperative = price_split(line.total, line.offer.share_basis_points)
        yield OrderLine(
            cooperative_id=order.cooperative_id,
            id=new_id(),
            order_id=order.id,
            listing_id=line.offer.listing_id,
            variant_id=line.offer.variant_id,
            maker_id=line.offer.maker_id,
            maker_name=line.offer.maker_name,
            title=line.offer.title,
            variant_title=line.offer.variant_title,
            unit=line.offer.unit,
            price=line.offer.price,
            quantity=line.quantity,
            total=line.total,
            maker_share=maker,
            cooperative_share=cooperative,
            position=position,
        )


def _claims(
    orders: Sequence[Order], parts: Sequence[_Part], lines: Sequence[Sequence[OrderLine]]
) -> Iterator[Claim]:
    for order, part, of_order in zip(orders, parts, lines, strict=True):
        for quoted, line in zip(part.quoted.lines, of_order, strict=True):
            yield Claim(
                order.cooperative_id,
                line.variant_id,
                line.id,
                line.quantity,
                _day_of(quoted, part.slot),
                part.pay_by,
            )


def _day_of(line: QuotedLine, slot: Slot) -> date | None:
    """Name the day whose limit counts for goods that are made each day."""
    return local_day(slot.starts) if line.offer.availability is Availability.DAILY else None


def _number(
    session: Session,
    purchase: Purchase,
    orders: Sequence[Order],
    parts: Sequence[_Part],
    at: datetime,
) -> None:
    """Take the numbers last: their rows are what all buyers wait for."""
    for order, part in zip(orders, parts, strict=True):
        cooperative = part.quoted.cooperative
        count = next_number(session, f"ambil-{cooperative.id}")
        order.pickup_code = pickup_code(cooperative.word, (count - 1) % PICKUP_CODES + 1)
    prefix = period_prefix(at)
    purchase.number = purchase_number(prefix, next_number(session, prefix))
    for place_, order in enumerate(orders):
        order.number = order_number(purchase.number, place_)


def _first_event(order: Order, buyer: Buyer, at: datetime) -> OrderEvent:
    return OrderEvent(
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        before=None,
        after=order.state,
        actor=Actor.BUYER,
        actor_id=buyer.account_id,
        day=local_day(at),
        at=at,
    )


def _facts(
    purchase: Purchase, orders: Sequence[Order], lines: Sequence[Sequence[OrderLine]]
) -> dict[str, object]:
    return {
        "purchase": str(purchase.id),
        "orders": [[order.cooperative_id, str(order.id)] for order in orders],
        "listings": sorted({str(line.listing_id) for of_order in lines for line in of_order}),
    }
