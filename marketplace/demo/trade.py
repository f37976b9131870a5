"""Orders in every state, so that each page of a buyer and an officer has something to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.demo import online
from marketplace.demo.world import SANAN, VELODROME
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Listing, Variant
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.payments import queries as payments
from marketplace.payments.models import PaymentIntent, Transfer
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.statements import guess
from marketplace.payments.service import statements

S = OrderState
DAY = timedelta(days=1)
CASH, QRIS, BANK = PaymentMethod.COD, PaymentMethod.QRIS, PaymentMethod.TRANSFER
FORWARD = (S.IN_PREPARATION, S.READY_FOR_PICKUP, S.FINISHED)
# (minutes ago, who, how paid, where it stands, what of Velodrome, note)
ORDERS = (
    (55, "Nadia", QRIS, S.NEW, (("Cilok kuah kacang isi 10", 2), ("Bakso Malang komplet", 1)), ""),
    (50, "Pak Hendra", CASH, S.NEW, (("Gorengan campur isi 10", 5),), ""),
    (45, "Kos Putri Melati", CASH, S.NEW, (("Sempol ayam", 8), ("Cilok kuah", 4)), ""),
    (90, "Dimas A.", QRIS, S.IN_PREPARATION, (("Bakso Malang", 3),), "Tanpa seledri"),
    (85, "Bu Ratna", QRIS, S.IN_PREPARATION, (("Cilok kuah", 2), ("Gorengan", 6)), ""),
    (80, "Yoga", CASH, S.IN_PREPARATION, (("Bakso Malang", 1),), ""),
    (150, "Sinta", QRIS, S.READY_FOR_PICKUP, (("Cilok kuah", 2),), ""),
    (140, "Pak Agus", CASH, S.READY_FOR_PICKUP, (("Gorengan", 3), ("Sambal bawang", 1)), ""),
    (130, "Lina", QRIS, S.READY_FOR_PICKUP, (("Ayam geprek", 1),), "Level 3"),
    (200, "Rudi", CASH, S.FINISHED, (("Pisang goreng", 2),), ""),
    (190, "Mbak Tari", QRIS, S.FINISHED, (("Ayam geprek", 2),), ""),
    (20, "Fitri", QRIS, S.AWAITING_PAYMENT, (("Sempol ayam", 2),), ""),
    (25, "Bu Wati", BANK, S.AWAITING_PAYMENT, (("Bakso Malang", 2),), ""),
    (170, "Hadi", BANK, S.READY_FOR_PICKUP, (("Ayam geprek", 2),), ""),
    (240, "Andi", QRIS, S.CANCELLED, (("Pisang goreng", 1),), ""),
    (300, "Wulan", QRIS, S.EXPIRED, (("Sambal bawang", 1),), ""),
)


def load(session: Session, *, buyer: Account, at: datetime) -> None:
    """Place the demo's orders as they would have been placed, and bring each where it stands."""
    shop = _cooperative(session, VELODROME.slug)
    for number, (ago, name, method, state, wanted, note) in enumerate(ORDERS):
        moment = at - timedelta(minutes=ago)
        basket = basket_of(session, shop, wanted)
        phone = f"+62812334477{number:02d}"
        who = Buyer(name, phone, account_id=buyer.id if name == "Nadia" else None)
        order = place(
            session, basket, who, {shop.id: Choice(method=method, note=note or None)}, moment
        )
        bring(session, order, state, moment)
    _two_cooperatives(session, shop, buyer, at)
    _statement(session, shop, at)


def _statement(session: Session, shop: Cooperative, at: datetime) -> None:
    """Let the bank say what came in today: every transfer, and something else."""
    mine = (Transfer.cooperative_id == PaymentIntent.cooperative_id) & (
        Transfer.intent_id == PaymentIntent.id
    )
    money = session.scalars(
        select(Transfer.amount)
        .join(PaymentIntent, mine)
        .where(Transfer.cooperative_id == shop.id, PaymentIntent.created_at > at - DAY)
        .order_by(Transfer.discount, Transfer.id)
    )
    bring_statement(session, shop, [*money, Rupiah(150_000)], at)


def bring_statement(
    session: Session, shop: Cooperative, money: Sequence[Rupiah], at: datetime
) -> None:
    """Bring in a statement of the day on which these sums came to the shop's account."""
    account = payments.accounts(session, shop.id)[0]
    day = local_day(at).isoformat()
    rows = [
        (1, ("Tanggal", "Keterangan", "Kredit")),
        *(
            (place, (day, f"TRSF E-BANKING {place:04d}", str(amount.amount)))
            for place, amount in enumerate(money, 2)
        ),
    ]
    statements.bring_in(session, account, rows, guess(rows[0][1]), by=None, at=at)


def _two_cooperatives(session: Session, shop: Cooperative, buyer: Account, at: datetime) -> None:
    """Let one purchase go to two cooperatives: QRIS at one, cash at the other."""
    other = _cooperative(session, SANAN.slug)
    basket = {
        variant_of(session, other, "Keripik tempe Sanan").id: 2,
        variant_of(session, other, "Sambal tempe").id: 1,
        variant_of(session, shop, "Cilok kuah").id: 1,
    }
    choices = {shop.id: Choice(method=CASH), other.id: Choice(method=QRIS)}
    who = Buyer("Nadia", "+6281233445501", account_id=buyer.id)
    place(session, basket, who, choices, at - timedelta(minutes=10))


def place(
    session: Session,
    basket: dict[UUID, int],
    buyer: Buyer,
    choices: dict[int, Choice],
    at: datetime,
) -> Order:
    """Buy as at the checkout; gives the first order."""
    total = queries.quote(session, basket, at=at).total
    key = f"demo-{at.isoformat()}-{buyer.phone}"
    request = OrderRequest(key, basket, buyer, total, choices, gateway=online.GATEWAY)
    purchase = service.place(session, request, at=at)
    return session.scalars(
        select(Order).where(Order.purchase_id == purchase.id).order_by(Order.number)
    ).all()[0]


def bring(session: Session, order: Order, state: OrderState, at: datetime) -> None:
    """Take the steps from a new order to where it is to stand, twelve minutes each."""
    if state is S.EXPIRED:
        service.expire_overdue(session, at=at + timedelta(minutes=61))
        return
    if order.state is S.AWAITING_PAYMENT and state is not S.AWAITING_PAYMENT:
        _pay(session, order, at)
    if state is S.CANCELLED:
        reason = "Barang habis hari ini"
        service.cancel(session, order, reason=reason, actor_id=None, at=at)
        return
    for minutes, step in enumerate(FORWARD, 1):
        if order.state is state or state is S.AWAITING_PAYMENT:
            return
        moment = at + timedelta(minutes=minutes * 12)
        order = service.advance(session, order, step, actor_id=None, at=moment)


def _pay(session: Session, order: Order, at: datetime) -> None:
    """Let the money come: the gateway tells of its own, of other money an officer."""
    if order.method is PaymentMethod.GATEWAY:
        online.pay(session, order, at=at)
        return
    intent = intent_of(session, order.cooperative_id, order.id)
    due = intent.amount_due if intent else order.total
    service.confirm_payment(session, order, due, key="1", actor_id=None, at=at)


def _cooperative(session: Session, slug: str) -> Cooperative:
    return session.scalars(select(Cooperative).where(Cooperative.slug == slug)).one()


def basket_of(
    session: Session, shop: Cooperative, wanted: Sequence[tuple[str, int]]
) -> dict[UUID, int]:
    """Put so many of each good of a shop into a basket."""
    return {variant_of(session, shop, title).id: count for title, count in wanted}


def variant_of(session: Session, shop: Cooperative, title: str) -> Variant:
    """Find the first size of a good by the beginning of its title."""
    return session.scalars(
        select(Variant)
        .join(
            Listing,
            (Listing.cooperative_id == Variant.cooperative_id) & (Listing.id == Variant.listing_id),
        )
        .where(Variant.cooperative_id == shop.id, Listing.title.like(f"{title}%"))
        .order_by(Variant.position)
    ).first() or _missing(title)


def _missing(title: str) -> Variant:
    raise LookupError(title)
