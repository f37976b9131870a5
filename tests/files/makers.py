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


def make_pdf(*, objects: bytes = b"", after: bytes = b"") -> bytes:
    """A PDF with one page; ``objects`` stands among its own, ``after`` behind its end."""
    out = BytesIO()
    Image.new("RGB", (200, 100), (250, 250, 250)).save(out, "PDF")
    plain = out.getvalue()
    head, table, tail = plain.rpartition(b"xref\n0")
    if not objects:
        return plain + after
    place = len(head) + len(objects)
    lines = tail.rstrip().split(b"\n")
    lines[-2] = str(place).encode()
    return head + objects + table + b"\n".join(lines) + b"\n" + after
