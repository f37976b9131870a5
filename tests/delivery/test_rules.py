"""What a delivery costs, whether it may be paid at the door, and what a courier may hand in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.delivery.rules import (
    Terms,
    TooMuchHandedIn,
    cash_at_the_door,
    checked,
    checked_address,
    fee_for,
    full_address,
    may_hand_in,
    overlapping,
    too_small,
)
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.orders.rules import fee_back, fee_paid

amounts = st.integers(0, 10**9).map(Rupiah)
KLOJEN = Terms(Rupiah(8_000), Rupiah(20_000), Rupiah(100_000), Rupiah(90_000))


@pytest.mark.parametrize(
    ("goods", "fee"), [(20_000, 8_000), (99_999, 8_000), (100_000, 0), (250_000, 0)]
)
def test_a_fee_is_asked_until_the_basket_is_large(goods, fee):
    assert fee_for(KLOJEN, Rupiah(goods)) == Rupiah(fee)


@given(goods=amounts)
def test_without_a_limit_no_basket_is_brought_for_nothing(goods):
    assert fee_for(Terms(Rupiah(8_000)), goods) == Rupiah(8_000)


@given(goods=amounts, minimum=amounts)
def test_too_small_a_basket_lacks_exactly_what_would_be_enough(goods, minimum):
    problem = too_small(Terms(Rupiah(0), minimum), goods)

    if problem is None:
        assert goods >= minimum
    else:
        more = problem.values["more"]
        assert isinstance(more, Rupiah)
        assert too_small(Terms(Rupiah(0), minimum), goods + more) is None


@given(total=amounts, limit=amounts)
def test_cash_is_taken_at_the_door_up_to_the_limit_and_never_without_one(total, limit):
    allowed = cash_at_the_door(Terms(Rupiah(0), cash_up_to=limit), total)

    assert allowed == (Rupiah(0) < total <= limit)


@pytest.mark.parametrize(
    ("code", "other"),
    [("35.73.02", "35.73.02"), ("35.73.02.1001", "35.73.02"), ("35.73.02", "35.73.02.1001")],
)
def test_an_area_in_another_is_the_same_ground(code, other):
    assert overlapping(code, [other]) == other


@pytest.mark.parametrize("other", ["35.73.03", "35.73.02.1002", "35.7"])
def test_neighbours_do_not_overlap(other):
    assert overlapping("35.73.02.1001", [other]) is None


def test_terms_that_no_zone_can_have_are_refused():
    with pytest.raises(Invalid):
        checked(Terms(Rupiah(1_000_001)))
    with pytest.raises(Invalid):
        checked(Terms(Rupiah(0), Rupiah(20_000), Rupiah(19_999)))

    assert checked(KLOJEN) is KLOJEN


def test_an_address_is_one_line_that_names_the_area():
    street = checked_address("  Jl.  Ijen   25 ")

    assert full_address(street, None, "Klojen") == "Jl. Ijen 25, Klojen"
    assert full_address(street, "gereja", "Klojen") == "Jl. Ijen 25 (gereja), Klojen"


@pytest.mark.parametrize("street", ["", "x", "a" * 201])
def test_what_is_no_address_is_refused(street):
    with pytest.raises(Invalid):
        checked_address(street)


@given(open_=amounts, amount=amounts)
def test_nothing_or_more_than_is_open_is_never_handed_in(open_, amount):
    if Rupiah(0) < amount <= open_:
        assert may_hand_in(open_, amount) == amount
    else:
        with pytest.raises((Invalid, TooMuchHandedIn)):
            may_hand_in(open_, amount)


@given(goods=amounts, fee=amounts, amount=amounts)
def test_a_refund_takes_of_the_fee_only_what_the_goods_cannot_bear(goods, fee, amount):
    wanted = min(amount, goods + fee)

    part = fee_back(goods, fee, wanted)

    assert Rupiah(0) <= part <= fee
    assert wanted - part <= goods
    assert not part or wanted - part == goods


@given(fee=amounts, due=amounts)
def test_no_more_is_paid_for_the_delivery_than_is_due(fee, due):
    assert fee_paid(fee, due) <= due
