"""Makers are paid what they earned: once, by two people, and the books say so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from marketplace import audit
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderLine
from marketplace.payouts import queries, service
from marketplace.payouts.rules import (
    BatchState,
    NothingOwed,
    OwedLess,
    PaidBy,
    WrongBatchStep,
    promised_on,
)
from tests.ledger.conftest import posting
from tests.makers import SATURDAY

TODAY = date(2026, 11, 28)


@pytest.fixture
def composed(session, sanan, treasurer):
    def compose(*members, key="form"):
        return service.compose(
            session, sanan.id, [m.id for m in members], key=key, by=treasurer.id, at=SATURDAY
        )

    return compose


@pytest.fixture
def paid(session, composed, chair, treasurer):
    def pay(*members, how=PaidBy.CASH, key="form"):
        batch = composed(*members, key=key)
        service.approve(session, batch, by=chair.id, at=SATURDAY)
        return service.pay(
            session, batch, paid_by=how, reference="kuitansi 7", by=treasurer.id, at=SATURDAY
        )

    return pay


def owed(session, sanan) -> dict[str, int]:
    return {due.name: due.amount.amount for due in queries.dues(session, sanan)}


def test_makers_are_owed_their_share_until_the_promised_day(session, sanan, lilik, wahyu):
    found = queries.dues(session, sanan)

    assert {due.name: due.amount.amount for due in found} == {
        "Bu Lilik": 45_938,
        "Mas Wahyu": 8_750,
    }
    assert {due.promised for due in found} == {TODAY + timedelta(days=7)}


def test_a_batch_is_paid_and_booked_for_each_maker(session, sanan, lilik, wahyu, paid, treasurer):
    batch = paid(lilik, wahyu)

    book = books.book_of(session, sanan.id, Unit.SHOP)
    entries = books.entries_of_source(session, sanan.id, service.PAYOUT, batch.id)
    assert (batch.state, batch.total, batch.reference) == (
        BatchState.PAID,
        Rupiah(54_688),
        "kuitansi 7",
    )
    assert owed(session, sanan) == {}
    assert [entry.created_by for entry in entries] == [treasurer.id] * 2
    assert books.balance_of(session, book, Purpose.CASH) == Rupiah(62_499 - 54_688)
    assert [f for f in audit.run(session, at=SATURDAY) if f.check.startswith("ledger")] == []


def test_paying_twice_pays_once(session, sanan, lilik, paid, treasurer):
    batch = paid(lilik)

    service.pay(
        session, batch, paid_by=PaidBy.TRANSFER, reference=None, by=treasurer.id, at=SATURDAY
    )

    assert batch.paid_by is PaidBy.CASH
    assert len(books.entries_of_source(session, sanan.id, service.PAYOUT, batch.id)) == 1


def test_a_transfer_leaves_the_bank(session, sanan, lilik, paid):
    paid(lilik, how=PaidBy.TRANSFER)

    book = books.book_of(session, sanan.id, Unit.SHOP)
    assert books.balance_of(session, book, Purpose.BANK) == Rupiah(-45_938)


def test_the_same_form_composes_once_and_a_debt_stands_in_one_open_batch(
    session, sanan, lilik, wahyu, composed
):
    batch = composed(lilik)

    assert composed(lilik).id == batch.id
    with pytest.raises(NothingOwed):
        composed(lilik, key="another")
    assert [p.member_id for p in composed(lilik, wahyu, key="third").payouts] == [wahyu.id]
    assert {due.name: due.waits.amount for due in queries.dues(session, sanan)} == {
        "Bu Lilik": 45_938,
        "Mas Wahyu": 8_750,
    }


def test_a_batch_that_is_given_up_frees_its_debts(session, sanan, lilik, composed):
    batch = composed(lilik)

    service.cancel(session, batch, at=SATURDAY)
    service.cancel(session, batch, at=SATURDAY)

    assert composed(lilik, key="again").total == Rupiah(45_938)
    assert queries.count_open(session, sanan.id) == 1


def test_who_composed_a_batch_does_not_approve_it(session, lilik, composed, treasurer):
    batch = composed(lilik)

    with pytest.raises(service.NeedsAnother):
        service.approve(session, batch, by=treasurer.id, at=SATURDAY)
    batch.state, batch.approved_by = BatchState.APPROVED, treasurer.id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_nothing_is_paid_before_it_is_approved_or_after_it_was_given_up(
    session, lilik, composed, chair, treasurer
):
    batch = composed(lilik)
    how = {"paid_by": PaidBy.CASH, "reference": None, "by": treasurer.id, "at": SATURDAY}

    with pytest.raises(WrongBatchStep):
        service.pay(session, batch, **how)
    service.approve(session, batch, by=chair.id, at=SATURDAY)
    assert service.approve(session, batch, by=chair.id, at=SATURDAY).approved_by == chair.id
    service.cancel(session, batch, at=SATURDAY)
    with pytest.raises(WrongBatchStep):
        service.pay(session, batch, **how)


def test_a_debt_that_shrank_meanwhile_is_not_overpaid(
    session, sanan, lilik, composed, chair, treasurer
):
    batch = composed(lilik)
    service.approve(session, batch, by=chair.id, at=SATURDAY)
    part = MemberAccount(Purpose.CONSIGNMENT_PAYABLE, lilik.id)
    ledger.post(session, sanan.id, Unit.SHOP, posting((part, Purpose.CASH, 1)), at=SATURDAY)

    with pytest.raises(OwedLess):
        service.pay(
            session, batch, paid_by=PaidBy.CASH, reference=None, by=treasurer.id, at=SATURDAY
        )


def test_who_was_paid_in_part_waits_since_the_first_sale_not_paid(session, sanan, lilik, paid):
    paid(lilik)
    part = MemberAccount(Purpose.CONSIGNMENT_PAYABLE, lilik.id)
    for day in (10, 20):
        ledger.post(
            session, sanan.id, Unit.SHOP,
            posting((Purpose.CASH, part, 1_000), dated=date(2026, 12, day)), at=SATURDAY,
        )  # fmt: skip

    (due,) = queries.dues(session, sanan)

    assert (due.amount, due.promised) == (Rupiah(2_000), date(2026, 12, 17))


def test_a_statement_says_what_was_sold_paid_and_is_owed(session, sanan, lilik, paid):
    paid(lilik)

    month = queries.statement(
        session, sanan.id, lilik.id, starts=date(2026, 11, 1), ends=date(2026, 11, 30)
    )
    next_month = queries.statement(
        session, sanan.id, lilik.id, starts=date(2026, 12, 1), ends=date(2026, 12, 31)
    )

    (sold,) = month.sold
    assert (sold.title, sold.quantity, sold.total) == ("Tempe Bu Lilik", 3, Rupiah(52_500))
    assert (sold.share, sold.commission) == (Rupiah(45_938), Rupiah(6_562))
    assert [(line.credit.amount, line.debit.amount) for line in month.lines] == [
        (45_938, 0),
        (0, 45_938),
    ]
    assert (month.opening, month.closing, next_month.closing) == (Rupiah(0),) * 3
    assert next_month.sold == []


def test_a_batch_of_nobody_knows_is_not_found(session, sanan):
    with pytest.raises(NotFound):
        queries.batch(session, sanan.id, new_id())
    assert queries.dues(session, sanan) == []


def test_a_promise_counts_days_from_the_sale():
    assert promised_on(TODAY, 7) == date(2026, 12, 5)


def test_what_came_back_is_no_longer_sold_in_a_makers_month(session, sanan, lilik, treasurer):
    order = session.scalars(
        select(Order).join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.maker_id == lilik.id).options(selectinload(Order.lines))
    ).one()  # fmt: skip
    wanted = orders.RefundRequest("remuk", pieces={order.lines[0].id: 1})
    orders.request_refund(session, order, wanted, key="1", by=treasurer.id, at=SATURDAY)

    month = queries.statement(
        session, sanan.id, lilik.id, starts=date(2026, 11, 1), ends=date(2026, 11, 30)
    )
    before = queries.statement(
        session, sanan.id, lilik.id, starts=date(2026, 10, 1), ends=date(2026, 10, 31)
    )

    (sold,) = month.sold
    assert (sold.quantity, sold.total) == (2, Rupiah(35_000))
    assert sold.share + sold.commission == sold.total
    assert sold.share == month.closing
    assert before.sold == []
