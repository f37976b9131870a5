"""Choosing packs: the cheapest mix that holds what the members want."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import gcd, prod
from typing import NamedTuple

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

MOST_KINDS = 4
MOST_COMBINATIONS = 500_000


class NoSuchPacks(Invalid):
    """Packs that no supplier could sell like that, or too many kinds of them."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One way in which a supplier sells a good: base units in a pack, rupiah for a pack.

    Packs are bought in multiples of ``step``, and at least ``min_packs`` or none.
    ``tiers`` are pairs (from so many packs, price of each pack): a reached tier prices
    all packs of that kind.
    """

    size: int
    price: int
    step: int = 1
    min_packs: int = 0
    tiers: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        prices = (self.price, *(price for _, price in self.tiers))
        if min(self.size, self.step) < 1 or min(self.min_packs, *prices, 0) < 0:
            raise NoSuchPacks(say("Isi kemasan, kelipatan, dan harganya harus masuk akal."))

    def price_at(self, count: int) -> int:
        """Give the price of one pack when so many are bought."""
        reached = [tier for tier in self.tiers if tier[0] <= count]
        return max(reached)[1] if reached else self.price


@dataclass(frozen=True, slots=True)
class PackPlan:
    """How many of each pack to buy (in the order the packs were given)."""

    counts: list[int]
    total: int
    cost: int


class _Band(NamedTuple):
    """A run of counts of one pack at one price, counted in steps."""

    kind: int
    size: int
    price: int
    low: int
    high: int


class _Mix(NamedTuple):
    """A candidate: how many steps of each kind."""

    total: int
    cost: int
    steps: tuple[tuple[int, int], ...]


def choose_packs(packs: Sequence[Pack], want: int, ceiling: int) -> PackPlan:
    """Choose the cheapest total between what is wanted and what may be taken at most.

    Of equal costs the least total wins. When no mix fits, the largest total that does not
    exceed the wish is chosen, and the shortfall is for people to decide about.
    """
    if len(packs) > MOST_KINDS:
        raise NoSuchPacks(say("Paling banyak %(most)s macam kemasan per barang.", most=MOST_KINDS))
    if not 0 <= want <= ceiling:
        raise NoSuchPacks(say("Jumlah paling banyak tidak boleh kurang dari yang diminta."))
    if not packs:
        return PackPlan([], 0, 0)
    choices = [list(_bands(kind, pack, ceiling)) for kind, pack in enumerate(packs)]
    fitting = _mixes(choices, want, ceiling)
    best = min(fitting, key=lambda mix: (mix.cost, mix.total, _tie(mix, packs)), default=None)
    if best is None:
        short = _mixes(choices, 0, want, fill=True)
        best = min(short, key=lambda mix: (-mix.total, mix.cost, _tie(mix, packs)))
    return PackPlan(_counts(best, packs), best.total, best.cost)


def _counts(mix: _Mix, packs: Sequence[Pack]) -> list[int]:
    steps = dict(mix.steps)
    return [pack.step * steps[kind] for kind, pack in enumerate(packs)]


def _tie(mix: _Mix, packs: Sequence[Pack]) -> tuple[int, list[tuple[int, int, int]]]:
    """Prefer fewer packs, then larger ones, whatever order the packs were listed in."""
    counts = _counts(mix, packs)
    bought = sorted(
        (-pack.size, -count, pack.price) for pack, count in zip(packs, counts, strict=True)
    )
    return sum(counts), bought


def _bands(kind: int, pack: Pack, ceiling: int) -> Iterator[_Band]:
    """Cut the counts that a pack allows into runs of one price; none at all is one too."""
    size = pack.size * pack.step
    most = ceiling // size
    first = max(1, -(-pack.min_packs // pack.step))
    starts = sorted({first, *(max(first, -(-count // pack.step)) for count, _ in pack.tiers)})
    if first > 1 or most < 1:
        yield _Band(kind, size, 0, 0, 0)
    for low, after in zip(starts, [*starts[1:], most + 1], strict=True):
        high = min(after - 1, most)
        if low <= high:
            price = pack.price_at(low * pack.step) * pack.step
            yield _Band(kind, size, price, 0 if low == 1 else low, high)


def _mixes(
    choices: list[list[_Band]], least: int, most: int, *, fill: bool = False
) -> Iterator[_Mix]:
    """Walk through every mix that can be the best one, each no worse than the one before.

    With one price per pack, so many small packs that they make up whole larger ones (or
    the other way round) can be swapped for the cheaper kind at the same total. So in some
    best mix all kinds but one are within a few packs of a bound: cheaper kinds of their
    upper one, dearer kinds of their lower one. The last kind follows from the rest. The
    work therefore depends on the sizes of the packs, not on how much is wanted.
    """
    walks = [walk for bands in product(*choices) for walk in _walks(bands)]
    if sum(prod(map(len, windows)) for _, _, windows in walks) > MOST_COMBINATIONS:
        raise NoSuchPacks(say("Ukuran kemasan ini terlalu rumit untuk dihitung bersama."))
    best: tuple[int, int] | None = None
    for free, others, windows in walks:
        for counts in product(*windows):
            rest = sum(band.size * n for band, n in zip(others, counts, strict=True))
            count = _fill(free, most - rest) if fill else _cover(free, least - rest)
            total = rest + count * free.size
            if total > most or not free.low <= count <= free.high:
                continue
            cost = free.price * count
            cost += sum(band.price * n for band, n in zip(others, counts, strict=True))
            rank = (-total, cost) if fill else (cost, total)
            if best is None or rank <= best:
                best = rank
                kinds = (band.kind for band in (free, *others))
                yield _Mix(total, cost, tuple(zip(kinds, (count, *counts), strict=True)))


def _walks(
    bands: tuple[_Band, ...],
) -> Iterator[tuple[_Band, list[_Band], list[range]]]:
    """Let each kind in turn be the free one, the others near their bounds."""
    ranked = sorted(bands, key=lambda band: (Fraction(band.price, band.size), -band.size))
    widths = [max(other.size // gcd(band.size, other.size) for other in ranked) for band in ranked]
    low = [
        range(band.low, min(band.high + 1, band.low + width))
        for band, width in zip(ranked, widths, strict=True)
    ]
    high = [
        range(max(band.low, band.high + 1 - width), band.high + 1)
        for band, width in zip(ranked, widths, strict=True)
    ]
    for place, free in enumerate(ranked):
        yield free, ranked[:place] + ranked[place + 1 :], high[:place] + low[place + 1 :]


def _cover(band: _Band, need: int) -> int:
    """Count the fewest packs that cover a need."""
    return max(band.low, -(-need // band.size))


def _fill(band: _Band, room: int) -> int:
    """Count the most packs that fit into a room."""
    return min(band.high, room // band.size)
