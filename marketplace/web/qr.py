"""QR codes to be scanned from a screen or from paper."""

from __future__ import annotations

import segno
from markupsafe import Markup


def picture(payload: str) -> Markup:
    """Draw a code as SVG; dark on white also in the dark theme, so that phones can read it."""
    code = segno.make(payload, error="m", micro=False)
    return Markup(code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff"))  # noqa: S704
