"""Pieces are taken off an order before it is handed over; goods, price and money follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace import audit
from marketplace.accounts.models import Notice
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import service
from marketplace.orders.models import LineCut, Order, Purchase
from marketplace.orders.rules import OrderState, WrongStep
from marketplace.orders.rules.reducing import CutKeyReused, NothingLeft, commission_left
from marketplace.orders.service import place
from marketplace.payments import service as payments
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod, PaymentState
from marketplace.stock.models import StockItem
from tests.makers import SATURDAY, make_account, make_listing, make_member
from tests.orders.conftest import first, make_request

JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")


def clean(session) -> list[str]:
    session.flush()
    return [
        str(found)
        for found in audit.run(session, at=SATURDAY)
        if not found.check.startswith(("outbox", "tenants"))
    ]


def cut(session, order: Order, quantity: int, *, place: int = 0, key: str = "satu", **facts):
    wanted = {order.lines[place].id: quantity}
    told = {"key": key, "reason": "Bahan habis", "by": None, "at": SATURDAY, **facts}
    return service.reduce(session, order, wanted, **told)


def reserved_of(session, order: Order, place: int) -> int:
    line = order.lines[place]
    item = session.get(StockItem, (line.cooperative_id, line.variant_id), populate_existing=True)
    return item.reserved


@pytest.fixture
def two(session, sanan, keripik):
    """Three bags of keripik and two of Bu Lilik's tempe, paid by QRIS."""
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Tempe", price=9_999, stock_count=9, maker=lilik)

    def make(method: PaymentMethod = PaymentMethod.QRIS) -> Order:
        request = make_request((keripik, 3), (tempe, 2), method=method)
        order = first(session, place(session, request, at=SATURDAY).id)
        if method is not PaymentMethod.COD:
            due = intent_of(session, sanan.id, order.id).amount_due
            service.confirm_payment(session, order, due, key="1", actor_id=None, at=SATURDAY)
        return order

    return make


@given(st.integers(0, 10**9), st.integers(1, 1000), st.data())
def test_the_share_that_is_left_is_within_its_part_and_no_more_than_before(share, quantity, data):
    left = data.draw(st.integers(0, quantity))

    found = commission_left(Rupiah(share), quantity, left).amount

    assert found <= share * left / quantity
    assert commission_left(Rupiah(share), quantity, quantity) == Rupiah(share)


@pytest.mark.parametrize("method", [PaymentMethod.QRIS, PaymentMethod.TRANSFER])
def test_what_was_paid_for_pieces_that_are_taken_off_is_owed_back(session, sanan, two, method):
    payments.propose(session, sanan, JATIM, by=None, at=SATURDAY)
    order = two(method)

    cut(session, order, 2)

    intent = intent_of(session, sanan.id, order.id)
    assert (order.total, order.refund_due) == (Rupiah(34_998), Rupiah(30_000))
    assert (intent.received - intent.amount_due, intent.state) == (
        Rupiah(30_000),
        PaymentState.OVER,
    )
    bought = session.get_one(Purchase, order.purchase_id, populate_existing=True)
    assert bought.total == order.total
    assert reserved_of(session, order, 0) == 1
    assert clean(session) == []


def test_a_whole_line_goes_and_its_goods_are_free_again(session, two):
    order = two()

    cut(session, order, 2, place=1)

    assert (order.lines[1].quantity, order.lines[1].total) == (0, Rupiah(0))
    assert (reserved_of(session, order, 0), reserved_of(session, order, 1)) == (3, 0)
    assert clean(session) == []


def test_a_smaller_order_is_handed_over_undone_and_paid_back(session, two, officer):
    order = two()
    cut(session, order, 1)
    cut(session, order, 1, place=1, key="dua")
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, order, state, actor_id=None, at=SATURDAY)
    assert clean(session) == []

    service.undo(session, order, actor_id=None, at=SATURDAY)
    service.hand_over(session, order, actor_id=None, at=SATURDAY)
    wanted = service.RefundRequest("Bahan habis")
    refund = service.request_refund(session, order, wanted, key="1", by=officer.id, at=SATURDAY)

    assert (refund.amount, order.refund_due) == (Rupiah(24_999), Rupiah(24_999))
    assert clean(session) == []


def test_cash_is_asked_for_less_and_nothing_is_owed(session, sanan, two):
    order = two(PaymentMethod.COD)

    cut(session, order, 3)
    service.advance(session, order, OrderState.IN_PREPARATION, actor_id=None, at=SATURDAY)
    service.advance(session, order, OrderState.READY_FOR_PICKUP, actor_id=None, at=SATURDAY)
    service.hand_over(session, order, actor_id=None, at=SATURDAY)

    assert intent_of(session, sanan.id, order.id).received == Rupiah(19_998)
    assert order.refund_due == Rupiah(0)
    assert clean(session) == []


def test_a_smaller_order_that_is_cancelled_owes_all_that_was_paid(session, two):
    order = two()
    cut(session, order, 1)

    service.cancel(session, order, reason=None, actor_id=None, at=SATURDAY)

    assert order.refund_due == Rupiah(64_998)
    assert clean(session) == []


def test_the_same_form_takes_off_once_and_never_anything_else(session, two):
    order = two()

    cut(session, order, 1)
    cut(session, order, 1)

    assert order.lines[0].quantity == 2
    with pytest.raises(CutKeyReused):
        cut(session, order, 2)
    assert len(session.scalars(select(LineCut)).all()) == 1


def test_more_than_there_is_nothing_and_everything_are_refused(session, two):
    order = two()
    everything = {line.id: line.quantity for line in order.lines}
    told = {"reason": "Habis", "by": None, "at": SATURDAY}

    for wanted, error in (
        ({}, Invalid),
        ({order.lines[0].id: 4}, Invalid),
        ({new_id(): 1}, Invalid),
        (everything, NothingLeft),
    ):
        with pytest.raises(error):
            service.reduce(session, order, wanted, key="x", **told)
    with pytest.raises(Invalid):
        cut(session, order, 1, reason="  ")
    assert clean(session) == []


@pytest.mark.parametrize("state", [OrderState.AWAITING_PAYMENT, OrderState.FINISHED])
def test_before_the_money_and_after_the_hand_over_nothing_is_taken_off(session, ordered, state):
    order = ordered(state, method=PaymentMethod.QRIS)

    with pytest.raises(WrongStep):
        cut(session, order, 1)


def test_an_officer_sees_what_it_does_before_it_is_done_and_the_buyer_is_told(
    app, session, sanan, officer, sign_in, two
):
    order = two()
    sari = make_account(session, "Sari")
    session.get_one(Purchase, order.purchase_id).account_id = sari.id
    session.commit()
    path = f"/k/{sanan.slug}/kelola/pesanan/{order.number}"
    form = {f"jumlah-{to_text(order.lines[0].id)}": "2", "reason": "Bahan habis", "key": "f1"}
    budi = sign_in(officer)

    asked = budi.get(f"{path}/kurangi").text
    sure = budi.post(f"{path}/kurangi", data=form)
    untouched = session.scalars(select(LineCut)).all()
    done = [budi.post(f"{path}/kurangi", data={**form, "yakin": "ya"}) for _ in range(2)]
    empty = budi.post(f"{path}/kurangi", data={"reason": "Habis", "key": "f2"})
    app.extensions["jobs"].deliver_waiting()

    assert "Kurangi barang" in budi.get(path).text
    assert "Dipesan 3" in asked
    assert (sure.status_code, "Ya, kurangi" in sure.text, untouched) == (200, True, [])
    assert [answer.status_code for answer in done] == [303, 303]
    session.refresh(order, ["total"])
    assert order.total == Rupiah(34_998)
    assert empty.status_code == 422
    told = session.scalars(select(Notice).where(Notice.account_id == sari.id)).all()
    assert [n.values["reason"] for n in told if "dikurangi" in n.text] == ["Bahan habis"]
