"""What a bill is for, and which part of it the supplier still owes: exact to the rupiah."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import (
    AnotherOfficer,
    BadReceipt,
    Expected,
    Proposal,
    ReceiptReason,
    check_contested,
    check_write_off,
    expected,
    propose,
)

THREE_CARTONS = Expected(12, 1_236_000)
amounts = st.integers(0, 10**12)
pieces = st.integers(1, 10**6)


@pytest.mark.parametrize(
    ("came", "damaged", "cost", "proposal"),
    [
        (10, 0, 1_236_000, Proposal(ReceiptReason.SHORT, 12, 206_000, 1_030_000)),
        (10, 0, 1_030_000, Proposal(ReceiptReason.SHORT, 10, 0, 1_030_000)),
        (12, 2, 1_236_000, Proposal(ReceiptReason.DAMAGED, 12, 206_000, 1_030_000)),
        (11, 1, 1_236_000, Proposal(ReceiptReason.SHORT, 12, 206_000, 1_030_000)),
        (12, 0, 1_236_000, Proposal(None, 12, 0, 1_236_000)),
        (12, 0, 1_260_000, Proposal(ReceiptReason.PRICE, 12, 0, 1_260_000)),
        (12, 1, 1_260_000, Proposal(ReceiptReason.DAMAGED, 12, 105_000, 1_155_000)),
        (13, 0, 1_236_000, Proposal(ReceiptReason.EXTRA, 12, 0, 1_236_000)),
        (13, 1, 1_339_000, Proposal(ReceiptReason.DAMAGED, 13, 103_000, 1_236_000)),
        (4, 4, 412_000, Proposal(ReceiptReason.SHORT, 4, 412_000, 0)),
        (10, 0, 1_060_000, Proposal(ReceiptReason.SHORT, 10, 0, 1_060_000)),
        (12, 0, 0, Proposal(ReceiptReason.PRICE, 12, 0, 0)),
    ],
)
def test_known_deliveries(came: int, damaged: int, cost: int, proposal: Proposal) -> None:
    assert propose(THREE_CARTONS, came=came, damaged=damaged, cost=cost) == proposal


def test_goods_nobody_waited_for_are_billed_as_they_came() -> None:
    assert propose(Expected(0, 0), came=3, damaged=1, cost=300_001) == Proposal(
        ReceiptReason.DAMAGED, 3, 100_000, 200_001
    )


def test_what_is_still_to_come_costs_its_part_of_the_order() -> None:
    assert expected(12, 1_236_000, 10) == Expected(2, 206_000)
    assert expected(12, 1_236_000, 14) == Expected(0, 0)
    assert expected(0, 0, 0) == Expected(0, 0)


@given(pieces, amounts, pieces, st.data(), amounts)
def test_what_is_claimed_and_what_is_charged_make_the_bill(
    ordered: int, price: int, came: int, data: st.DataObject, cost: int
) -> None:
    damaged = data.draw(st.integers(0, came))

    said = propose(Expected(ordered, price), came=came, damaged=damaged, cost=cost)

    assert said.contested + said.charged == cost
    assert said.contested >= 0
    assert said.charged >= 0
    assert said.billed in (ordered, came)


@given(pieces, amounts, pieces, amounts)
def test_a_delivery_that_is_whole_and_not_short_has_no_claim(
    ordered: int, price: int, more: int, cost: int
) -> None:
    said = propose(Expected(ordered, price), came=ordered + more - 1, damaged=0, cost=cost)

    assert said.contested == 0


@given(pieces, amounts, pieces, st.data())
def test_one_more_broken_piece_never_claims_less(
    ordered: int, cost: int, came: int, data: st.DataObject
) -> None:
    damaged = data.draw(st.integers(0, came - 1))
    wanted = Expected(ordered, cost)

    one, more = (propose(wanted, came=came, damaged=n, cost=cost) for n in (damaged, damaged + 1))

    assert one.contested <= more.contested


@given(st.integers(1, 1000), st.integers(1, 10**6), st.data())
def test_members_pay_the_unit_price_of_the_bill_for_what_came_whole(
    ordered: int, unit_price: int, data: st.DataObject
) -> None:
    came = data.draw(st.integers(1, ordered))
    damaged = data.draw(st.integers(0, came))

    said = propose(
        Expected(ordered, ordered * unit_price), came=came, damaged=damaged,
        cost=ordered * unit_price,
    )  # fmt: skip

    assert said.charged == (came - damaged) * unit_price


@pytest.mark.parametrize("damaged", [-1, 5])
def test_what_is_broken_must_have_come(damaged: int) -> None:
    with pytest.raises(BadReceipt) as broken:
        propose(THREE_CARTONS, came=4, damaged=damaged, cost=1)

    assert "damaged" in broken.value.fields


@pytest.mark.parametrize("contested", [-1, 101])
def test_no_more_than_the_bill_is_contested(contested: int) -> None:
    with pytest.raises(BadReceipt):
        check_contested(Rupiah(contested), Rupiah(100))


def test_a_large_claim_is_given_up_by_another_officer() -> None:
    check_write_off(Rupiah(100), Rupiah(100), same_person=True)
    check_write_off(Rupiah(101), Rupiah(100), same_person=False)
    with pytest.raises(AnotherOfficer):
        check_write_off(Rupiah(101), Rupiah(100), same_person=True)
