from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import Earned, NotAShare, price_split, who_earns


@pytest.mark.parametrize(
    ("total", "points", "maker", "cooperative"),
    [
        (52_500, 1_250, 45_938, 6_562),
        (9_999, 1_250, 8_750, 1_249),
        (350_000, 1_000, 315_000, 35_000),
        (100, 0, 100, 0),
        (100, 10_000, 0, 100),
    ],
)
def test_the_maker_keeps_the_rupiah_that_cannot_be_divided(
    total: int, points: int, maker: int, cooperative: int
) -> None:
    assert price_split(Rupiah(total), points) == (Rupiah(maker), Rupiah(cooperative))


@given(total=st.integers(0, 10**12), points=st.integers(0, 10_000))
def test_a_split_loses_nothing(total: int, points: int) -> None:
    maker, cooperative = price_split(Rupiah(total), points)

    assert maker + cooperative == Rupiah(total)
    assert Rupiah(0) <= cooperative <= Rupiah(total)


@pytest.mark.parametrize("points", [-1, 10_001])
def test_a_share_of_more_than_all_is_refused(points: int) -> None:
    with pytest.raises(NotAShare):
        price_split(Rupiah(100), points)


@pytest.mark.parametrize(
    ("points", "has_maker", "earned"),
    [
        (1_250, True, (45_938, 6_562)),  # consigned: the commission is rounded down
        (10_000, True, (0, 52_500)),  # bought outright: the maker was paid before
        (1_250, False, (0, 52_500)),  # no member behind it
        (0, True, (52_500, 0)),
    ],
)
def test_a_sale_is_shared_by_the_terms_of_the_goods(points, has_maker, earned):
    parts = price_split(Rupiah(52_500), points)

    assert who_earns(*parts, has_maker=has_maker) == Earned(*map(Rupiah, earned))
