"""Goods, discount, costs by key, margin: in this order, and exact to the rupiah."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.supply.rules import (
    Charge,
    Cost,
    SplitBy,
    charge_out,
    estimate,
    margin_on,
    still_to_split,
)

money = st.integers(0, 5_000_000)
costs_ = st.lists(st.builds(Cost, money, st.sampled_from(SplitBy)), max_size=4)
given_ = st.dictionaries(st.integers(0, 60), st.integers(0, 500), max_size=25)


@given(money, given_, st.integers(0, 300), money, costs_, st.integers(0, 10_000))
def test_charges_and_the_cooperatives_part_make_bill_costs_and_margin(
    net, given, left, discount, costs, margin
) -> None:
    charges = charge_out(net, given, left, discount=discount, costs=costs, margin=margin)

    parts = [*charges.members.values(), charges.kept]
    assert sum(part.net for part in parts) == net
    assert sum(part.discount for part in parts) == discount
    assert sum(part.costs for part in parts) == sum(cost.amount for cost in costs)
    earned = sum(part.margin for part in parts)
    assert sum(part.total for part in parts) == net + sum(cost.amount for cost in costs) + earned
    for part in charges.members.values():
        assert part.margin == margin_on(part.landed, margin)
        assert min(part.goods, part.discount, part.costs, part.margin) >= 0
    assert charges.kept.margin == 0


@given(money, given_, st.integers(0, 300), costs_, st.randoms())
def test_the_order_of_the_rows_never_changes_a_charge(net, given, left, costs, chance) -> None:
    keys = list(given)
    chance.shuffle(keys)

    first = charge_out(net, given, left, costs=costs, margin=250)
    assert (
        charge_out(net, {key: given[key] for key in keys}, left, costs=costs, margin=250) == first
    )


def test_every_key_splits_its_own_cost() -> None:
    costs = [
        Cost(10_001, SplitBy.QUANTITY), Cost(9_000, SplitBy.MEMBER), Cost(700, SplitBy.VALUE),
    ]  # fmt: skip

    charges = charge_out(700_000, {"Sri": 3, "Arif": 3, "Rara": 0}, 1, discount=70, costs=costs)

    # By quantity 3/3/1 of 10.001, each who got some 4.500, by value 3/3/1 of 700.
    assert charges.members == {
        "Arif": Charge(300_030, 30, 4_286 + 4_500 + 300, 0),
        "Rara": Charge(0, 0, 0, 0),
        "Sri": Charge(300_030, 30, 4_286 + 4_500 + 300, 0),
    }
    assert charges.kept == Charge(100_010, 10, 1_429 + 0 + 100, 0)


def test_who_gets_nothing_pays_nothing_and_the_cooperative_bears_all() -> None:
    charges = charge_out(5_000, {"Sri": 0}, 0, costs=[Cost(300, SplitBy.MEMBER)], margin=500)

    assert charges.members == {"Sri": Charge()}
    assert charges.kept.total == 5_300


def test_margin_is_rounded_half_up_once_for_each_member() -> None:
    charges = charge_out(30, {"a": 10, "b": 10, "c": 10}, 0, margin=500)

    assert [part.margin for part in charges.members.values()] == [1, 1, 1]


@given(costs_, st.floats(0, 1))
def test_what_was_paid_of_costs_is_not_split_again(costs, part) -> None:
    total = sum(cost.amount for cost in costs)
    paid = int(total * part)

    assert sum(cost.amount for cost in still_to_split(costs, paid)) == max(0, total - paid)


def test_an_estimate_has_the_announced_costs_and_the_margin() -> None:
    said = estimate(100_000, 3, pack_costs=10_000, pack_size=4, margin=250)

    assert (said.costs, said.margin, said.total) == (7_500, 2_688, 110_188)
