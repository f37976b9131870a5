"""Sharing out: by how much was asked, exactly, whatever order the requests come in."""

import os
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.allocation import largest_remainder
from marketplace.supply.rules import (
    Shares,
    SharingPolicy,
    Wish,
    WishBroken,
    share_out,
    split_cost,
)


@st.composite
def wish_lists(draw: st.DrawFn) -> list[Wish[int]]:
    wishes = []
    for key in range(draw(st.integers(0, 12))):
        want = draw(st.integers(0, 30))
        wishes.append(
            Wish(
                key,
                draw(st.integers(0, want)),
                want,
                want + draw(st.integers(0, 10)),
                draw(st.integers(0, 2)),
            )
        )
    return wishes


arrivals = st.integers(0, 400)
# GUYUB_LONG asks for as many cases as the goal says.
CASES = 200_000 if os.environ.get("GUYUB_LONG") else 5_000
policies = st.sampled_from(SharingPolicy)


def any_amount(*wants: int) -> list[Wish[int]]:
    return [Wish(key, 0, want, want) for key, want in enumerate(wants)]


def test_two_boxes_of_twelve_for_five_who_want_five_each() -> None:
    assert share_out(24, any_amount(5, 5, 5, 5, 5)) == Shares({0: 5, 1: 5, 2: 5, 3: 5, 4: 4}, 0, [])


def test_a_short_delivery_is_not_first_come_first_served() -> None:
    assert share_out(10, any_amount(8, 8, 4)).given == {0: 4, 1: 4, 2: 2}


def test_spare_units_are_spread_over_equal_flexibility() -> None:
    shares = share_out(14, [Wish("a", 0, 5, 9), Wish("b", 0, 5, 9)])

    assert shares.given == {"a": 7, "b": 7}


def test_what_nobody_takes_is_left_over() -> None:
    assert share_out(20, [Wish(1, 0, 5, 6), Wish(2, 0, 5, 8)]) == Shares({1: 6, 2: 8}, 6, [])


def test_who_was_cut_before_gets_the_rounding_unit() -> None:
    wishes = [Wish(1, 0, 5, 5), Wish(2, 0, 5, 5, shortage_score=3)]

    assert share_out(5, wishes).given == {1: 2, 2: 3}


def test_equals_get_the_rounding_unit_by_the_lower_key() -> None:
    assert share_out(5, [Wish(2, 0, 5, 5), Wish(1, 0, 5, 5)]).given == {1: 3, 2: 2}


def test_the_biggest_gap_is_dropped_first_and_frees_goods_for_the_others() -> None:
    shares = share_out(10, [Wish(1, 2, 10, 10), Wish(2, 9, 10, 10)])

    assert shares == Shares({1: 10, 2: 0}, 0, [2])


def test_of_equal_gaps_the_later_request_is_dropped() -> None:
    shares = share_out(10, [Wish(key, 8, 10, 10) for key in (3, 1, 2)])

    assert shares == Shares({1: 10, 2: 0, 3: 0}, 0, [3, 2])


def test_what_dropping_frees_reaches_the_flexible() -> None:
    shares = share_out(7, [Wish(1, 0, 4, 6), Wish(2, 5, 5, 5)])

    assert shares == Shares({1: 6, 2: 0}, 1, [2])


def test_nobody_asked_so_all_is_left() -> None:
    assert share_out(9, list[Wish[int]]()) == Shares({}, 9, [])


@pytest.mark.parametrize("numbers", [(-1, 2, 3), (3, 2, 3), (0, 4, 3)])
def test_a_wish_that_contradicts_itself_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(WishBroken):
        Wish(1, *numbers)


def test_one_request_counted_twice_and_less_than_nothing_are_refused() -> None:
    with pytest.raises(WishBroken, match="dua kali"):
        share_out(5, [Wish(1, 0, 5, 5), Wish(1, 0, 3, 3)])
    with pytest.raises(WishBroken):
        share_out(-1, any_amount(5))


@given(available=arrivals, wishes=wish_lists())
def test_nobody_gets_more_than_they_take_or_less_than_they_accept(
    available: int, wishes: list[Wish[int]]
) -> None:
    shares = share_out(available, wishes)

    for wish in wishes:
        given_ = shares.given[wish.key]
        assert 0 <= given_ <= wish.flex_max
        assert given_ == 0 or given_ >= wish.accept_min


@given(available=arrivals, wishes=wish_lists())
def test_nothing_is_lost(available: int, wishes: list[Wish[int]]) -> None:
    shares = share_out(available, wishes)

    assert sum(shares.given.values()) + shares.left == available
    assert shares.left >= 0


@given(available=arrivals, wishes=wish_lists())
def test_nobody_is_above_their_wish_while_another_is_below(
    available: int, wishes: list[Wish[int]]
) -> None:
    shares = share_out(available, wishes)

    admitted = [wish for wish in wishes if wish.key not in shares.dropped]
    above = any(shares.given[wish.key] > wish.want for wish in admitted)
    below = any(shares.given[wish.key] < wish.want for wish in admitted)
    assert not (above and below)
    assert not (shares.left and below)


@given(available=arrivals, wishes=wish_lists(), seed=st.integers(0, 99))
def test_the_order_of_the_requests_never_matters(
    available: int, wishes: list[Wish[int]], seed: int
) -> None:
    mixed = list(wishes)
    random.Random(seed).shuffle(mixed)

    assert share_out(available, mixed) == share_out(available, wishes)


@given(available=arrivals, wishes=wish_lists())
def test_a_share_is_within_one_of_the_exact_proportion(
    available: int, wishes: list[Wish[int]]
) -> None:
    easy = [Wish(w.key, 0, w.want, w.want) for w in wishes]
    wanted = sum(wish.want for wish in easy)

    shares = share_out(min(available, wanted), easy)

    for wish in easy:
        assert abs(shares.given[wish.key] * wanted - min(available, wanted) * wish.want) < (
            wanted or 1
        )


@given(
    available=st.integers(0, 4_000),
    numbers=st.lists(st.tuples(st.integers(1, 900), st.integers(0, 900)), min_size=1, max_size=9),
)
def test_dropping_is_the_same_as_rounding_every_pass(
    available: int, numbers: list[tuple[int, int]]
) -> None:
    wishes = [Wish(key, min(least, want), want, want) for key, (want, least) in enumerate(numbers)]

    shares = share_out(available, wishes)

    assert shares.dropped == _dropped_slowly(available, wishes)


def _dropped_slowly(available: int, wishes: list[Wish[int]]) -> list[int]:
    """Round in every pass and look at everybody."""
    admitted, dropped = list(wishes), list[int]()
    while admitted:
        wants = [wish.want for wish in admitted]
        parts = largest_remainder(min(available, sum(wants)), wants)
        gap, key = max(
            (w.accept_min - part, w.key) for w, part in zip(admitted, parts, strict=True)
        )
        if gap <= 0:
            break
        dropped.append(key)
        admitted = [wish for wish in admitted if wish.key != key]
    return dropped


def test_a_thousand_requests_are_shared_out_at_once() -> None:
    chance = random.Random(7)
    wishes = [
        Wish(key, 1, want, want + 3)
        for key, want in enumerate(chance.choices(range(1, 40), k=1000))
    ]
    half = sum(wish.want for wish in wishes) // 2
    started = time.process_time()

    share_out(half, wishes)

    assert time.process_time() - started < 1  # measured 2 ms; room for coverage's tracing


def test_a_bill_is_split_exactly_by_what_each_got() -> None:
    assert split_cost(100_000, {"c": 1, "a": 1, "b": 1, "d": 0}) == {
        "a": 33_334,
        "b": 33_333,
        "c": 33_333,
        "d": 0,
    }


@given(
    cost=st.integers(0, 10**12),
    given_=st.dictionaries(st.integers(), st.integers(0, 10**6), max_size=20).filter(
        lambda given_: any(given_.values())
    ),
)
def test_a_split_bill_closes_to_the_rupiah(cost: int, given_: dict[int, int]) -> None:
    split = split_cost(cost, given_)

    assert sum(split.values()) == cost
    assert split == split_cost(cost, dict(reversed(given_.items())))
    assert all(split[key] == 0 for key, amount in given_.items() if amount == 0)


def test_first_come_fills_wishes_in_the_order_they_were_made() -> None:
    wishes = [Wish("a", 0, 8, 9, turn=3), Wish("b", 0, 8, 9, turn=1), Wish("c", 0, 4, 9, turn=2)]

    assert share_out(10, wishes, SharingPolicy.FIRST_COME).given == {"a": 0, "b": 8, "c": 2}
    assert share_out(21, wishes, SharingPolicy.FIRST_COME).given == {"a": 8, "b": 9, "c": 4}


def test_first_come_at_one_moment_goes_by_the_key() -> None:
    assert share_out(5, any_amount(4, 4), SharingPolicy.FIRST_COME).given == {0: 4, 1: 1}


def test_first_come_passes_over_a_wish_that_cannot_be_met() -> None:
    wishes = [Wish("a", 0, 8, 8, turn=1), Wish("b", 5, 5, 5, turn=2), Wish("c", 0, 4, 4, turn=3)]

    shares = share_out(10, wishes, SharingPolicy.FIRST_COME)

    assert shares == Shares({"a": 8, "b": 0, "c": 2}, 0, ["b"])


def test_equal_parts_spill_over_to_those_who_want_more() -> None:
    assert share_out(10, any_amount(8, 8, 1), SharingPolicy.EQUAL).given == {0: 5, 1: 4, 2: 1}


def test_equal_parts_of_what_is_spare_too() -> None:
    wishes = [Wish("a", 0, 2, 9), Wish("b", 0, 6, 7)]

    assert share_out(12, wishes, SharingPolicy.EQUAL).given == {"a": 5, "b": 7}


@given(available=arrivals, wishes=wish_lists(), policy=policies, seed=st.randoms())
def test_every_policy_keeps_what_sharing_promises(
    available: int, wishes: list[Wish[int]], policy: SharingPolicy, seed: random.Random
) -> None:
    shuffled = list(wishes)
    seed.shuffle(shuffled)

    _check_promises(available, wishes, policy)

    assert share_out(available, shuffled, policy) == share_out(available, wishes, policy)


def test_promises_hold_in_thousands_of_random_worlds() -> None:
    chance = random.Random(20261128)
    for _ in range(CASES):
        wishes = []
        for key in range(chance.randint(1, 9)):
            want = chance.randint(0, 25)
            most = want + chance.choice((0, 0, 3, 12))
            least = chance.choice((0, 0, want, chance.randint(0, want)))
            wishes.append(Wish(key, least, want, most, chance.randint(0, 2), chance.randint(0, 3)))
        available = chance.randint(0, sum(wish.flex_max for wish in wishes) + 5)
        _check_promises(available, wishes, chance.choice(list(SharingPolicy)))


def _check_promises(available: int, wishes: list[Wish[int]], policy: SharingPolicy) -> None:
    shares = share_out(available, wishes, policy)
    admitted = [wish for wish in wishes if wish.key not in shares.dropped]

    assert sum(shares.given.values()) + shares.left == available
    assert all(shares.given[wish.key] <= wish.flex_max for wish in wishes)
    assert all(shares.given[wish.key] >= wish.accept_min for wish in admitted)
    assert all(shares.given[key] == 0 for key in shares.dropped)
    if any(shares.given[wish.key] < wish.want for wish in admitted):
        assert all(shares.given[wish.key] <= wish.want for wish in admitted)
        assert shares.left == 0
