"""What goods that leave had cost. Source: STOCK-AVG-01."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Rupiah
from marketplace.stock.rules import cost_out


def test_the_worked_case_of_a_moving_average() -> None:
    quantity, value = 10 + 20, Rupiah(142_500 + 20 * 14_900)

    first = cost_out(quantity, value, 12)
    second = cost_out(18 + 5, value - first + Rupiah(5 * 15_350), 23)

    assert (first.amount, second.amount) == (176_200, 341_050)


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.lists(st.integers(1, 10**5)))
def test_whatever_leaves_in_whatever_steps_nothing_of_the_value_is_lost_or_left_over(
    on_hand: int, value: int, leaving: list[int]
) -> None:
    left, worth, gone = on_hand, Rupiah(value), Rupiah(0)
    for quantity in [*leaving, on_hand]:
        taken = min(quantity, left)
        if not taken:
            break
        cost = cost_out(left, worth, taken)
        assert Rupiah(0) <= cost <= worth
        left, worth, gone = left - taken, worth - cost, gone + cost

    assert gone + worth == Rupiah(value)
    assert left > 0 or worth == Rupiah(0)


@given(st.integers(1, 1000), st.integers(0, 10**9), st.integers(1, 1000))
def test_the_average_is_off_by_half_a_rupiah_at_most(
    on_hand: int, value: int, quantity: int
) -> None:
    if quantity < on_hand:
        cost = cost_out(on_hand, Rupiah(value), quantity)

        assert abs(2 * cost.amount * on_hand - 2 * value * quantity) <= on_hand
