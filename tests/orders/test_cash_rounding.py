"""Cash that is rounded down to coins there are: the cooperative's cost, never the makers'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import audit
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.orders import service
from marketplace.orders.models import Purchase
from marketplace.orders.rules import OrderState, RefundMethod
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.cash import rounded_cash
from tests.makers import SATURDAY, make_listing, make_member, make_officer
from tests.orders.conftest import first, make_request

STEPS = (100, 500, 1000)


@given(amount=st.integers(0, 10**12), step=st.sampled_from((0, *STEPS)))
def test_cash_is_less_by_no_whole_step_and_never_nothing(amount: int, step: int) -> None:
    rounded = rounded_cash(Rupiah(amount), step).amount

    assert 0 <= amount - rounded < max(step, 1)
    assert bool(rounded) == bool(amount)
    assert rounded == amount or rounded % step == 0


@pytest.fixture
def bought(session, sanan):
    """Sell a maker's goods of Rp 15.450 for cash that is rounded to Rp 500."""
    sanan.cash_rounding, sanan.member_count = 500, 1
    maker = make_member(session, sanan, "Bu Lilik")
    cilok = make_listing(session, sanan, "Cilok", price=15_450, stock_count=9, maker=maker)
    order = first(session, service.place(session, make_request((cilok, 1)), at=SATURDAY).id)
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, order, state, actor_id=None, at=SATURDAY)
    return order


def standing(session, cooperative) -> dict[str, int]:
    book = books.book_of(session, cooperative.id, Unit.SHOP)
    return {line.name: line.balance.amount for line in books.trial_balance(session, book)}


def test_the_cooperative_bears_what_was_rounded_off(session, sanan, bought):
    intent = intent_of(session, sanan.id, bought.id)

    found = standing(session, sanan)

    line = bought.lines[0]
    assert (bought.total, intent.amount_due, intent.received) == (
        Rupiah(15_450), Rupiah(15_000), Rupiah(15_000)
    )  # fmt: skip
    assert found["Kas"] == 15_000
    assert abs(found["Selisih pembulatan"]) == 450
    assert abs(found["Utang konsinyasi anggota"]) == line.maker_share.amount
    assert [str(one) for one in audit.run(session, at=SATURDAY)] == []


def test_goods_that_come_back_give_the_rounding_back_too(session, sanan, bought):
    officer = make_officer(session, sanan)
    wanted = service.RefundRequest("rusak", pieces={bought.lines[0].id: 1}, goods_back=True)

    refund = service.request_refund(session, bought, wanted, key="1", by=officer.id, at=SATURDAY)
    service.pay_refund(session, refund, RefundMethod.CASH, by=officer.id, at=SATURDAY)

    found = standing(session, sanan)
    assert refund.amount == Rupiah(15_000)
    assert {name: balance for name, balance in found.items() if balance} == {}
    assert [str(one) for one in audit.run(session, at=SATURDAY)] == []


def test_only_cash_is_rounded(session, sanan):
    sanan.cash_rounding = 1000
    cilok = make_listing(session, sanan, "Cilok", price=15_450, stock_count=9)

    wanted = make_request((cilok, 1), method=PaymentMethod.QRIS)
    order = first(session, service.place(session, wanted, at=SATURDAY).id)

    assert intent_of(session, sanan.id, order.id).amount_due == order.total == Rupiah(15_450)


def test_officers_and_buyer_read_what_was_rounded_off(session, sanan, bought, client, sign_in):
    session.commit()
    officer = sign_in(make_officer(session, sanan))

    page = officer.get(f"/k/{sanan.slug}/kelola/pesanan/{bought.number}").text
    purchase = session.get(Purchase, bought.purchase_id)
    own = client.get(f"/p/{purchase.number}/{purchase.key}").text

    for text in (page, own):
        assert "Pembulatan tunai" in text
        assert "−Rp\xa0450" in text
