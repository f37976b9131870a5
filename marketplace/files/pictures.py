"""Photos as they come from phones, and as they leave: small squares that tell nothing else.

Every picture is decoded and drawn anew, so that nothing of the sent file survives: no place
of birth (EXIF), no second file behind the first, no script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say

WEBP = "image/webp"
WIDTHS = (160, 320, 640)
TILE = 320
TILE_BYTES = 12 * 1024
QUALITIES = (80, 70, 60, 50, 40, 30)
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
LEAST_SIDE = 32
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)
Drawn = tuple[tuple[int, int], Image.Image]


class BadPicture(Invalid):
    """What was sent is no photo that can be shown."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message, fields={"photos": message})


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo cut square, as WebP in each of ``WIDTHS``; ``sha256`` is that of the sent file."""

    sha256: str
    width: int
    height: int
    tiles: dict[int, bytes]

    @property
    def size(self) -> int:
        """Count the bytes of all tiles."""
        return sum(len(tile) for tile in self.tiles.values())


@dataclass(frozen=True, slots=True)
class Whole:
    """A photo with nothing cut off, as one WebP; ``sha256`` is that of the sent file."""

    sha256: str
    width: int
    height: int
    data: bytes
    media_type: str = field(default=WEBP, init=False)


def read_picture(data: bytes) -> Picture:
    """Make the squares of a photo, or say why it cannot be shown.

    Small originals are enlarged: all widths are always there, so that an address can be
    written without looking anything up.
    """
    (width, height), square = _checked(data, _square)
    return Picture(hashlib.sha256(data).hexdigest(), width, height, _tiles(square))


def read_whole(data: bytes) -> Whole:
    """Draw a photo anew with all that is on it, such as a receipt; raises BadPicture."""
    _, image = _checked(data, _fitted)
    return Whole(hashlib.sha256(data).hexdigest(), image.width, image.height, _webp(image, 75))


def _checked(data: bytes, draw: Callable[[Image.Image], Image.Image]) -> Drawn:
    """Check what was sent and draw it; gives its own size and the drawing."""
    if len(data) > MOST_BYTES:
        raise BadPicture(say("Foto paling besar 8 MB. Kecilkan dulu, lalu kirim lagi."))
    if not has_magic(data):
        raise BadPicture(say("Kirim foto JPEG, PNG, atau WebP."))
    try:
        image = _opened(data)
        return image.size, draw(image)
    except BadPicture:
        raise
    except Exception as broken:  # a decoder fed with garbage may raise anything
        raise BadPicture(
            say("Foto ini rusak. Ambil atau simpan ulang, lalu kirim lagi.")
        ) from broken


def has_magic(data: bytes) -> bool:
    """Say whether something begins as a photo does, whatever it is called."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _opened(data: bytes) -> Image.Image:
    """Open a photo so far that its size is known, and refuse one that is too large or small."""
    try:
        image: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    if image.width * image.height > MOST_PIXELS:  # known from the header, before decoding
        raise _too_many_pixels()
    if min(image.size) < LEAST_SIDE:
        raise BadPicture(say("Foto ini terlalu kecil untuk dilihat."))
    return image


def _square(image: Image.Image) -> Image.Image:
    """Cut the middle square of a photo, upright and without transparency."""
    image.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # a JPEG is decoded small at once
    upright = _opaque(ImageOps.exif_transpose(image))
    return ImageOps.fit(upright, (WIDTHS[-1], WIDTHS[-1]), Image.Resampling.LANCZOS)


def _fitted(image: Image.Image) -> Image.Image:
    """Make a photo no longer than it need be to be read, upright and without transparency."""
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = _opaque(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return upright


def _too_many_pixels() -> BadPicture:
    return BadPicture(say("Foto paling besar 25 juta piksel. Kecilkan dulu, lalu kirim lagi."))


def _opaque(image: Image.Image) -> Image.Image:
    """Put what is transparent on white, and leave every other kind of colour behind."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    ground = Image.new("RGB", seen.size, WHITE)
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _tiles(square: Image.Image) -> dict[int, bytes]:
    """Draw all widths in the best quality in which the tile of a list stays light."""
    small = square.resize((TILE, TILE), Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        tile = _webp(small, quality)
        if len(tile) <= TILE_BYTES:
            break
    return {
        width: tile
        if width == TILE
        else _webp(square.resize((width, width), Image.Resampling.LANCZOS), quality)
        for width in WIDTHS
    }


def _webp(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
