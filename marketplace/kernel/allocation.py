"""Sharing a whole number out so that not one rupiah or piece is lost or invented."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say


class CannotShare(Invalid):
    """There is something to share, but no way to share it that loses nothing."""


def largest_remainder(
    total: int, weights: Sequence[int], caps: Sequence[int] | None = None
) -> list[int]:
    """Share a total by weight in whole numbers; ties go to the earlier index.

    Without caps the shares add up to the total exactly. With caps nobody gets more than
    their cap, what they cannot take goes to the others by weight, and what fits under no
    cap is not given: the shares then add up to the caps of all who have a weight.

    >>> largest_remainder(10_000, [52_500, 35_000, 9_999])
    [5385, 3590, 1025]
    """
    _check(total, weights, caps)
    shares = [0] * len(weights)
    sharing = [index for index, weight in enumerate(weights) if weight]
    if caps is not None:
        total, sharing = _fill_to_the_cap(total, weights, caps, sharing, shares)
    if total and not sharing:
        if caps is not None:
            return shares
        raise CannotShare(say("Tidak ada yang bisa menerima bagian."))
    _share_freely(total, weights, sharing, shares)
    return shares


def _check(total: int, weights: Sequence[int], caps: Sequence[int] | None) -> None:
    if caps is not None and len(caps) != len(weights):
        raise CannotShare(say("Setiap bobot perlu satu batas."))
    numbers = (total, *weights, *(caps or ()))
    if not all(isinstance(number, int) for number in numbers):
        raise CannotShare(say("Pembagian hanya untuk bilangan bulat."))
    if min(numbers) < 0:
        raise CannotShare(say("Pembagian tidak mengenal bilangan negatif."))


def _fill_to_the_cap(
    total: int,
    weights: Sequence[int],
    caps: Sequence[int],
    sharing: list[int],
    shares: list[int],
) -> tuple[int, list[int]]:
    """Give everyone whose fair share reaches their cap exactly the cap.

    In the order of cap per weight, the fair share of the rest only grows, so the first
    one below the cap ends the search: one sort instead of one pass per capped share.
    Whoever is left is strictly below the cap and has room for a rounding unit.
    """
    alike = len({weights[index] for index in sharing}) <= 1  # sharing equally needs no fractions
    order = sorted(
        sharing,
        key=caps.__getitem__ if alike else lambda index: Fraction(caps[index], weights[index]),
    )
    weight = sum(weights[index] for index in order)
    for place, index in enumerate(order):
        if total * weights[index] < caps[index] * weight:
            return total, sorted(order[place:])
        shares[index] = caps[index]
        total -= caps[index]
        weight -= weights[index]
    return total, []


def _share_freely(
    total: int, weights: Sequence[int], sharing: list[int], shares: list[int]
) -> None:
    """Round every fair share down, then hand the rest to the largest remainders."""
    weight = sum(weights[index] for index in sharing)
    remainders = [0] * len(weights)
    for index in sharing:
        shares[index], remainders[index] = divmod(total * weights[index], weight)
    rest = total - sum(shares[index] for index in sharing)
    for index in sorted(sharing, key=remainders.__getitem__, reverse=True)[:rest]:
        shares[index] += 1
