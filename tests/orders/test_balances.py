"""Titipan: money owed to a member becomes their balance, is spent at the checkout, comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.members import service as members
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.queries import refunds
from marketplace.orders.rules import NothingOwed, OrderState, RefundMethod, RefundState
from marketplace.orders.service import Buyer, RefundRequest
from marketplace.orders.service.requests import WrongChoice
from marketplace.orders.service.spending import BalanceTooLow, spend
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod, PaymentState
from tests.makers import SATURDAY, make_account, make_member
from tests.orders.conftest import SARI, first, make_request

QRIS, BALANCE = PaymentMethod.QRIS, PaymentMethod.BALANCE
END = (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED)


@pytest.fixture
def lilik(session, sanan):
    """A member with an account of her own."""
    account = make_account(session, "Bu Lilik")
    sanan.member_count = 1
    make_member(session, sanan, "Bu Lilik", account=account)
    return account


@pytest.fixture
def buy(session, lilik) -> Callable[..., Order]:
    """Order in Bu Lilik's name."""
    buyer = Buyer(lilik.name, lilik.phone, account_id=lilik.id)

    def order(*wanted, method=BALANCE, buyer=buyer, **facts) -> Order:
        request = replace(make_request(*wanted, method=method, **facts), buyer=buyer)
        return first(session, service.place(session, request, at=SATURDAY).id)

    return order


@pytest.fixture
def saved(session, buy, keripik, lilik) -> Callable[[int], Order]:
    """Bu Lilik pays so much too much and leaves it with the cooperative."""

    def save(amount: int) -> Order:
        order = buy((keripik, 1), method=QRIS)
        paid = order.total + Rupiah(amount)
        service.confirm_payment(session, order, paid, key="a", actor_id=None, at=SATURDAY)
        service.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
        return order

    return save


def balance(session: Session, shop) -> Rupiah:
    book = books.book_of(session, shop.id, Unit.SHOP)
    return books.balance_of(session, book, Purpose.MEMBER_BALANCE)


def clean(session: Session) -> list[str]:
    session.flush()
    return [
        str(found)
        for found in audit.run(session, at=SATURDAY)
        if not found.check.startswith("outbox")
    ]


def test_what_was_paid_too_much_becomes_a_balance_when_its_member_asks(
    session, sanan, saved, lilik
):
    order = saved(40_000)
    again = service.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)

    assert balance(session, sanan) == Rupiah(40_000)
    assert (order.refund_due, order.state) == (Rupiah(0), OrderState.NEW)
    assert [refund.id for refund in refunds.refunds_of(session, order)] == [again.id]
    assert (again.state, again.method) == (RefundState.PAID, RefundMethod.BALANCE)
    assert clean(session) == []


def test_only_the_member_who_bought_may_ask_and_only_for_what_is_owed(
    session, sanan, buy, keripik, lilik
):
    order = buy((keripik, 1), method=QRIS)
    sri = make_account(session, "Mbak Sri")
    make_member(session, sanan, "Mbak Sri", account=sri)

    with pytest.raises(NothingOwed):
        service.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
    service.confirm_payment(session, order, Rupiah(20_000), key="a", actor_id=None, at=SATURDAY)
    with pytest.raises(NotFound):
        service.ask_into_balance(session, order, account_id=sri.id, at=SATURDAY)

    assert order.refund_due == Rupiah(5_000)


def test_above_the_limit_an_officer_agrees_before_it_is_a_balance(
    session, sanan, saved, lilik, officer
):
    sanan.refund_limit = Rupiah(10_000)
    order = saved(10_001)
    (refund,) = refunds.refunds_of(session, order)
    again = service.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
    assert again.id == refund.id
    assert (refund.state, balance(session, sanan)) == (RefundState.REQUESTED, Rupiah(0))

    service.approve_refund(session, refund, by=officer.id, at=SATURDAY)

    assert (refund.state, balance(session, sanan)) == (RefundState.PAID, Rupiah(10_001))
    assert clean(session) == []


def test_a_balance_pays_an_order_the_moment_it_is_placed(session, sanan, saved, buy, keripik):
    saved(40_000)

    order = buy((keripik, 2))
    intent = intent_of(session, sanan.id, order.id)

    assert (order.state, order.pay_by, order.method) == (OrderState.NEW, None, BALANCE)
    assert (intent.state, intent.received) == (PaymentState.PAID, Rupiah(30_000))
    assert balance(session, sanan) == Rupiah(10_000)
    assert clean(session) == []


def test_the_same_checkout_again_spends_once(session, sanan, saved, buy, keripik):
    saved(40_000)

    orders = {buy((keripik, 1), key="kunci-checkout-yang-sama").id for _ in range(20)}

    assert len(orders) == 1
    assert balance(session, sanan) == Rupiah(25_000)


def test_a_balance_is_offered_when_it_covers_the_whole_order(session, sanan, saved, keripik, lilik):
    saved(29_999)

    small, large = (
        queries.quote(session, {keripik.id: pieces}, at=SATURDAY, account_id=lilik.id).orders[0]
        for pieces in (1, 2)
    )
    guest = queries.quote(session, {keripik.id: 1}, at=SATURDAY).orders[0]

    assert (small.methods[-1], small.too_little) == (BALANCE, None)
    assert BALANCE not in large.methods
    assert (
        str(large.too_little).replace("\xa0", " ")
        == "Titipanmu Rp 29.999, kurang Rp 1. Pilih cara bayar lain."
    )
    assert (BALANCE in guest.methods, guest.balance) == (False, None)


def test_held_money_is_not_offered(session, sanan, saved, keripik, lilik, buy):
    saved(30_000)
    member = refunds.buyer_as_member(session, buy((keripik, 1), method=QRIS))
    ledger.hold(
        session, sanan.id, Unit.SHOP, MemberAccount(Purpose.MEMBER_BALANCE, member.id),
        Rupiah(20_000), key="h", expires_at=None, at=SATURDAY,
    )  # fmt: skip

    quoted = queries.quote(session, {keripik.id: 1}, at=SATURDAY, account_id=lilik.id).orders[0]

    assert quoted.balance == Rupiah(10_000)
    with pytest.raises(WrongChoice):
        buy((keripik, 1))


def test_who_is_no_member_or_a_guest_cannot_pay_with_a_balance(session, saved, buy, keripik):
    saved(30_000)
    stranger = make_account(session, "Arif")

    for buyer in (SARI, Buyer("Arif", stranger.phone, account_id=stranger.id)):
        with pytest.raises(WrongChoice):
            buy((keripik, 1), buyer=buyer)


def test_money_that_was_spent_meanwhile_stops_the_payment(session, saved, buy, keripik, lilik):
    saved(20_000)
    order = buy((keripik, 1))
    buyer = Buyer(lilik.name, lilik.phone, account_id=lilik.id)

    with pytest.raises(BalanceTooLow) as refused:
        spend(session, order, intent_of(session, order.cooperative_id, order.id), buyer,
              at=SATURDAY)  # fmt: skip

    assert (refused.value.code, refused.value.status) == ("balance_too_small", 409)
    assert "kurang Rp 10.000" in str(refused.value.message).replace("\xa0", " ")


@pytest.mark.parametrize("by_buyer", [True, False])
def test_a_cancelled_order_gives_the_balance_back_at_once(
    session, sanan, saved, buy, keripik, lilik, officer, by_buyer
):
    sanan.refund_limit = Rupiah(0)
    saved(40_000)
    (first_refund,) = refunds.refunds_in(session, sanan.id)
    service.approve_refund(session, first_refund, by=officer.id, at=SATURDAY)
    order = buy((keripik, 2))

    for _ in range(2):  # the second tap gives nothing more
        if by_buyer:
            service.cancel_by_buyer(session, order, actor_id=lilik.id, at=SATURDAY)
        else:
            service.cancel(session, order, reason="habis", actor_id=officer.id, at=SATURDAY)
    (refund,) = refunds.refunds_of(session, order)

    assert balance(session, sanan) == Rupiah(40_000)
    assert (refund.state, refund.method) == (RefundState.PAID, RefundMethod.BALANCE)
    assert (order.state, order.refund_due) == (OrderState.CANCELLED, Rupiah(0))
    assert clean(session) == []


def test_who_has_left_gets_it_back_too(session, sanan, saved, buy, keripik, lilik, officer):
    saved(40_000)
    order = buy((keripik, 2))
    member = refunds.buyer_as_member(session, order)
    members.leave(
        session, sanan.id, member.id, on=SATURDAY.date(), reason="pindah", by=officer.id,
        at=SATURDAY,
    )  # fmt: skip

    service.cancel(session, order, reason=None, actor_id=officer.id, at=SATURDAY)

    assert balance(session, sanan) == Rupiah(40_000)
    assert clean(session) == []


def test_other_money_that_came_for_such_an_order_is_owed_and_not_made_a_balance(
    session, sanan, saved, buy, keripik
):
    saved(20_000)
    order = buy((keripik, 1))
    service.confirm_payment(session, order, Rupiah(7_000), key="b", actor_id=None, at=SATURDAY)

    service.cancel(session, order, reason=None, actor_id=None, at=SATURDAY)

    assert (balance(session, sanan), order.refund_due) == (Rupiah(20_000), Rupiah(7_000))
    assert clean(session) == []


@pytest.mark.parametrize("way", [RefundMethod.BALANCE, RefundMethod.SAME_WAY])
def test_a_returned_line_of_a_spent_balance_goes_back_to_it(
    session, sanan, saved, buy, keripik, officer, way
):
    saved(40_000)
    order = buy((keripik, 2))
    for state in END:
        service.advance(session, order, state, actor_id=None, at=SATURDAY)

    wanted = RefundRequest("remuk", pieces={order.lines[0].id: 1}, goods_back=True)
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)
    service.pay_refund(session, refund, way, by=officer.id, at=SATURDAY)

    assert balance(session, sanan) == Rupiah(25_000)
    assert clean(session) == []


def test_a_hand_over_that_is_undone_keeps_the_money_paid(session, sanan, saved, buy, keripik):
    saved(40_000)
    order = buy((keripik, 2))
    for state in END:
        service.advance(session, order, state, actor_id=None, at=SATURDAY)

    service.undo(session, order, actor_id=None, at=SATURDAY + timedelta(minutes=1))

    assert order.state is OrderState.READY_FOR_PICKUP
    assert intent_of(session, sanan.id, order.id).received == Rupiah(30_000)
    assert balance(session, sanan) == Rupiah(10_000)
    assert clean(session) == []
