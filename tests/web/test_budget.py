"""What a first visit may weigh on a slow phone, file by file."""

from __future__ import annotations

import gzip
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
KILOBYTE = 1024


def compressed(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("css/guyub.css", 9),
        ("js/guyub.js", 4),
        ("icons/sprite.svg", 12),
        ("vendor/htmx-4.0.1.min.js", 14),
    ],
)
def test_a_static_file_stays_within_its_budget(name, most):
    assert compressed(name) <= most * KILOBYTE


def test_the_font_stays_within_its_budget():
    assert (STATIC / "fonts" / "jakarta.woff2").stat().st_size <= 16 * KILOBYTE


def test_the_stylesheet_is_built_from_its_sources():
    build = runpy.run_path(str(ROOT / "tools" / "css.py"))["build"]

    assert (STATIC / "css" / "guyub.css").read_text() == build(), "run: python tools/css.py"


@pytest.mark.parametrize(
    "licence", ["fonts/jakarta-OFL.txt", "icons/tabler-LICENSE.txt", "vendor/htmx-LICENSE.txt"]
)
def test_what_others_made_keeps_its_licence_beside_it(licence):
    assert (STATIC / licence).stat().st_size > 500
