"""Pictures that the product draws itself: cooperative cloth, category drawings, tumpal bars."""

from __future__ import annotations

from marketplace.web.art.drawings import (
    DRAWINGS,
    category_key,
    drawing,
    drawing_on_motif,
    drawing_svg,
)
from marketplace.web.art.lines import Lines, Steps, step_lines
from marketplace.web.art.motif import motif, motif_svg
from marketplace.web.art.tumpal import Bar, tumpal

__all__ = [
    "DRAWINGS",
    "Bar",
    "Lines",
    "Steps",
    "category_key",
    "drawing",
    "drawing_on_motif",
    "drawing_svg",
    "motif",
    "motif_svg",
    "step_lines",
    "tumpal",
]
