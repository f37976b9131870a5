"""Four weeks of trade before today, so that books, statements and pay-outs have something to say.

Everything goes through the services, as it would have happened; who is told of it is history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.bookkeeping import service as bookkeeping
from marketplace.cooperatives.models import Cooperative
from marketplace.demo import saver, trade
from marketplace.demo.accounts import ACCOUNTS, DemoAccount
from marketplace.demo.world import SANAN, VELODROME, Shop
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import JournalLine, Unit
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice
from marketplace.outbox import service as outbox
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as payout_service
from marketplace.payouts.rules import PaidBy

DAYS, WEEK = 28, 7
METHODS = (
    PaymentMethod.COD,
    PaymentMethod.QRIS,
    PaymentMethod.TRANSFER,
    PaymentMethod.GATEWAY,
)
TITIPAN = {15: saver.leave, 18: saver.spend}  # what a member does on which day
BUYERS = ("Bu Ratna", "Pak Hendra", "Sinta", "Yoga", "Mbak Tari")
# What is bought on which day: made each day, so that no shelf is empty today.
BASKETS: dict[str, tuple[tuple[tuple[str, int], ...], ...]] = {
    VELODROME.slug: (
        (("Gorengan campur", 3), ("Sempol ayam", 2)),
        (("Pisang goreng", 2), ("Gorengan campur", 1)),
        (("Sempol ayam", 4),),
    ),
    SANAN.slug: ((("Tempe segar", 10),), (("Tempe segar", 6),)),
}
EVERY = {VELODROME.slug: 2, SANAN.slug: 4}
# (day of the month's trade, for what, debit, credit, rupiah)
BY_HAND = (
    (0, "Saldo awal kas", "1-1100", "3-1900", 2_000_000),
    (10, "Sewa lapak", "5-3100", "1-1100", 150_000),
)
People = Mapping[DemoAccount, Account]


def load(session: Session, people: People, *, at: datetime) -> None:
    """Trade for four weeks in the two cooperatives that people can sign in to."""
    begun = (at - timedelta(days=DAYS)).replace(hour=4, minute=0, second=0, microsecond=0)
    with outbox.as_history(session):
        for shop, letter in ((VELODROME, "A"), (SANAN, "B")):
            cooperative = session.scalars(
                select(Cooperative).where(Cooperative.slug == shop.slug)
            ).one()
            treasurer, chair = (people[_who(role, letter)].id for role in ("treasurer", "manager"))
            _by_hand(session, cooperative, treasurer, chair, begun)
            for day in range(DAYS):
                moment = begun + timedelta(days=day)
                for basket, method in _bought(shop, day):
                    _sell(session, cooperative, basket, method, day, moment)
                if shop is VELODROME and day in TITIPAN:
                    member = people[_who("member", letter)]
                    TITIPAN[day](session, cooperative, member, at=moment)
                if day % WEEK == WEEK - 1 and day < DAYS - WEEK:
                    _pay_out(session, cooperative, treasurer, chair, moment)


def _who(role: str, letter: str) -> DemoAccount:
    return next(one for one in ACCOUNTS if (one.role, one.letter) == (role, letter))


def _bought(shop: Shop, day: int) -> Iterator[tuple[Sequence[tuple[str, int]], PaymentMethod]]:
    """Say what is bought on a day, and how it is paid: by every way in turn."""
    turn, rest = divmod(day, EVERY[shop.slug])
    if not rest:
        baskets = BASKETS[shop.slug]
        yield baskets[turn % len(baskets)], METHODS[turn % len(METHODS)]


def _sell(
    session: Session,
    cooperative: Cooperative,
    wanted: Sequence[tuple[str, int]],
    method: PaymentMethod,
    day: int,
    at: datetime,
) -> None:
    basket = trade.basket_of(session, cooperative, wanted)
    who = Buyer(BUYERS[day % len(BUYERS)], f"+6281233{cooperative.id:04d}{day:02d}")
    order = trade.place(session, basket, who, {cooperative.id: Choice(method=method)}, at)
    if method is PaymentMethod.TRANSFER:
        _find_on_statement(session, cooperative, order, at + timedelta(minutes=10))
    trade.bring(session, order, OrderState.FINISHED, at)


def _find_on_statement(
    session: Session, cooperative: Cooperative, order: Order, at: datetime
) -> None:
    """Find a transfer on the bank's statement by its exact amount, as the treasurer does."""
    intent = intent_of(session, order.cooperative_id, order.id)
    assert intent is not None  # noqa: S101 - it is to be paid
    trade.bring_statement(session, cooperative, [intent.amount_due], at)
    orders.confirm_exact(session, cooperative.id, by=None, at=at)


def _by_hand(
    session: Session, cooperative: Cooperative, treasurer: UUID, chair: UUID, begun: datetime
) -> None:
    book = ledger.take_book(session, cooperative.id, Unit.SHOP, at=begun)
    codes = {account.code: account.id for account in books.chart(session, book)}
    for day, memo, debit, credit, amount in BY_HAND:
        moment = begun + timedelta(days=day)
        draft = bookkeeping.propose(
            session,
            cooperative.id,
            Unit.SHOP,
            key=f"demo {memo}",
            memo=memo,
            dated=local_day(moment),
            lines=[
                JournalLine(codes[debit], debit=Rupiah(amount)),
                JournalLine(codes[credit], credit=Rupiah(amount)),
            ],
            by=treasurer,
            at=moment,
        )
        bookkeeping.approve(session, draft, by=chair, at=moment)


def _pay_out(
    session: Session, cooperative: Cooperative, treasurer: UUID, chair: UUID, at: datetime
) -> None:
    members = [due.member_id for due in payouts.dues(session, cooperative)]
    key = f"demo {local_day(at)}"
    batch = payout_service.compose(session, cooperative.id, members, key=key, by=treasurer, at=at)
    payout_service.approve(session, batch, by=chair, at=at)
    payout_service.pay(
        session,
        batch,
        paid_by=PaidBy.CASH,
        reference=f"kuitansi {batch.number}",
        by=treasurer,
        at=at,
    )
