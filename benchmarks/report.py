"""What was measured, beside what was wanted, as one table."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Without a goal it only explains another one."""

    where: str
    measure: str
    figure: str
    goal: str = ""
    met: bool | None = None


def say(text: str) -> None:
    """Tell how far the measuring is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def table(rows: Iterable[Row]) -> str:
    """Write the rows below each other, each with whether its goal was met."""
    cells = [("where", "measure", "figure", "goal", "")]
    verdict = {True: "met", False: "MISSED", None: ""}
    cells += [(row.where, row.measure, row.figure, row.goal, verdict[row.met]) for row in rows]
    widths = [max(len(line[at]) for line in cells) for at in range(len(cells[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )
