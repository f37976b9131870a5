"""What a pooled sale brought is shared to the last rupiah, in whatever order people stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import NotAShare
from marketplace.pools.rules import LARGEST_PROCEEDS, MOST_DELIVERED, BadPool, share_proceeds

amounts = st.integers(1, LARGEST_PROCEEDS.amount).map(Rupiah)
fees = st.integers(0, 10_000)
deliveries = st.dictionaries(
    st.integers(1, 999), st.integers(1, MOST_DELIVERED), min_size=1, max_size=40
)


def test_pooled_kilograms_are_shared_as_in_the_worked_case():
    shared = share_proceeds(Rupiah(4_321_777), 500, {"Lilik": 125, "Wahyu": 80, "Dewi": 45})

    assert shared.members == {
        "Lilik": Rupiah(2_052_844), "Wahyu": Rupiah(1_313_820), "Dewi": Rupiah(739_024),
    }  # fmt: skip
    assert (shared.fee, shared.net, shared.residue) == (
        Rupiah(216_088), Rupiah(4_105_689), Rupiah(1),
    )  # fmt: skip
    assert shared.cooperative == Rupiah(216_089)


@given(proceeds=amounts, fee=fees, delivered=deliveries)
def test_nothing_is_lost_and_nothing_invented(proceeds, fee, delivered):
    shared = share_proceeds(proceeds, fee, delivered)

    assert Rupiah.total(shared.members.values()) + shared.cooperative == proceeds
    assert Rupiah(0) <= shared.residue < Rupiah(len(delivered))
    assert all(part >= Rupiah(0) for part in shared.members.values())


@given(proceeds=amounts, fee=fees, delivered=deliveries, order=st.randoms())
def test_the_order_of_rows_never_matters(proceeds, fee, delivered, order):
    rows = list(delivered.items())
    order.shuffle(rows)

    assert share_proceeds(proceeds, fee, dict(rows)) == share_proceeds(proceeds, fee, delivered)


@given(proceeds=amounts, fee=fees, delivered=deliveries)
def test_who_delivers_as_much_gets_as_much_and_who_delivers_more_no_less(proceeds, fee, delivered):
    shared = share_proceeds(proceeds, fee, delivered)

    rows = sorted((quantity, shared.members[who]) for who, quantity in delivered.items())
    for (few, less), (many, more) in pairwise(rows):
        assert less == more if few == many else less <= more


@pytest.mark.parametrize(
    ("proceeds", "delivered", "field"),
    [
        (0, {"Lilik": 1}, "proceeds"),
        (-5, {"Lilik": 1}, "proceeds"),
        (10**12 + 1, {"Lilik": 1}, "proceeds"),
        (1_000, {}, "delivered"),
        (1_000, {"Lilik": 0}, "delivered"),
        (1_000, {"Lilik": 5, "Wahyu": -1}, "delivered"),
        (1_000, {"Lilik": MOST_DELIVERED + 1}, "delivered"),
    ],
)
def test_what_cannot_be_shared_is_refused_at_its_place(proceeds, delivered, field):
    with pytest.raises(BadPool) as refused:
        share_proceeds(Rupiah(proceeds), 500, delivered)

    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("fee", [-1, 10_001])
def test_a_fee_of_less_than_nothing_or_more_than_all_is_refused(fee):
    with pytest.raises(NotAShare):
        share_proceeds(Rupiah(1_000), fee, {"Lilik": 1})
