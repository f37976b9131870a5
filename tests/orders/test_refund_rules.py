"""How much goes back, and whose it was: nothing is lost over any number of partial refunds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.orders.rules import (
    NothingOwed,
    OrderState,
    RefundState,
    SoldLine,
    TooMuchBack,
    WrongRefundStep,
    needs_second,
    owed_back,
    paid_for,
    parts_back,
    refund_step,
    share_back,
)


@st.composite
def sold(draw: st.DrawFn) -> list[SoldLine]:
    """Lines of an order, each with a frozen split, paid with up to a code less."""
    wanted = draw(
        st.lists(st.tuples(st.integers(100, 90_000), st.integers(1, 9)), min_size=1, max_size=5)
    )
    totals = [Rupiah(price * quantity) for price, quantity in wanted]
    most = min(999, Rupiah.total(totals).amount - 1)
    due = Rupiah.total(totals) - Rupiah(draw(st.integers(0, most)))
    return [
        SoldLine(
            id=new_id(),
            quantity=quantity,
            total=total,
            maker_share=Rupiah(draw(st.integers(0, total.amount))),
            paid=paid,
        )
        for (_, quantity), total, paid in zip(wanted, totals, paid_for(due, totals), strict=True)
    ]


@given(sold(), st.data())
def test_any_row_of_refunds_gives_back_exactly_what_was_paid_and_earned(lines, data):
    now = {line.id: line for line in lines}
    parts = {line.id: [0, 0] for line in lines}
    while left := Rupiah.total(line.left for line in now.values()):
        amount = Rupiah(data.draw(st.integers(min(left.amount, 1 + left.amount // 3), left.amount)))
        for back in share_back(list(now.values()), {}, amount):
            line = now[back.line_id]
            part = parts_back(line, back.amount)
            assert part.maker >= Rupiah(0)
            assert part.cooperative >= Rupiah(0)
            assert part.maker + part.cooperative >= back.amount
            parts[line.id][0] += part.maker.amount
            parts[line.id][1] += part.cooperative.amount
            now[line.id] = replace(line, refunded=line.refunded + back.amount)

    for line in lines:
        assert now[line.id].refunded == line.paid
        assert parts[line.id] == [
            line.maker_share.amount,
            (line.total - line.maker_share).amount,
        ]


@given(sold(), st.data())
def test_pieces_one_after_the_other_give_back_all_that_was_paid(lines, data):
    line = data.draw(st.sampled_from(lines))
    now = line
    for _ in range(line.quantity):
        (back,) = share_back([now], {line.id: 1}, None) if now.worth(1) else [None]
        if back is not None:
            now = replace(now, refunded=now.refunded + back.amount)
        now = replace(now, returned=now.returned + 1)

    assert now.left == Rupiah(0)
    with pytest.raises(TooMuchBack):
        share_back([now], {line.id: 1}, None)


@given(sold(), st.integers(1, 10**9))
def test_more_than_was_paid_never_goes_back(lines, more):
    paid = Rupiah.total(line.paid for line in lines)

    with pytest.raises(TooMuchBack):
        share_back(lines, {}, paid + Rupiah(more))
    assert Rupiah.total(back.amount for back in share_back(lines, {}, None)) == paid


@given(sold())
def test_what_was_paid_is_shared_over_the_lines_to_the_rupiah(lines):
    assert all(Rupiah(0) <= line.paid <= line.total for line in lines)


def test_nothing_is_no_refund():
    line = SoldLine(new_id(), 2, Rupiah(30_000), Rupiah(27_000), Rupiah(30_000))

    with pytest.raises(NothingOwed):
        share_back([line], {}, Rupiah(0))
    with pytest.raises(NothingOwed):
        share_back([line], {}, Rupiah(-5))
    with pytest.raises(TooMuchBack):
        share_back([line], {new_id(): 1}, None)
    with pytest.raises(TooMuchBack):
        share_back([line], {line.id: 0}, None)


def test_an_amount_may_be_less_than_its_pieces_are_worth_but_not_more():
    line = SoldLine(new_id(), 2, Rupiah(30_000), Rupiah(27_000), Rupiah(30_000))

    (back,) = share_back([line], {line.id: 1}, Rupiah(4_000))

    assert (back.quantity, back.amount) == (1, Rupiah(4_000))
    with pytest.raises(TooMuchBack):
        share_back([line], {line.id: 1}, Rupiah(15_001))


def test_many_small_refunds_of_one_order_add_up_to_a_large_one():
    limit = Rupiah(500_000)

    assert not needs_second(limit, Rupiah(0), Rupiah(500_000))
    assert needs_second(limit, Rupiah(400_000), Rupiah(100_001))


@pytest.mark.parametrize(
    ("state", "received", "returned", "refunded", "owed"),
    [
        (OrderState.AWAITING_PAYMENT, 10_000, 0, 0, 0),
        (OrderState.NEW, 65_000, 0, 0, 5_000),
        (OrderState.CANCELLED, 65_000, 0, 5_000, 60_000),
        (OrderState.EXPIRED, 10_000, 0, 0, 10_000),
        (OrderState.FINISHED, 60_000, 15_000, 0, 15_000),
        (OrderState.FINISHED, 65_000, 60_000, 65_000, 0),
    ],
)
def test_what_is_owed_back_follows_from_the_facts(state, received, returned, refunded, owed):
    found = owed_back(
        state,
        due=Rupiah(60_000),
        received=Rupiah(received),
        returned=Rupiah(returned),
        refunded=Rupiah(refunded),
    )

    assert found == Rupiah(owed)


def test_a_refund_is_paid_only_after_it_was_agreed_to():
    with pytest.raises(WrongRefundStep):
        refund_step(RefundState.REQUESTED, RefundState.PAID)
    with pytest.raises(WrongRefundStep):
        refund_step(RefundState.PAID, RefundState.REFUSED)
