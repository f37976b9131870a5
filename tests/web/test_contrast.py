"""WCAG contrast, computed from the tokens in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT, SHAPE, DECOR = 4.5, 3.0, 2.2
STATES = ("daun", "soga", "cabai")

PAIRS: list[tuple[str, str, float]] = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("bg", "bg-2", "bg-3")
    ),
    *(("nila-ink", ground, TEXT) for ground in ("nila", "nila-hover")),
    *(("nila-text", ground, TEXT) for ground in ("bg", "bg-2", "nila-bg")),
    *((ink, "nila-bg", TEXT) for ink in ("ink", "ink-2")),
    *(("kunyit-ink", ground, TEXT) for ground in ("kunyit", "kunyit-hover")),
    *(("kunyit-text", ground, TEXT) for ground in ("bg", "kunyit-bg")),
    *((ink, "kunyit-bg", TEXT) for ink in ("ink", "ink-2")),
    *(
        (f"{state}-text", ground, TEXT)
        for state in STATES
        for ground in ("bg", "bg-2", f"{state}-bg")
    ),
    *(("ink", f"{state}-bg", TEXT) for state in STATES),
    ("cabai-ink", "cabai", TEXT),
    *((ink, "nila-deep", TEXT) for ink in ("on-deep", "on-deep-2", "deep-tint")),
    *((line, ground, SHAPE) for line in ("line-2", "focus") for ground in ("bg", "bg-2")),
    ("nila", "bg", SHAPE),
    ("daun", "bg", SHAPE),
    ("kunyit-2", "bg", DECOR),
]


def themes() -> dict[str, dict[str, str]]:
    source = (CSS / "tokens.css").read_text()
    light, rest = source.split("@media (prefers-color-scheme: dark)")
    dark = rest.split("@media (prefers-contrast")[0]

    def colours(text: str) -> dict[str, str]:
        return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))

    return {"light": colours(light), "dark": {**colours(light), **colours(dark)}}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "needed"), PAIRS)
def test_every_pair_of_colours_can_be_told_apart(theme, front, ground, needed):
    colours = themes()[theme]

    assert contrast(colours[front], colours[ground]) >= needed


def test_colour_values_live_in_the_tokens_alone():
    components = (CSS / "app.css").read_text()

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", components) == []


def test_components_use_only_tokens_that_exist():
    components = (CSS / "app.css").read_text()
    tokens = (CSS / "tokens.css").read_text()

    known = set(re.findall(r"(--[\w-]+):", tokens + components))

    assert set(re.findall(r"var\((--[\w-]+)", components)) <= known


def test_every_token_is_used_somewhere():
    both = (CSS / "tokens.css").read_text() + (CSS / "app.css").read_text()

    unused = {name for name in re.findall(r"(--[\w-]+):", both) if f"var({name}" not in both}

    assert unused <= {"--s16"}
