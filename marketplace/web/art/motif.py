"""Every cooperative its own cloth: the same seed always gives the same motif.

Parang is left out on purpose: it was once reserved for the courts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from markupsafe import Markup

DYES = (
    ("#1f3d9a", "#dfe7ff"),
    ("#14225c", "#f6b21b"),
    ("#7a3512", "#f7dfc2"),
    ("#17714a", "#dff3e6"),
    ("#a3242f", "#fde3d3"),
    ("#f6b21b", "#14225c"),
    ("#e9eefb", "#1f3d9a"),
    ("#fbeadc", "#8f4a12"),
)
SCALES = (0.8, 1.05, 1.3)


@dataclass(frozen=True, slots=True)
class Geometry:
    """One repeat of a cloth: the side of its square and the shapes in it."""

    name: str
    side: int
    shapes: str


def _petals() -> str:
    return "".join(
        f'<ellipse cx="20" cy="10" rx="2.6" ry="7" transform="rotate({turn * 45} 20 20)"/>'
        for turn in range(8)
    )


def _dots() -> str:
    places = (
        (18, 4),
        (11, 11),
        (25, 11),
        (4, 18),
        (18, 18),
        (32, 18),
        (11, 25),
        (25, 25),
        (18, 32),
    )
    return "".join(f'<rect x="{x}" y="{y}" width="4.4" height="4.4" rx="1"/>' for x, y in places)


GEOMETRIES = (
    Geometry(
        "kawung",
        40,
        '<ellipse cx="10" cy="10" rx="5" ry="11" transform="rotate(-45 10 10)"/>'
        '<ellipse cx="30" cy="10" rx="5" ry="11" transform="rotate(45 30 10)"/>'
        '<ellipse cx="10" cy="30" rx="5" ry="11" transform="rotate(45 10 30)"/>'
        '<ellipse cx="30" cy="30" rx="5" ry="11" transform="rotate(-45 30 30)"/>'
        '<path d="M20-3 23 0 20 3 17 0zM0 17l3 3-3 3-3-3zM40 17l3 3-3 3-3-3zM20 37l3 3-3 3-3-3z"/>',
    ),
    Geometry(
        "ceplok",
        44,
        '<path d="M22 3 41 22 22 41 3 22z" fill="none" stroke="{ink}" stroke-width="3"/>'
        '<path d="M22 12 32 22 22 32 12 22z"/>'
        '<path d="M0 0h7L0 7zM44 0h-7l7 7zM0 44h7l-7-7zM44 44h-7l7-7z"/>',
    ),
    Geometry(
        "truntum",
        40,
        _petals() + '<circle cx="20" cy="20" r="2.2"/><circle cx="0" cy="0" r="3"/>'
        '<circle cx="40" cy="0" r="3"/>'
        '<circle cx="0" cy="40" r="3"/><circle cx="40" cy="40" r="3"/>',
    ),
    Geometry(
        "tumpal",
        32,
        '<path d="M0 32 16 4l16 28zM16 14 8 29h16z" fill-rule="evenodd"/>'
        '<circle cx="0" cy="7" r="2.6"/><circle cx="32" cy="7" r="2.6"/>',
    ),
    Geometry("nitik", 40, _dots()),
)


def motif_svg(
    seed: str,
    pick: int | None = None,
    dye: int | None = None,
    scale: float | None = None,
    *,
    place: str = "",
    xmlns: bool = False,
) -> str:
    """Draw the cloth as plain SVG text.

    ``place`` tells two copies on one page apart: a pattern inside a hidden picture does not
    paint a visible one that shares its id. ``xmlns`` makes a file that stands alone.
    """
    digest = hashlib.sha256(seed.encode()).digest()
    geometry = GEOMETRIES[(digest[0] if pick is None else pick) % len(GEOMETRIES)]
    ground, ink = DYES[(digest[1] if dye is None else dye) % len(DYES)]
    size = SCALES[digest[2] % len(SCALES)] if scale is None else scale
    mark = hashlib.sha256(f"{seed}|{geometry.name}|{ground}|{size}|{place}".encode()).hexdigest()[
        :6
    ]
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if xmlns else ""
    return (
        f'<svg{namespace} class="motif" aria-hidden="true" preserveAspectRatio="xMidYMid slice">'
        f'<defs><pattern id="m{mark}" width="{geometry.side}" height="{geometry.side}"'
        f' patternUnits="userSpaceOnUse" patternTransform="scale({size:g})">'
        f'<g fill="{ink}">{geometry.shapes.replace("{ink}", ink)}</g></pattern></defs>'
        f'<rect width="100%" height="100%" fill="{ground}"/>'
        f'<rect width="100%" height="100%" fill="url(#m{mark})"/></svg>'
    )


def motif(
    seed: str,
    pick: int | None = None,
    dye: int | None = None,
    scale: float | None = None,
    place: str = "",
) -> Markup:
    """Draw the cloth that belongs to a seed; the rest overrides what the seed would choose."""
    return Markup(motif_svg(seed, pick, dye, scale, place=place))  # noqa: S704 - no user text in it
