"""Sharing whole numbers: nothing lost, nothing invented, ties to the earlier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.allocation import CannotShare, largest_remainder

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)
totals = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("total", "shares_of", "expected"),
    [
        (10_000, [52_500, 35_000, 9_999], [5_385, 3_590, 1_025]),
        (10_000, [55_000, 30_000, 17_500], [5_366, 2_927, 1_707]),
        (24, [5, 5, 5, 5, 5], [5, 5, 5, 5, 4]),
        (1, [1, 1], [1, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (7, [0, 3, 0], [0, 7, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_known_shares(total: int, shares_of: list[int], expected: list[int]) -> None:
    assert largest_remainder(total, shares_of) == expected


@pytest.mark.parametrize(
    ("total", "shares_of", "caps", "expected"),
    [
        (10, [1, 1, 1], [2, 9, 9], [2, 4, 4]),
        (10, [1, 1, 1], [9, 2, 9], [4, 2, 4]),
        (10, [8, 1, 1], [3, 3, 9], [3, 3, 4]),
        (11, [1, 1, 1], [2, 9, 9], [2, 5, 4]),
        (100, [1, 2], [3, 4], [3, 4]),
        (5, [0, 1], [9, 2], [0, 2]),
        (5, [0, 0], [9, 9], [0, 0]),
        (0, [1, 2], [3, 4], [0, 0]),
        (5, [], [], []),
        (6, [1, 1], [0, 6], [0, 6]),
    ],
)
def test_what_one_may_not_take_goes_to_the_others(
    total: int, shares_of: list[int], caps: list[int], expected: list[int]
) -> None:
    assert largest_remainder(total, shares_of, caps) == expected


@pytest.mark.parametrize(
    ("total", "shares_of", "caps"),
    [
        (1, [], None),
        (1, [0, 0], None),
        (-1, [1], None),
        (1, [-1, 2], None),
        (1, [1], [-1]),
        (1, [1, 1], [1]),
        (1.5, [1], None),
        (1, [0.5], None),
    ],
)
def test_what_cannot_be_shared_is_refused(total: int, shares_of: list[int], caps: object) -> None:
    with pytest.raises(CannotShare):
        largest_remainder(total, shares_of, caps)  # type: ignore[arg-type]


@given(total=totals, shares_of=weights.filter(any))
def test_shares_add_up_and_are_within_one_of_the_exact_share(
    total: int, shares_of: list[int]
) -> None:
    shares = largest_remainder(total, shares_of)

    assert sum(shares) == total
    whole = sum(shares_of)
    for share, weight in zip(shares, shares_of, strict=True):
        assert abs(share * whole - total * weight) < whole


@given(
    total=st.integers(0, 10**6), pairs=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)))
)
def test_caps_hold_and_nothing_that_fits_is_kept_back(
    total: int, pairs: list[tuple[int, int]]
) -> None:
    shares_of = [weight for weight, _ in pairs]
    caps = [cap for _, cap in pairs]

    shares = largest_remainder(total, shares_of, caps)

    room = sum(cap for weight, cap in pairs if weight)
    assert sum(shares) == min(total, room)
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
    assert all(share == 0 for share, weight in zip(shares, shares_of, strict=True) if not weight)


@given(total=st.integers(0, 10**6), shares_of=st.lists(st.integers(1, 99), min_size=1, max_size=9))
def test_caps_that_bind_nobody_change_nothing(total: int, shares_of: list[int]) -> None:
    free = largest_remainder(total, shares_of)

    assert largest_remainder(total, shares_of, [total + 1] * len(shares_of)) == free


@given(total=st.integers(0, 300), pairs=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60))))
def test_capped_shares_are_those_of_going_round_until_nobody_overflows(
    total: int, pairs: list[tuple[int, int]]
) -> None:
    shares_of = [weight for weight, _ in pairs]
    caps = [cap for _, cap in pairs]

    assert largest_remainder(total, shares_of, caps) == _by_rounds(total, shares_of, caps)


def _by_rounds(total: int, shares_of: list[int], caps: list[int]) -> list[int]:
    """Share slowly: fix all who would overflow, share the rest among the others, repeat."""
    shares = [0] * len(caps)
    open_ = set(range(len(caps)))
    while open_:
        weight = sum(shares_of[i] for i in open_)
        full = {i for i in open_ if total * shares_of[i] >= caps[i] * weight}
        if not full:
            break
        for i in full:
            shares[i] = caps[i]
        total -= sum(caps[i] for i in full)
        open_ -= full
    rest = sorted(open_)
    if rest:
        for i, share in zip(
            rest, largest_remainder(total, [shares_of[i] for i in rest]), strict=True
        ):
            shares[i] = share
    return shares
