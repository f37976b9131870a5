"""The tumpal bar: a row of triangles in which one triangle is one real unit.

Geometry lives here and not in a style attribute, because the content policy forbids those.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

LONGEST_ROW = 25
MOST_TRIANGLES = 100
WIDE, HIGH = 10, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar ready to draw: its grid, what one triangle stands for, and one path per kind."""

    columns: int
    rows: int
    unit: int
    paths: tuple[tuple[str, str], ...]

    @property
    def view_box(self) -> str:
        """Give the SVG view box that holds every triangle."""
        return f"0 0 {self.columns * WIDE} {self.rows * HIGH}"


def _kind(triangle: int, filled: int, mine: range, reached: int) -> str:
    if triangle >= filled:
        return "no"
    if triangle in mine:
        return "me"
    return "f2" if triangle < reached else "f1"


def tumpal(total: int, filled: int, mine_from: int = 0, mine_to: int = 0, reached: int = 0) -> Bar:
    """Lay out a bar of ``total`` units, ``filled`` of them taken.

    Units from ``mine_from`` up to (not with) ``mine_to`` are the reader's own; the first
    ``reached`` units belong to a price step already won. Above 100 units one triangle stands
    for several; a started triangle counts as filled, but the last one only when all is in.
    """
    total, filled = max(total, 1), max(filled, 0)
    unit = ceil(total / MOST_TRIANGLES)
    triangles = ceil(total / unit)
    shown = triangles if filled >= total else min(ceil(filled / unit), triangles - 1)
    mine = range(min(mine_from // unit, max(shown - 1, 0)), ceil(mine_to / unit))
    rows = ceil(triangles / LONGEST_ROW)
    columns = ceil(triangles / rows)
    drawn: dict[str, str] = {}
    for triangle in range(triangles):
        kind = _kind(triangle, shown, mine if mine_to > mine_from else range(0), reached // unit)
        x, y = triangle % columns * WIDE, triangle // columns * HIGH
        drawn[kind] = drawn.get(kind, "") + f"M{x + 0.4:g} {y + 18.5:g}l4.6-17 4.6 17z"
    order = [kind for kind in ("f2", "f1", "me", "no") if kind in drawn]
    return Bar(columns, rows, unit, tuple((kind, drawn[kind]) for kind in order))
