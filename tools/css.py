"""Join tokens.css and app.css into the one stylesheet that pages load.

Run ``python tools/css.py`` after changing either; a test fails when the result is stale.
Nothing runs at start-up: the result is committed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"
SOURCES = ("css/tokens.css", "css/app.css")
RESULT = STATIC / "css" / "guyub.css"
FONT = "fonts/jakarta.woff2"


def build() -> str:
    """Give the joined stylesheet: no comments, one rule a line, the font by its fingerprint."""
    source = "\n".join((STATIC / name).read_text() for name in SOURCES)
    without_comments = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    tight = re.sub(r"\s*\n\s*", "", without_comments)
    tight = re.sub(r"\s*([{};])\s*", r"\1", tight).replace(";}", "}")
    tight = re.sub(r"(?<=[\w-]): (?=[^{}]*[;}])", ":", tight)
    fingerprint = hashlib.sha256((STATIC / FONT).read_bytes()).hexdigest()[:8]
    return tight.replace("jakarta.woff2", f"jakarta.woff2?v={fingerprint}") + "\n"


if __name__ == "__main__":
    RESULT.write_text(build())
