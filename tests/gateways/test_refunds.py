"""Money goes back by the way it came: through the gateway, once, and in the books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace import audit
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.rules.refunds import RefundMethod
from marketplace.orders.service import RefundRequest
from marketplace.outbox.service import oldest_waiting
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.gateways.world import World
from tests.makers import SATURDAY


@pytest.fixture
def paid(world: World) -> World:
    """The order was paid online and then cancelled: its money is owed back."""
    world.key = world.buy()
    world.jobs.drain()
    world.stub.pay(world.stub.only().reference)
    with world.app.app_context(), transaction() as session:
        order = session.get_one(Order, world.key)
        service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)
    world.jobs.drain()
    assert world.order(world.key).refund_due == Rupiah(30_000)
    return world


def give_back(world: World, amount: int, how: RefundMethod = RefundMethod.SAME_WAY) -> None:
    with world.app.app_context(), transaction() as session:
        order = session.get_one(Order, world.key)
        wanted = RefundRequest("Pesanan batal", Rupiah(amount))
        key = f"kembali-{amount}-{how.value}"
        refund = service.request_refund(
            session, order, wanted, key=key, by=world.officer, at=SATURDAY
        )
        service.pay_refund(session, refund, how, reference="REF1", by=world.officer, at=SATURDAY)


def refunds(world: World) -> list[int]:
    return [body["amount"] for body in world.stub.bodies if "refund_key" in body]


def channel(world: World) -> int:
    with world.app.app_context():
        session = db.session()
        book = books.book_of(session, world.key[0], Unit.SHOP)
        rows = {row.code: row.balance.amount for row in books.trial_balance(session, book)}
        assert audit.run(session, at=SATURDAY) == []
        return rows["1-1300"]


def test_two_parts_go_back_through_the_gateway_and_the_books_close(paid):
    give_back(paid, 20_000)
    paid.jobs.drain()
    after_one = channel(paid)

    give_back(paid, 10_000)
    paid.jobs.drain()
    paid.jobs.drain()

    assert refunds(paid) == [20_000, 10_000]
    assert (after_one, channel(paid)) == (10_000, 0)
    assert paid.order(paid.key).refund_due == Rupiah(0)


def test_a_busy_gateway_is_told_again_under_the_same_key(paid):
    paid.stub.fails_with = 503
    give_back(paid, 30_000)
    paid.jobs.drain()
    assert refunds(paid) == []
    paid.stub.fails_with = None

    paid.jobs.drain()
    paid.jobs.drain()

    assert refunds(paid) == [30_000]


def test_officers_are_told_when_the_gateway_does_not_give_it_back(paid):
    paid.stub.fails_with = 412
    give_back(paid, 30_000)

    paid.jobs.drain()
    paid.jobs.drain()

    told = [text for text in paid.notices() if "tidak bisa mengembalikan" in text]
    assert len(told) == 1


def test_money_that_went_back_by_hand_is_not_given_back_again(paid):
    give_back(paid, 30_000, RefundMethod.TRANSFER)

    paid.jobs.drain()

    assert refunds(paid) == []


def test_officers_give_back_what_came_through_a_gateway_that_is_not_set_up_any_more(paid):
    paid.app.extensions["gateways"] = {}
    give_back(paid, 30_000)

    paid.jobs.drain()
    paid.jobs.drain()

    told = [text for text in paid.notices() if "tidak bisa mengembalikan" in text]
    assert len(told) == 1
    with paid.app.app_context():
        assert oldest_waiting(db.session(), at=SATURDAY + timedelta(days=1)) == timedelta(0)
