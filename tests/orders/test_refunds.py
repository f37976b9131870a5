"""Money that goes back: what it leaves in the books, on the shelf and of the order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.queries import refunds as queries
from marketplace.orders.rules import (
    NothingOwed,
    OrderState,
    ProofMissing,
    RefundKind,
    RefundMethod,
    RefundState,
    SecondOfficer,
    TooMuchBack,
    WrongRefundStep,
    WrongStep,
)
from marketplace.orders.service import RefundRequest
from marketplace.payments import service as payments
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod
from marketplace.stock import queries as shelves
from marketplace.stock import service as stock
from tests.makers import SATURDAY, make_account, make_listing, make_member, make_officer
from tests.orders.conftest import first, make_request
from tests.orders.test_booking import standing

QRIS = PaymentMethod.QRIS
END = (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED)


@pytest.fixture
def give(session: Session, officer) -> Callable[..., object]:
    """Ask for a refund in one officer's name."""

    def go(order: Order, amount: int | None = None, **wanted: object) -> object:
        key = str(wanted.pop("key", len(queries.refunds_of(session, order))))
        by = wanted.pop("by", officer.id)
        request = RefundRequest("Barang rusak", Rupiah(amount) if amount else None, **wanted)  # type: ignore[arg-type]
        return service.request_refund(session, order, request, key=key, by=by, at=SATURDAY)

    return go


@pytest.fixture
def pay(session: Session, officer) -> Callable[..., object]:
    def go(refund, method: RefundMethod = RefundMethod.SAME_WAY, **facts: object) -> object:
        return service.pay_refund(session, refund, method, by=officer.id, at=SATURDAY, **facts)

    return go


def sold(session: Session, *wanted, method: PaymentMethod = QRIS, over: int = 0) -> Order:
    """An order that was paid and handed over."""
    request = make_request(*wanted, method=method)
    order = first(session, service.place(session, request, at=SATURDAY).id)
    if method is not PaymentMethod.COD:
        due = intent_of(session, order.cooperative_id, order.id).amount_due
        service.confirm_payment(
            session, order, due + Rupiah(over), key="a", actor_id=None, at=SATURDAY
        )
    for state in END:
        service.advance(session, order, state, actor_id=None, at=SATURDAY)
    return order


def clean(session: Session) -> list[str]:
    session.flush()
    return [
        str(found)
        for found in audit.run(session, at=SATURDAY)
        if not found.check.startswith(("outbox", "tenants"))
    ]


def test_money_of_a_cancelled_order_goes_back_and_the_books_are_empty(
    session, sanan, keripik, give, pay
):
    order = first(
        session, service.place(session, make_request((keripik, 4), method=QRIS), at=SATURDAY).id
    )
    service.confirm_payment(session, order, order.total, key="a", actor_id=None, at=SATURDAY)
    service.cancel(session, order, reason="habis", actor_id=None, at=SATURDAY)

    (owed,) = queries.money_owed(session, sanan.id)
    refund = give(order)
    nothing_left = queries.money_owed(session, sanan.id)
    pay(refund)

    assert (owed.order.id, owed.free) == (order.id, Rupiah(60_000))
    assert nothing_left == []
    assert (refund.kind, refund.state) == (RefundKind.OWED, RefundState.PAID)
    assert order.refund_due == Rupiah(0)
    assert queries.share_of(session, order).refunded == Rupiah(60_000)
    assert standing(session, sanan) == {}
    assert clean(session) == []


def test_money_goes_back_in_parts_but_never_more_than_is_owed(session, sanan, keripik, give, pay):
    order = first(
        session, service.place(session, make_request((keripik, 4), method=QRIS), at=SATURDAY).id
    )
    service.confirm_payment(session, order, Rupiah(65_000), key="a", actor_id=None, at=SATURDAY)
    pay(give(order, 2_000))
    give(order, 1_000)

    with pytest.raises(TooMuchBack):
        give(order, 2_001, kind=RefundKind.OWED)
    with pytest.raises(NothingOwed):
        give(order, 2_001)
    service.cancel(session, order, reason=None, actor_id=None, at=SATURDAY)

    assert order.refund_due == Rupiah(63_000)
    assert queries.free_to_pay_back(session, order) == Rupiah(62_000)
    assert clean(session) == []


def test_goods_that_were_not_handed_over_are_cancelled_not_returned(session, ordered, give):
    order = ordered(OrderState.NEW, method=QRIS)

    with pytest.raises(NothingOwed):
        give(order, 5_000)


def test_two_partial_refunds_take_back_makers_share_and_commission_to_the_rupiah(
    session, sanan, give, pay
):
    sanan.share_basis_points = 1250
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Keripik tempe", price=17_500, maker=lilik)
    order = sold(session, (tempe, 3))
    (line,) = order.lines

    pay(give(order, 10_001))
    assert standing(session, sanan) == {"1-1200": 42_499, "2-1300": 37_187, "4-2300": 5_312}
    assert clean(session) == []
    pay(give(order, pieces={line.id: 3}), RefundMethod.CASH)

    assert standing(session, sanan) == {"1-1200": 42_499, "1-1100": -42_499}
    assert clean(session) == []
    with pytest.raises(TooMuchBack):
        give(order, pieces={line.id: 1})


def test_a_fully_refunded_transfer_leaves_nothing_of_its_discount_either(
    session, sanan, keripik, give, pay
):
    payments.propose(
        session, sanan, BankAccount("Bank Jatim", "1234567890", "Koperasi"), by=None, at=SATURDAY
    )
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Tempe", price=17_500, maker=lilik)
    order = sold(session, (tempe, 3), (keripik, 2), method=PaymentMethod.TRANSFER)
    pieces = {line.id: 1 for line in order.lines}

    first_back = pay(give(order, pieces=pieces), RefundMethod.TRANSFER, reference="TRF-1")
    still = clean(session)
    rest = pay(give(order), RefundMethod.TRANSFER, reference="TRF-2")

    due = intent_of(session, sanan.id, order.id).amount_due
    assert first_back.amount + rest.amount == due < order.total
    assert still == clean(session) == []
    assert standing(session, sanan) == {}


def test_goods_that_come_back_bring_the_cost_they_left_with(session, sanan, keripik, give, pay):
    stock.put(session, sanan.id, keripik.id, 20, cause="dibeli", value=Rupiah(440_500), at=SATURDAY)
    order = sold(session, (keripik, 12))
    (line,) = order.lines

    pay(give(order, pieces={line.id: 5}, goods_back=True))
    half = standing(session, sanan)
    pay(give(order, pieces={line.id: 7}, goods_back=True))

    shelf = shelves.shelf(session, sanan.id, keripik.id, day=SATURDAY.date(), at=SATURDAY)
    assert half["5-2200"] == 176_200 - 73_417
    assert half["4-2200"] == 7 * 15_000
    assert standing(session, sanan) == {}
    assert shelf.on_hand == 30
    assert clean(session) == []


def test_broken_goods_do_not_come_back_to_the_shelf(session, sanan, keripik, give, pay):
    order = sold(session, (keripik, 4))
    (line,) = order.lines

    refund = pay(give(order, pieces={line.id: 4}))

    shelf = shelves.shelf(session, sanan.id, keripik.id, day=SATURDAY.date(), at=SATURDAY)
    assert not refund.goods_back
    assert shelf.on_hand == 6
    assert clean(session) == []


def test_a_members_return_is_taken_off_sales_to_members_even_after_they_left(
    session, sanan, keripik, give, pay
):
    lilik = make_account(session, "Bu Lilik")
    member = make_member(session, sanan, account=lilik)
    request = make_request((keripik, 4))
    buyer = service.Buyer(name="Bu Lilik", phone=lilik.phone or "", account_id=lilik.id)
    order = first(
        session,
        service.place(
            session,
            service.OrderRequest(
                request.checkout_key, request.basket, buyer, request.expected_total, request.choices
            ),
            at=SATURDAY,
        ).id,
    )
    for state in END:
        service.advance(session, order, state, actor_id=None, at=SATURDAY)

    pay(give(order, 10_000), RefundMethod.BALANCE)
    book = books.book_of(session, sanan.id, Unit.SHOP)
    kept = books.balance_of(session, book, Purpose.MEMBER_BALANCE, member_id=member.id)
    member.left_on = SATURDAY.date()
    pay(give(order), RefundMethod.CASH)

    assert kept == Rupiah(10_000)
    assert standing(session, sanan) == {"1-1100": 10_000, "2-1610": 10_000}
    assert clean(session) == []


def test_only_a_member_has_a_balance_to_put_money_on(session, keripik, give, pay):
    refund = give(sold(session, (keripik, 1)), 5_000)

    with pytest.raises(Invalid):
        pay(refund, RefundMethod.BALANCE)


def test_a_transfer_back_needs_something_that_shows_it(session, keripik, give, pay):
    refund = give(sold(session, (keripik, 1)), 5_000)

    with pytest.raises(ProofMissing):
        pay(refund, RefundMethod.TRANSFER)


def test_the_same_key_asks_once_and_paying_twice_pays_once(session, sanan, keripik, give, pay):
    order = sold(session, (keripik, 4))

    refund = give(order, 10_000, key="x")
    again = give(order, 10_000, key="x")
    pay(refund)
    pay(refund)

    assert again.id == refund.id
    assert standing(session, sanan) == {"1-1200": 50_000, "4-2200": 50_000}
    with pytest.raises(service.RefundKeyReused):
        give(order, 10_001, key="x")


def test_above_the_limit_another_officer_agrees(session, sanan, officer, keripik, give, pay):
    sanan.refund_limit = Rupiah(20_000)
    wati = make_officer(session, sanan, name="Bu Wati")
    order = sold(session, (keripik, 4))
    small = give(order, 15_000)
    large = give(order, 15_000)

    with pytest.raises(SecondOfficer):
        service.approve_refund(session, large, by=officer.id, at=SATURDAY)
    with pytest.raises(WrongRefundStep):
        pay(large)
    service.approve_refund(session, large, by=wati.id, at=SATURDAY)
    pay(large)

    assert small.state is RefundState.APPROVED
    assert (large.decided_by, large.paid_by) == (wati.id, officer.id)
    assert clean(session) == []


def test_a_refused_refund_leaves_everything_as_it_was(session, sanan, officer, keripik, give):
    sanan.refund_limit = Rupiah(0)
    order = sold(session, (keripik, 4))
    before = standing(session, sanan)
    refund = give(order, 15_000)

    service.refuse_refund(session, refund, by=officer.id, at=SATURDAY)

    assert standing(session, sanan) == before
    assert queries.asked_before(session, order) == Rupiah(0)
    assert clean(session) == []


def test_a_hand_over_whose_money_went_back_cannot_be_undone(session, keripik, give):
    order = sold(session, (keripik, 4))
    give(order, 5_000)

    with pytest.raises(WrongStep):
        service.undo(session, order, actor_id=None, at=SATURDAY)


def test_money_that_was_promised_back_does_not_revive_an_expired_order(
    session, sanan, keripik, give
):
    order = first(
        session, service.place(session, make_request((keripik, 4), method=QRIS), at=SATURDAY).id
    )
    order.pay_by = SATURDAY
    service.expire_overdue(session, at=SATURDAY)
    service.confirm_payment(session, order, Rupiah(10_000), key="a", actor_id=None, at=SATURDAY)
    give(order)

    service.confirm_payment(session, order, Rupiah(50_000), key="b", actor_id=None, at=SATURDAY)

    assert order.state is OrderState.EXPIRED
    assert order.refund_due == Rupiah(60_000)
    assert clean(session) == []
