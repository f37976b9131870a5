"""Our own drawings as pixels: the few SVG shapes they use, drawn by Pillow.

Shapes are drawn four times too large and shrunk, which makes their edges smooth.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from PIL import Image, ImageChops, ImageColor, ImageDraw

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Line = list[Point]

SHARP = 4
CURVE_STEPS = 16
PLAIN: Matrix = (1, 0, 0, 1, 0, 0)
_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_TRANSFORM = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Pen:
    """How shapes are drawn, as handed down from the elements around them."""

    matrix: Matrix = PLAIN
    fill: str = "#000"
    stroke: str = "none"
    width: float = 1.0
    opacity: float = 1.0
    evenodd: bool = False


def paint(picture: Image.Image, shapes: Element, matrix: Matrix) -> None:
    """Draw everything inside an element upon a picture, through a matrix."""
    _paint(picture, shapes, Pen(matrix))


def _paint(picture: Image.Image, parent: Element, pen: Pen) -> None:
    for element in parent:
        own = _pen(element, pen)
        if element.tag == "g":
            _paint(picture, element, own)
            continue
        lines = [[_through(own.matrix, point) for point in line] for line in _lines(element)]
        if own.fill != "none":
            _put(picture, _filled(picture.size, lines, evenodd=own.evenodd), own.fill, own.opacity)
        if own.stroke != "none":
            width = own.width * math.sqrt(abs(_determinant(own.matrix)))
            _put(picture, _stroked(picture.size, lines, width), own.stroke, own.opacity)


def _pen(element: Element, pen: Pen) -> Pen:
    given = element.get
    return replace(
        pen,
        matrix=_joined(pen.matrix, _read_transform(given("transform", ""))),
        fill=given("fill", pen.fill),
        stroke=given("stroke", pen.stroke),
        width=float(given("stroke-width", pen.width)),
        opacity=pen.opacity * float(given("opacity", "1")),
        evenodd=given("fill-rule", "") == "evenodd" or pen.evenodd,
    )


def _put(picture: Image.Image, mask: Image.Image, colour: str, opacity: float) -> None:
    if opacity < 1:
        mask = mask.point([round(value * opacity) for value in range(256)])
    picture.paste(ImageColor.getrgb(colour), (0, 0), mask)


def _filled(size: tuple[int, int], lines: Sequence[Line], *, evenodd: bool) -> Image.Image:
    mask = Image.new("L", size)
    for line in lines:
        if len(line) < 3:
            continue
        if not evenodd:
            ImageDraw.Draw(mask).polygon(line, fill=255)
            continue
        part = Image.new("L", size)
        ImageDraw.Draw(part).polygon(line, fill=255)
        mask = ImageChops.difference(mask, part)
    return mask


def _stroked(size: tuple[int, int], lines: Sequence[Line], width: float) -> Image.Image:
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    radius = width / 2
    for line in lines:
        draw.line(line, fill=255, width=max(1, round(width)))
        for x, y in line:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask


# Shapes as lines


def _lines(element: Element) -> list[Line]:
    def number(name: str) -> float:
        return float(element.get(name, "0"))

    if element.tag == "path":
        return list(_path(element.get("d", "")))
    if element.tag == "circle":
        return [_ellipse(number("cx"), number("cy"), number("r"), number("r"))]
    if element.tag == "ellipse":
        return [_ellipse(number("cx"), number("cy"), number("rx"), number("ry"))]
    if element.tag == "rect":
        return [_rect(number("x"), number("y"), number("width"), number("height"), number("rx"))]
    message = f"no drawing of ours uses <{element.tag}>"
    raise ValueError(message)


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> Line:
    turns = [step * math.tau / 48 for step in range(49)]
    return [(cx + rx * math.cos(turn), cy + ry * math.sin(turn)) for turn in turns]


def _rect(x: float, y: float, width: float, height: float, rx: float) -> Line:
    rx = min(rx, width / 2, height / 2)
    corners: tuple[Point, ...] = ((x + rx, y + rx), (x + width - rx, y + rx))
    corners += ((x + width - rx, y + height - rx), (x + rx, y + height - rx))
    line: Line = []
    for corner, (cx, cy) in enumerate(corners):
        for step in range(7):
            turn = math.pi + (corner + step / 6) * math.pi / 2
            line.append((cx + rx * math.cos(turn), cy + rx * math.sin(turn)))
    return [*line, line[0]]


@dataclass(slots=True)
class _Walk:
    """Where a path has got to."""

    at: Point = (0, 0)
    start: Point = (0, 0)
    handle: Point | None = None
    kind: str = ""


_ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}


def _path(d: str) -> Iterator[Line]:
    walk, line = _Walk(), list[Point]()
    for command, numbers in _commands(d):
        kind = command.lower()
        base = walk.at if command.islower() else (0.0, 0.0)
        if kind == "m":
            if len(line) > 1:
                yield line
            walk.at = walk.start = (base[0] + numbers[0], base[1] + numbers[1])
            line = [walk.at]
        elif kind == "z":
            yield [*line, walk.start]
            walk.at, line = walk.start, [walk.start]
        else:
            line += _step(walk, kind, numbers, base)
        walk.kind = kind
    if len(line) > 1:
        yield line


def _commands(d: str) -> Iterator[tuple[str, list[float]]]:
    tokens = _TOKEN.findall(d)
    at, command = 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        count = _ARGUMENTS[command.lower()]
        yield command, [float(token) for token in tokens[at : at + count]]
        at += count
        command = {"m": "l", "M": "L"}.get(command, command)


def _step(walk: _Walk, kind: str, numbers: list[float], base: Point) -> Line:
    """Go on by one command; gives the points passed on the way."""
    if kind in "hv":
        x = base[0] + numbers[0] if kind == "h" else walk.at[0]
        y = base[1] + numbers[0] if kind == "v" else walk.at[1]
        walk.at = (x, y)
        return [walk.at]
    if kind == "a":  # the one arc there is would not be seen: a straight line does
        numbers = numbers[5:]
        kind = "l"
    points = [(base[0] + x, base[1] + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    if kind in "st":
        points.insert(0, _mirrored(walk, kind))
    curve = _bezier([walk.at, *points])
    if kind in "csqt":
        walk.handle = points[-2]
    walk.at = points[-1]
    return curve if kind != "l" else [walk.at]


def _mirrored(walk: _Walk, kind: str) -> Point:
    """Continue a curve smoothly: its handle is the mirror of the last one."""
    if walk.handle is None or walk.kind not in {"s": "cs", "t": "qt"}[kind]:
        return walk.at
    return (2 * walk.at[0] - walk.handle[0], 2 * walk.at[1] - walk.handle[1])


def _bezier(points: Line) -> Line:
    """Walk along a curve of any degree, by halving the way between its points."""
    found = []
    for step in range(1, CURVE_STEPS + 1):
        share, level = step / CURVE_STEPS, points
        while len(level) > 1:
            level = [
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
                for a, b in itertools.pairwise(level)
            ]
        found.append(level[0])
    return found


# Matrices (a, b, c, d, e, f) as SVG writes them


def scaled(factor: float, dx: float = 0, dy: float = 0) -> Matrix:
    """Make a matrix that enlarges and then moves."""
    return (factor, 0, 0, factor, dx, dy)


def _through(m: Matrix, point: Point) -> Point:
    x, y = point
    return (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])


def _joined(m: Matrix, n: Matrix) -> Matrix:
    e, f = _through(m, (n[4], n[5]))
    return (
        m[0] * n[0] + m[2] * n[1],
        m[1] * n[0] + m[3] * n[1],
        m[0] * n[2] + m[2] * n[3],
        m[1] * n[2] + m[3] * n[3],
        e,
        f,
    )


def _determinant(m: Matrix) -> float:
    return m[0] * m[3] - m[1] * m[2]


def _read_transform(text: str) -> Matrix:
    found = PLAIN
    for name, inner in _TRANSFORM.findall(text):
        numbers = [float(part) for part in re.split(r"[\s,]+", inner.strip())]
        if name == "translate":
            found = _joined(found, (1, 0, 0, 1, numbers[0], numbers[1] if len(numbers) > 1 else 0))
        elif name == "scale":
            found = _joined(found, scaled(numbers[0]))
        else:
            found = _joined(found, _turned(*numbers))
    return found


def _turned(degrees: float, cx: float = 0, cy: float = 0) -> Matrix:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turned: Matrix = (cos, sin, -sin, cos, 0, 0)
    return _joined(_joined((1, 0, 0, 1, cx, cy), turned), (1, 0, 0, 1, -cx, -cy))
