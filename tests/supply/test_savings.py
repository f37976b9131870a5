"""What buying together saved against the single price."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.supply.rules import Pack, saved, single_price, split_cost


def test_ten_of_a_carton_of_four_cost_two_and_a_half_cartons_singly() -> None:
    assert single_price(10, Pack(4, 412_000)) == 1_030_000


def test_a_dearer_bill_than_announced_saves_less_than_nothing() -> None:
    assert saved(4, 420_000, Pack(4, 412_000)) == -8_000


def test_a_price_that_does_not_divide_is_rounded_down_so_that_nothing_is_promised() -> None:
    assert single_price(1, Pack(3, 100)) == 33


@given(
    given=st.dictionaries(st.integers(0, 50), st.integers(1, 1_000), min_size=1, max_size=20),
    size=st.integers(1, 100),
    price=st.integers(1, 10**6),
)
def test_who_pays_the_single_price_saves_less_than_a_rupiah_each(given, size, price) -> None:
    pack, quantity = Pack(size, price), sum(given.values())
    charges = split_cost(quantity * price // size, given)

    together = sum(saved(given[key], charges[key], pack) for key in given)

    assert -len(given) <= together <= 0
