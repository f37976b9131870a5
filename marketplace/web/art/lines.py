"""A row of numbers over days, drawn as steps: what something cost, and from when on.

Geometry lives here and not in a style attribute, because the content policy forbids those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDE, HIGH = 320, 120
MARGIN = 6
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Steps:
    """A line to draw: from each day on it stands at a number, the last one until ``ends``."""

    name: str
    points: Sequence[tuple[date, int]]
    ends: date


@dataclass(frozen=True, slots=True)
class Lines:
    """A chart ready to draw: a path per line, and what its edges stand for."""

    paths: tuple[tuple[str, str], ...]
    least: int
    most: int
    first: date
    last: date

    @property
    def view_box(self) -> str:
        """Give the SVG view box that holds every line."""
        return f"0 0 {WIDE} {HIGH}"


def step_lines(lines: Sequence[Steps]) -> Lines | None:
    """Lay out up to four lines over one scale of days and numbers; nothing to draw gives None."""
    drawn = [line for line in lines if line.points][:MOST_LINES]
    if not drawn:
        return None
    numbers = [number for line in drawn for _, number in line.points]
    first = min(day for line in drawn for day, _ in line.points)
    last = max(max(line.ends, line.points[-1][0]) for line in drawn)
    least, most = min(numbers), max(numbers)
    days, span = max((last - first).days, 1), max(most - least, 1)

    def across(day: date) -> str:
        return f"{MARGIN + (day - first).days * (WIDE - 2 * MARGIN) / days:.1f}"

    def down(number: int) -> str:
        return f"{HIGH - MARGIN - (number - least) * (HIGH - 2 * MARGIN) / span:.1f}"

    paths = []
    for line in drawn:
        (start, number), *rest = line.points
        path = f"M{across(start)} {down(number)}"
        path += "".join(f"H{across(day)}V{down(value)}" for day, value in rest)
        paths.append((line.name, f"{path}H{across(max(line.ends, line.points[-1][0]))}"))
    return Lines(tuple(paths), least, most, first, last)
