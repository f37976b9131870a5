"""The picture that messengers show with a link: 1200 x 630, under 200 KB, made by us."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from xml.etree.ElementTree import fromstring

from PIL import Image, ImageDraw, ImageFont

from marketplace.storefront.seo.raster import SHARP, paint, scaled
from marketplace.web import art
from marketplace.web.components import STATIC

WIDTH, HEIGHT = 1200, 630
MOST_BYTES = 200 * 1024
PICTURE = 460
EDGE = 72
GROUND, INK, SOFT, DEEP = "#ffffff", "#131a2e", "#47506a", "#14225c"
_TILE = re.compile(
    r'<pattern id="\w+" width="(?P<side>\d+)"[^>]*scale\((?P<scale>[\d.]+)\)">(?P<shapes>.*)'
    r'</pattern></defs><rect[^>]*fill="(?P<ground>#\w+)"/>',
    re.DOTALL,
)


class Words(NamedTuple):
    """What a preview says."""

    title: str
    loud: str
    small: str


@dataclass(frozen=True, slots=True)
class Cloth:
    """What chooses the cloth behind a drawing, as ``art.motif`` takes it."""

    seed: str
    pick: int | None = None
    dye: int | None = None


@cache
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(STATIC / "fonts" / "jakarta.woff2", size)
    font.set_variation_by_axes([weight])
    return font


def preview(
    words: Words, cloth: Cloth, *, drawing: str | None = None, photo: bytes | None = None
) -> bytes:
    """Draw a preview: a photo, or a drawing on the cloth, beside title and price."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    canvas.paste(_cloth(cloth, HEIGHT, HEIGHT), (0, 0))
    if photo is not None:
        canvas.paste(_cover(photo), (0, 0))
    elif drawing is not None:
        _paste_drawing(canvas, drawing)
    _write(canvas, words)
    return _jpeg(canvas)


def _cloth(cloth: Cloth, width: int, height: int) -> Image.Image:
    """Weave a cloth: one repeat is drawn and laid side by side."""
    svg = art.motif_svg(cloth.seed, cloth.pick, cloth.dye, 1.6)
    found = _TILE.search(svg)
    if found is None:
        message = "a cloth is no longer written as it was"
        raise ValueError(message)
    side = round(int(found["side"]) * float(found["scale"]))
    large = Image.new("RGB", (side * SHARP, side * SHARP), found["ground"])
    factor = side * SHARP / int(found["side"])
    paint(large, fromstring(f"<svg>{found['shapes']}</svg>"), scaled(factor))  # noqa: S314 - ours
    tile = large.resize((side, side), Image.Resampling.LANCZOS)
    woven = Image.new("RGB", (width, height))
    for x in range(0, width, side):
        for y in range(0, height, side):
            woven.paste(tile, (x, y))
    return woven


def _paste_drawing(canvas: Image.Image, key: str) -> None:
    """Put a drawing on its disc in the middle of the cloth."""
    chosen = art.DRAWINGS[key]
    size = PICTURE * SHARP // 2
    disc = Image.new("L", (size, size))
    ImageDraw.Draw(disc).ellipse((0, 0, size - 1, size - 1), fill=255)
    large = Image.new("RGB", (size, size), chosen["ground"])
    factor = size / 200 * 0.8
    shapes = fromstring(f"<svg>{chosen['shapes']}</svg>")  # noqa: S314 - our own drawing
    paint(large, shapes, scaled(factor, size * 0.1, size * 0.1))
    place = ((HEIGHT - PICTURE) // 2, (HEIGHT - PICTURE) // 2)
    small = (PICTURE, PICTURE)
    canvas.paste(
        large.resize(small, Image.Resampling.LANCZOS),
        place,
        disc.resize(small, Image.Resampling.LANCZOS),
    )


def _cover(photo: bytes) -> Image.Image:
    """Crop a stored photo to a square; it was checked and shrunk when it came in."""
    with Image.open(io.BytesIO(photo)) as opened:
        picture = opened.convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize(
        (HEIGHT, HEIGHT), Image.Resampling.LANCZOS
    )


def _write(canvas: Image.Image, words: Words) -> None:
    draw = ImageDraw.Draw(canvas)
    left, room = HEIGHT + EDGE, WIDTH - HEIGHT - 2 * EDGE
    top = EDGE
    for line in _broken(words.title, _font(52, 800), room, 4):
        draw.text((left, top), line, font=_font(52, 800), fill=INK)
        top += 64
    draw.text((left, top + 24), words.loud, font=_fitting(words.loud, 68, room), fill=DEEP)
    lines = _broken(words.small, _font(30, 450), room, 2)
    top = HEIGHT - EDGE - 40 * len(lines)
    for line in lines:
        draw.text((left, top), line, font=_font(30, 450), fill=SOFT)
        top += 40


def _fitting(text: str, size: int, room: int) -> ImageFont.FreeTypeFont:
    while size > 24 and _font(size, 800).getlength(text) > room:
        size -= 4
    return _font(size, 800)


def _broken(text: str, font: ImageFont.FreeTypeFont, room: int, most: int) -> list[str]:
    """Break a text into lines that fit; what does not fit ends in dots."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
            continue
        lines.append(word)
    lines = [line for line in lines if line]
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] += " …"
    return [_cut(line, font, room) for line in shown]


def _cut(line: str, font: ImageFont.FreeTypeFont, room: int) -> str:
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(line + "…") > room:
        line = line[:-1]
    return line + "…"


def _jpeg(canvas: Image.Image) -> bytes:
    """Save small enough for every messenger."""
    for quality in (82, 72, 60, 45):
        out = io.BytesIO()
        canvas.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()
