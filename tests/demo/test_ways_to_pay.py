"""The demo's month shows every way to pay, and books, makers, pages and audit say the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace import audit
from marketplace.balances import queries as balances
from marketplace.cooperatives.models import Cooperative
from marketplace.demo.online import GATEWAY
from marketplace.demo.world import VELODROME
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders.models import Order
from marketplace.orders.notices import tracking_path
from marketplace.orders.rules import OrderState
from marketplace.payments.models import BankLine, PaymentAttempt, PaymentEvent
from marketplace.payments.rules import CREDIT, PaymentMethod
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.rules.statements import LineState
from marketplace.payouts import queries as payouts
from marketplace.web.clock import now
from tests.demo.conftest import demo_app

shared_app = demo_app


@pytest.fixture
def loaded(session: Session) -> Session:
    return session


@pytest.fixture
def velodrome(loaded: Session) -> Cooperative:
    return loaded.scalars(select(Cooperative).where(Cooperative.slug == VELODROME.slug)).one()


def finished(session: Session, shop: Cooperative, method: PaymentMethod) -> list[Order]:
    wanted = select(Order).where(
        Order.cooperative_id == shop.id,
        Order.method == method,
        Order.state == OrderState.FINISHED,
    )
    return list(session.scalars(wanted.options(joinedload(Order.purchase))))


@pytest.mark.parametrize("method", list(PaymentMethod), ids=lambda method: method.value)
def test_an_order_was_paid_and_fetched_by_every_way(client, loaded, velodrome, method):
    order = finished(loaded, velodrome, method)[0]

    page = client.get(tracking_path(order.purchase))

    assert page.status_code == 200
    assert "Sudah diambil" in page.text


def test_what_came_online_was_told_and_asked_for_as_from_a_real_gateway(loaded, velodrome):
    attempts = loaded.scalars(
        select(PaymentAttempt).where(PaymentAttempt.cooperative_id == velodrome.id)
    ).all()
    events = loaded.scalars(
        select(PaymentEvent).where(
            PaymentEvent.cooperative_id == velodrome.id, PaymentEvent.source == GATEWAY
        )
    ).all()

    assert {attempt.state for attempt in attempts} == {AttemptState.PAID}
    assert {attempt.ask_at for attempt in attempts} == {None}
    assert [event.facts.get("claims") for event in events if not event.amount] == (
        ["settlement"] * len(attempts)
    )
    book = books.book_of(loaded, velodrome.id, Unit.SHOP)
    assert books.balance_of(loaded, book, Purpose.CHANNEL) == Rupiah.total(
        event.amount for event in events
    )


def test_transfers_of_the_month_were_found_on_statements(loaded, velodrome):
    states = loaded.scalars(
        select(BankLine.state).where(BankLine.cooperative_id == velodrome.id).order_by(BankLine.id)
    ).all()

    assert states.count(LineState.MATCHED) >= 3
    assert states.count(LineState.OPEN) == 3


def test_a_member_has_left_titipan_and_spent_part_of_it(loaded, velodrome):
    (balance,) = balances.of_members(loaded, velodrome, limit=5)
    (order,) = finished(loaded, velodrome, PaymentMethod.BALANCE)

    assert balance.member.called == "Mbak Rara"
    assert balance.free == Rupiah(50_000) - order.total
    assert balances.total(loaded, velodrome.id) == (1, balance.amount)
    spent = select(PaymentEvent.amount).where(PaymentEvent.source == CREDIT)
    assert loaded.scalars(spent).all() == [order.total]


def test_books_and_makers_agree_to_the_rupiah(loaded, velodrome):
    book = books.book_of(loaded, velodrome.id, Unit.SHOP)
    rows = books.trial_balance(loaded, book)

    owed = Rupiah.total(due.amount for due in payouts.dues(loaded, velodrome))
    held = books.balance_of(loaded, book, Purpose.MEMBER_BALANCE)

    assert Rupiah.total(row.debit for row in rows) == Rupiah.total(row.credit for row in rows)
    assert books.balance_of(loaded, book, Purpose.CONSIGNMENT_PAYABLE) == owed
    assert held == balances.total(loaded, velodrome.id)[1]


def test_the_audit_is_clean_without_any_gateway(app, loaded):
    assert app.extensions["gateways"] == {}
    app.extensions["jobs"].deliver_waiting()

    assert [str(finding) for finding in audit.run(loaded, at=now())] == []
