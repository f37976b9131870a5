"""Photos for tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image


def make_photo(
    width: int = 400,
    height: int = 300,
    *,
    kind: str = "JPEG",
    mode: str = "RGB",
    colour: Any = None,
    exif: Image.Exif | None = None,
) -> bytes:
    """A photo of one colour that falls off to one side."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    if colour is not None:
        image = Image.new(mode, (width, height), colour)
    out = BytesIO()
    image.convert(mode).save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()
