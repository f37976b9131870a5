"""Worked journals, written by the services of the shop over a database of their own."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import JournalLine, Posting, Purpose, Unit, moves_between
from marketplace.listings import service as listings
from marketplace.listings.models import Variant
from marketplace.listings.rules import Editor
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.rules import CHANNELS, PaymentMethod
from marketplace.web.extensions import db
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_point,
)

ROOT = Path(__file__).parents[2]
FORWARD = (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED)
PRICE, COST = 15_000, 14_683
CHANNEL = min(CHANNELS)
Lines = Sequence[dict[str, Any]]
Net = dict[str, int]


@contextmanager
def opened() -> Generator[Session]:
    """Give a session of a new, migrated database that goes away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                env="test",
                database_url=f"sqlite:///{folder}/vectors.sqlite3",
                files_url=f"file:{folder}/files",
                search_path=f"{folder}/search",
                public_url="http://localhost",
            )
        )
        with app.app_context():
            upgrade(directory=os.fspath(ROOT / "migrations"))
            try:
                yield db.session()
            finally:
                db.session.remove()
                db.engine.dispose()
        app.extensions["jobs"].queue.storage.close()


@dataclass(frozen=True, slots=True)
class Shop:
    """A cooperative of its own for each case, so that no case sees another's stock."""

    session: Session
    cooperative: Cooperative

    @classmethod
    def found(cls, session: Session) -> Shop:
        """Found it, with a point where goods are fetched."""
        cooperative = make_cooperative(session, share_basis_points=1250)
        make_point(session, cooperative)
        ledger.take_book(session, cooperative.id, Unit.SHOP, at=SATURDAY)
        return cls(session, cooperative)

    def buy(self, goods: Variant, count: int, cost: int, **how: Any) -> None:
        """Buy goods for the shelf of the cooperative."""
        listings.buy_stock(
            self.session,
            self.cooperative.id,
            goods.id,
            count,
            Rupiah(cost),
            key=str(new_id()),
            editor=Editor(all_goods=True),
            at=SATURDAY,
            **{"paid_from": None, **how},
        )

    def own_goods(self) -> Variant:
        """Have ten of something that was bought at the average cost of the worked cases."""
        goods = make_listing(self.session, self.cooperative, price=PRICE, stock_count=0)
        self.buy(goods, 10, 10 * COST)
        return goods

    def order(
        self, goods: Variant, count: int, method: PaymentMethod, *, account_id: UUID | None = None
    ) -> Order:
        """Order something as a guest, or as the person of an account."""
        request = orders.OrderRequest(
            checkout_key=str(new_id()),
            basket={goods.id: count},
            buyer=orders.Buyer(name="Sari", phone="+6281234567890", account_id=account_id),
            expected_total=goods.price * count,
            choices={self.cooperative.id: orders.Choice(method=method)},
        )
        placed = orders.place(self.session, request, at=SATURDAY)
        return self.session.scalars(select(Order).where(Order.purchase_id == placed.id)).one()

    def hand_over(self, order: Order) -> None:
        """Take an order the whole way to its buyer."""
        for state in FORWARD:
            orders.advance(self.session, order, state, actor_id=None, at=SATURDAY)

    def standing(self) -> Net:
        """Say what every account stands at, debit side positive."""
        book = books.book_of(self.session, self.cooperative.id, Unit.SHOP)
        lines = books.trial_balance(self.session, book) if book else []
        return {f"{one.code} {one.name}": one.debit.amount - one.credit.amount for one in lines}

    def change(self, work: Callable[[], object]) -> Net:
        """Say what something changed, account by account."""
        before = self.standing()
        work()
        changed = Counter(self.standing())
        changed.subtract(before)
        return {name: amount for name, amount in changed.items() if amount}

    def post(self, lines: Lines) -> books.LedgerEntry:
        """Write lines by their accounts' numbers, as a treasurer would."""
        book = ledger.take_book(self.session, self.cooperative.id, Unit.SHOP, at=SATURDAY)
        ids = {account.code: account.id for account in books.chart(self.session, book)}
        written = [
            JournalLine(
                ids[line["account"].split()[0]], Rupiah(line["debit"]), Rupiah(line["credit"])
            )
            for line in lines
        ]
        return ledger.post(
            self.session,
            self.cooperative.id,
            Unit.SHOP,
            Posting(str(new_id()), "Kasus", moves_between(written), SATURDAY.date(), "manual"),
            at=SATURDAY,
        )


def net(lines: Lines) -> Net:
    """Sum worked lines by account, debit side positive."""
    summed: Counter[str] = Counter()
    for line in lines:
        summed[line["account"]] += line["debit"] - line["credit"]
    return dict(summed)


def _bought_for_cash(shop: Shop, _lines: Lines) -> Net:
    goods = make_listing(shop.session, shop.cooperative, stock_count=0)
    return shop.change(lambda: shop.buy(goods, 100, 1_490_000, paid_from=Purpose.CASH))


def _bought_from_a_member(shop: Shop, _lines: Lines) -> Net:
    goods = make_listing(shop.session, shop.cooperative, stock_count=0)
    lilik = make_member(shop.session, shop.cooperative)
    return shop.change(lambda: shop.buy(goods, 10, 350_000, seller_id=lilik.id))


def _sold_to_a_member(shop: Shop, _lines: Lines) -> Net:
    lilik = make_account(shop.session, "Bu Lilik")
    make_member(shop.session, shop.cooperative, account=lilik)
    order = shop.order(shop.own_goods(), 4, PaymentMethod.COD, account_id=lilik.id)
    return shop.change(lambda: shop.hand_over(order))


def _paid_through_a_channel(shop: Shop, _lines: Lines) -> Net:
    order = shop.order(shop.own_goods(), 4, PaymentMethod.QRIS)
    return shop.change(
        lambda: orders.confirm_payment(
            shop.session, order, order.total, key="1", actor_id=None, source=CHANNEL, at=SATURDAY
        )
    )


def _handed_over_to_a_guest(shop: Shop, _lines: Lines) -> Net:
    order = shop.order(shop.own_goods(), 4, PaymentMethod.QRIS)
    orders.confirm_payment(shop.session, order, order.total, key="1", actor_id=None, at=SATURDAY)
    return shop.change(lambda: shop.hand_over(order))


def _consigned_goods_sold(shop: Shop, _lines: Lines) -> Net:
    lilik = make_member(shop.session, shop.cooperative)
    goods = make_listing(shop.session, shop.cooperative, price=17_500, maker=lilik)
    order = shop.order(goods, 3, PaymentMethod.COD)
    return shop.change(lambda: shop.hand_over(order))


def _written(shop: Shop, lines: Lines) -> Net:
    """Post the lines themselves: nothing in the shop makes this entry by itself yet."""
    return shop.change(lambda: shop.post(lines))


def _reversed(shop: Shop, lines: Lines) -> Net:
    """Write the mirror of a case's lines, then undo it."""
    first = shop.post(
        [{**line, "debit": line["credit"], "credit": line["debit"]} for line in lines]
    )
    return shop.change(
        lambda: ledger.reverse(
            shop.session, first, memo="Balik", key="1", dated=SATURDAY.date(), at=SATURDAY
        )
    )


JOURNALS: dict[str, Callable[[Shop, Lines], Net]] = {
    "JRN-06": _bought_for_cash,
    "JRN-07": _sold_to_a_member,
    "JRN-08": _written,
    "JRN-10": _paid_through_a_channel,
    "JRN-11": _handed_over_to_a_guest,
    "JRN-12": _consigned_goods_sold,
    "JRN-14": _bought_from_a_member,
    "JRN-18": _reversed,
}
