"""Draw the home-screen icons from ``static/icons/guyub.svg``: ``python -m tools.icons``.

Phones want bitmaps: a maskable icon is cut to a circle by some and to a square by others, so
its drawing keeps to the middle and its ground fills the whole square.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[1] / "static" / "icons"
SVG = "{http://www.w3.org/2000/svg}"
GROUND = "#ffffff"
FINE = 4
"""How many times larger the drawing is made before it is scaled down."""


@dataclass(frozen=True)
class Icon:
    """One bitmap: its name, its side in pixels, and how much of the side the drawing takes."""

    name: str
    side: int
    part: float
    ground: str | None = None


WANTED = (
    Icon("guyub-192.png", 192, 0.94),
    Icon("guyub-512.png", 512, 0.94),
    Icon("guyub-maskable-512.png", 512, 0.6, GROUND),
    Icon("guyub-apple-180.png", 180, 0.74, GROUND),
)


@dataclass(frozen=True)
class Petal:
    """An ellipse of the drawing, in its own units, turned about its middle."""

    x: float
    y: float
    width: float
    height: float
    turn: float
    colour: str


def petals(drawing: Path) -> tuple[float, list[Petal]]:
    """Read the side of the drawing and its ellipses; a group's colour goes to those inside."""
    root = ET.parse(drawing).getroot()  # noqa: S314 - our own file
    side = float(root.attrib["viewBox"].split()[2])
    colours = {one: group.get("fill") for group in root for one in group}
    return side, [_petal(one, colours.get(one)) for one in root.iter(f"{SVG}ellipse")]


def _petal(one: ET.Element, inherited: str | None) -> Petal:
    turns = re.findall(r"rotate\((-?[\d.]+)", one.get("transform", ""))
    x, y, width, height = (float(one.attrib[name]) for name in ("cx", "cy", "rx", "ry"))
    colour = one.get("fill") or inherited or "#000000"
    return Petal(x, y, width, height, float(*turns[:1]), colour)


def draw(icon: Icon) -> Image.Image:
    """Draw one icon."""
    side, found = petals(ICONS / "guyub.svg")
    large = icon.side * FINE
    scale = large * icon.part / side
    edge = (large - side * scale) / 2
    picture = Image.new("RGBA", (large, large), icon.ground or "#ffffff00")
    for petal in found:
        layer = Image.new("RGBA", picture.size, petal.colour + "00")
        x, y = edge + petal.x * scale, edge + petal.y * scale
        w, h = petal.width * scale, petal.height * scale
        ImageDraw.Draw(layer).ellipse((x - w, y - h, x + w, y + h), fill=petal.colour)
        turned = layer.rotate(-petal.turn, Image.Resampling.BICUBIC, center=(x, y))
        picture.alpha_composite(turned)
    return picture.resize((icon.side, icon.side), Image.Resampling.LANCZOS)


def main() -> int:
    """Draw all of them into ``static/icons``."""
    for icon in WANTED:
        picture = draw(icon)
        if icon.ground:
            picture = picture.convert("RGB")
        picture.quantize(64, dither=Image.Dither.NONE).save(ICONS / icon.name, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
