"""What each share of the goods costs: goods, discount, other costs, and the cooperative's margin.

The order of work is fixed: goods by base unit, the supplier's discount by value, every other
cost by its own key, and the margin on all of that, rounded once for each member.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.numbers import BASIS_POINTS
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose
from marketplace.supply.rules.sharing import Sortable

K = TypeVar("K", bound=Sortable)


class SplitBy(Enum):
    """By what a cost beside the goods is split."""

    VALUE = "nilai"
    QUANTITY = "jumlah"
    MEMBER = "anggota"


class CostPaidFrom(Enum):
    """Who gets the money for a cost, or where it was taken from."""

    SUPPLIER = "utang_pemasok"
    CASH = "kas"
    BANK = "bank"


SPLIT_LABELS: dict[SplitBy, Sentence] = {
    SplitBy.VALUE: say("Menurut harga barang"),
    SplitBy.QUANTITY: say("Menurut jumlah barang"),
    SplitBy.MEMBER: say("Sama rata per anggota"),
}
COST_PAID_LABELS: dict[CostPaidFrom, Sentence] = {
    CostPaidFrom.SUPPLIER: say("Ditagih pemasok, belum dibayar"),
    CostPaidFrom.CASH: say("Kas"),
    CostPaidFrom.BANK: say("Bank"),
}
COST_PURSES: dict[CostPaidFrom, Purpose] = {
    CostPaidFrom.SUPPLIER: Purpose.SUPPLIER_PAYABLE,
    CostPaidFrom.CASH: Purpose.CASH,
    CostPaidFrom.BANK: Purpose.BANK,
}


class BadCost(Invalid):
    """A cost that cannot be split like that."""


class CostFixed(RuleBroken):
    """Somebody has paid their part of a cost already."""

    code = "cost_fixed"


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount beside the goods, such as freight, and its key."""

    amount: int
    split_by: SplitBy


@dataclass(frozen=True, slots=True)
class Charge:
    """What one share costs, part by part; the discount is what is taken off the goods."""

    goods: int = 0
    discount: int = 0
    costs: int = 0
    margin: int = 0

    @property
    def net(self) -> int:
        """Give what the supplier gets for the goods."""
        return self.goods - self.discount

    @property
    def landed(self) -> int:
        """Give what the goods cost by the time they are here."""
        return self.net + self.costs

    @property
    def total(self) -> int:
        """Give what is paid."""
        return self.landed + self.margin

    def __add__(self, other: Charge) -> Charge:
        return Charge(
            self.goods + other.goods,
            self.discount + other.discount,
            self.costs + other.costs,
            self.margin + other.margin,
        )

    def __sub__(self, other: Charge) -> Charge:
        return Charge(
            self.goods - other.goods,
            self.discount - other.discount,
            self.costs - other.costs,
            self.margin - other.margin,
        )


WHOLE_SHARE = 1_000_000
NOTHING_YET = (0, Charge())


@dataclass(frozen=True, slots=True)
class Charges(Generic[K]):
    """What everybody pays, and what the cooperative bears for what it keeps."""

    members: dict[K, Charge]
    kept: Charge


def margin_on(amount: int, basis_points: int) -> int:
    """Give the margin on an amount, rounded half up to a rupiah.

    >>> margin_on(300_020, 250), margin_on(300_019, 250)
    (7501, 7500)
    """
    return (2 * amount * basis_points + BASIS_POINTS) // (2 * BASIS_POINTS)


def charge_out(
    net: int,
    given: Mapping[K, int],
    left: int,
    *,
    discount: int = 0,
    costs: Iterable[Cost] = (),
    margin: int = 0,
    fetched: Mapping[K, tuple[int, Charge]] | None = None,
) -> Charges[K]:
    """Split what a delivery cost over those who got some, and the cooperative for what is left.

    ``net`` is what the supplier gets, after its ``discount``. Nothing is lost: goods less
    discount and costs make ``net`` and the costs. The cooperative pays itself no margin.
    ``given`` comes after what some have ``fetched`` and paid of their share: they bear so much
    of what is split per member as they still get of it, and pay the margin on both at once.
    """
    keys = sorted(given)
    before = fetched or {}
    amounts = [*(given[key] for key in keys), left]
    goods = split(net, amounts)
    discounts = split(discount, goods, amounts)
    others = [0] * len(amounts)
    heads = [*(_part_left(given[key], before.get(key, NOTHING_YET)[0]) for key in keys), 0]
    for cost in costs:
        weights = _weights(cost.split_by, goods, amounts, heads)
        others = [
            one + more for one, more in zip(others, split(cost.amount, *weights), strict=True)
        ]
    parts = [
        Charge(net_ + off, off, more, 0)
        for net_, off, more in zip(goods, discounts, others, strict=True)
    ]
    members = {
        key: _with_margin(part, before.get(key, NOTHING_YET)[1], margin)
        for key, part in zip(keys, parts, strict=False)
    }
    return Charges(members, parts[-1])


def _weights(
    key: SplitBy, goods: list[int], amounts: list[int], heads: list[int]
) -> Sequence[list[int]]:
    if key is SplitBy.VALUE:
        return goods, amounts
    return (amounts,) if key is SplitBy.QUANTITY else (heads,)


def _part_left(left: int, had: int) -> int:
    """Say which part of a share is left, as a weight: all of it, or less after some was fetched."""
    return max(1, left * WHOLE_SHARE // (left + had)) if left else 0


def _with_margin(part: Charge, paid: Charge, basis_points: int) -> Charge:
    both = margin_on(paid.landed + part.landed, basis_points)
    return Charge(part.goods, part.discount, part.costs, both - paid.margin)


def split(total: int, *weights: Sequence[int]) -> list[int]:
    """Split by the first weights that are not all nought; the last one takes it else."""
    usable = next((some for some in weights if any(some)), None)
    if usable is None:
        return [*([0] * (len(weights[0]) - 1)), total]
    return largest_remainder(total, usable)


def still_to_split(costs: Sequence[Cost], paid: int) -> list[Cost]:
    """Say what of the costs is left when some of it was paid by those who fetched theirs."""
    total = sum(cost.amount for cost in costs)
    if not costs or not total:
        return []
    parts = largest_remainder(max(0, total - paid), [cost.amount for cost in costs])
    return [Cost(part, cost.split_by) for part, cost in zip(parts, costs, strict=True)]


def estimate(goods: int, quantity: int, *, pack_costs: int, pack_size: int, margin: int) -> Charge:
    """Say what a quantity will cost all in, as far as costs were announced; rounded up."""
    costs = -(-quantity * pack_costs // pack_size)
    return Charge(goods, 0, costs, margin_on(goods + costs, margin))
