"""Choosing packs: the cheapest mix that holds what the members want.

A kind of pack is cut into bands of counts at one price. A table over the totals that could
be bought, in cells of the greatest common size, is filled kind by kind; within a band the
best count is that of a sliding window, so the work grows with the totals and not with the
number of mixes. What is certainly bought of the cheapest pack is set aside before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from marketplace.kernel.text import say
from marketplace.supply.rules.packs import NoSuchPacks, Pack, PackPlan

MOST_KINDS = 4
MOST_CELLS = 1_000_000
NONE = 10**60  # dearer than anything
ALL = 10**18


class _Band(NamedTuple):
    """A run of counts of one pack at one price, counted in steps."""

    size: int
    price: int
    low: int
    high: int


class _Kind(NamedTuple):
    """One kind of pack: where it was given, its steps in packs, and its bands."""

    place: int
    step: int
    bands: list[_Band]

    @property
    def size(self) -> int:
        return self.bands[0].size

    @property
    def start(self) -> int:
        """Give the first count, in base units, of its last band."""
        return max(band.low for band in self.bands) * self.size


class _Table(NamedTuple):
    """What each total costs at least, and how many steps of each kind that takes."""

    worth: list[int]
    steps: list[list[int]]


def choose_packs(packs: Sequence[Pack], want: int, ceiling: int) -> PackPlan:
    """Choose the cheapest total between what is wanted and what may be taken at most.

    Of equal costs the least total wins, then fewer and larger packs, whatever their order.
    When no mix fits, the largest total that does not exceed the wish is chosen, and the
    shortfall is for people to decide about.
    """
    if len(packs) > MOST_KINDS:
        raise NoSuchPacks(say("Paling banyak %(most)s macam kemasan per barang.", most=MOST_KINDS))
    if not 0 <= want <= ceiling:
        raise NoSuchPacks(say("Jumlah paling banyak tidak boleh kurang dari yang diminta."))
    if not packs:
        return PackPlan([], 0, 0)
    kinds = _kinds(packs)
    most = min(ceiling, max(want + kinds[-1].size, sum(kind.start for kind in kinds)))
    kinds, place, aside = _set_aside(kinds, want)
    cell = gcd(*(kind.size for kind in kinds))
    before = aside * next((kind.size for kind in kinds if kind.place == place), 0)
    table = _table(kinds, cell, (most - before) // cell, most + 2)
    total = _best(table.worth, -(-(want - before) // cell), (want - before) // cell, most + 2)
    counts = _counts(kinds, table, cell, total)
    if aside:
        counts[place] += aside * packs[place].step
    return _plan(packs, counts)


def check_mix(packs: Sequence[Pack]) -> None:
    """Refuse sizes of packs that could not be weighed against each other. Raises NoSuchPacks."""
    choose_packs(packs, ALL, ALL)


def _plan(packs: Sequence[Pack], counts: list[int]) -> PackPlan:
    bought = list(zip(packs, counts, strict=True))
    return PackPlan(
        counts,
        sum(pack.size * count for pack, count in bought),
        sum(pack.price_at(count) * count for pack, count in bought),
    )


def _kinds(packs: Sequence[Pack]) -> list[_Kind]:
    """Put kinds in an order that does not hang on the one they were given in; largest last."""
    kinds = [_Kind(place, pack.step, list(_bands(pack))) for place, pack in enumerate(packs)]
    return sorted(kinds, key=lambda kind: (kind.size, -kind.step, kind.bands))


def _bands(pack: Pack) -> Iterator[_Band]:
    """Cut the counts that a pack allows into runs of one price; none at all is one too."""
    size = pack.size * pack.step
    first = max(1, -(-pack.min_packs // pack.step))
    starts = sorted({first, *(max(first, -(-count // pack.step)) for count, _ in pack.tiers)})
    if first > 1:
        yield _Band(size, 0, 0, 0)
    for low, after in zip(starts, [*starts[1:], ALL + 1], strict=True):
        price = pack.price_at(low * pack.step) * pack.step
        yield _Band(size, price, 0 if low == 1 else low, after - 1)


def _set_aside(kinds: list[_Kind], want: int) -> tuple[list[_Kind], int, int]:
    """Find what is bought of the cheapest pack in any case; gives its place and how many steps.

    So many other packs that they make up whole cheapest ones can be swapped for these at the
    same total. So of the others no more is bought than reaches into a band and one swap less.
    This holds when nothing is cheaper than its last band.
    """
    bands = [(kind, band) for kind in kinds for band in kind.bands if band.high]
    kind, band = min(
        bands, key=lambda one: (Fraction(one[1].price, one[1].size), -one[0].size, one[0].place)
    )
    others = sum(
        other.start + (band.size // gcd(band.size, other.size) - 1) * other.size
        for other in kinds
        if other is not kind
    )
    aside = (want - band.size - others) // band.size
    if band.high < ALL or aside < max(band.low, 1):
        return kinds, kind.place, 0
    rest = kind._replace(bands=[band._replace(low=0)])
    return [rest if one is kind else one for one in kinds], kind.place, aside


def _table(kinds: list[_Kind], cell: int, cells: int, scale: int) -> _Table:
    """Fill the table kind by kind; worth is the cost times the scale, and the packs it takes."""
    if cells * sum(len(kind.bands) for kind in kinds) > MOST_CELLS:
        raise NoSuchPacks(say("Ukuran kemasan ini terlalu rumit untuk dihitung bersama."))
    worth, steps = [0] + [NONE] * cells, []
    for kind in kinds:
        found, taken = [NONE] * (cells + 1), [0] * (cells + 1)
        for band in kind.bands:
            _add_band(band, kind.step, worth, found, taken, cell, scale)
        worth = found
        steps.append(taken)
    return _Table(worth, steps)


def _add_band(
    band: _Band,
    step: int,
    before: list[int],
    found: list[int],
    taken: list[int],
    cell: int,
    scale: int,
) -> None:
    """Better what was found with counts of one band; of equals the higher count stays."""
    wide, each = band.size // cell, band.price * scale + step
    for first in range(min(wide, len(before))):
        window: deque[tuple[int, int]] = deque()
        for place, total in enumerate(range(first, len(before), wide)):
            enters = place - band.low
            if enters >= 0 and (worth := before[first + enters * wide]) < NONE:
                worth -= enters * each
                while window and window[-1][0] > worth:
                    window.pop()
                window.append((worth, enters))
            if window and window[0][1] < place - band.high:
                window.popleft()
            if window and (best := window[0][0] + place * each) <= found[total]:
                found[total], taken[total] = best, place - window[0][1]


def _best(worth: list[int], least: int, most_below: int, scale: int) -> int:
    """Choose the cell of the cheapest total from the least on, else the fullest one below."""
    fitting = [cell for cell in range(max(least, 0), len(worth)) if worth[cell] < NONE]
    if fitting:
        return min(fitting, key=lambda cell: (worth[cell] // scale, cell))
    return next(cell for cell in range(most_below, -1, -1) if worth[cell] < NONE)


def _counts(kinds: list[_Kind], table: _Table, cell: int, total: int) -> list[int]:
    """Read back from the table how many packs of each kind make a total."""
    counts = [0] * len(kinds)
    for kind, taken in zip(reversed(kinds), reversed(table.steps), strict=True):
        counts[kind.place] = taken[total] * kind.step
        total -= taken[total] * kind.size // cell
    return counts
