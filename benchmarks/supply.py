"""Measure the rules of buying together: ``python -m benchmarks.supply``.

Processor time, the middle of several runs: sharing out among 1,000 members, by each policy, of
whom some accept no less than all; and the cheapest mix of four sizes with five steps of price.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from statistics import median

from benchmarks.report import Row, table
from marketplace.supply.rules import Pack, SharingPolicy, Wish, choose_packs, share_out

RUNS = 9
MEMBERS, UNITS = 1_000, 2_000
SHARED_IN, CHOSEN_IN = 50.0, 100.0
SIZES = ((50, 25, 10, 5), (48, 40, 12, 5), (25, 24, 23, 7))
STEPS = ((5, 97), (10, 95), (20, 93), (40, 90), (80, 88))


def measure() -> list[Row]:
    """Measure sharing out and choosing packs, which need no database."""
    return [*_sharing(), *_choosing()]


def _sharing() -> list[Row]:
    chance = random.Random(20261128)
    wishes = []
    for key in range(MEMBERS):
        want = chance.randint(1, 40)
        least = want if chance.random() < 0.1 else 0
        wishes.append(Wish(key, least, want, want + 5, chance.randint(0, 3), turn=key))
    available = sum(wish.want for wish in wishes) * 9 // 10
    rows = []
    for policy in SharingPolicy:
        took = _middle(lambda policy=policy: share_out(available, wishes, policy))  # type: ignore[misc]
        measured = f"{MEMBERS:,} members shared out, {policy.value}"
        goal = policy is SharingPolicy.PROPORTIONAL
        rows.append(_row(measured, took, SHARED_IN if goal else None))
    return rows


def _choosing() -> list[Row]:
    rows = []
    for sizes in SIZES:
        packs = [
            Pack(size, size * 9_000, tiers=tuple((n, size * 90 * part) for n, part in STEPS))
            for size in sizes
        ]
        took = _middle(lambda packs=packs: choose_packs(packs, UNITS - 10, UNITS))  # type: ignore[misc]
        named = ", ".join(map(str, sizes))
        rows.append(_row(f"packs of {named} with steps, for {UNITS:,} units", took, CHOSEN_IN))
    return rows


def _middle(work: Callable[[], object]) -> float:
    """Give the middle of the milliseconds of processor time that some work takes."""
    times = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        times.append((time.process_time() - begun) * 1_000)
    return median(times)


def _row(measured: str, took: float, goal: float | None) -> Row:
    told = f"< {goal:.0f} ms" if goal is not None else ""
    return Row("process", measured, f"{took:.1f} ms", told, took < goal if goal else None)


def main() -> int:
    """Measure, and print what came of it."""
    print(table(measure()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
