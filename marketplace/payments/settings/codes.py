"""Reading a cooperative's own QRIS code: from a photo or from text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.payments import qris

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2400
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_WORD = re.compile(r"[a-z0-9]+")
_SHARED = frozenset(
    {"koperasi", "kop", "toko", "warung", "ud", "cv", "pt", "qris", "kota", "malang"}
)


class NoCode(Invalid):
    """A photo without a QRIS code that can be read."""

    code = "no_code"


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A static code that passed every check, and what it says of its owner."""

    payload: str
    name: str
    city: str
    drops_tip: bool


def read_photo(photo: bytes) -> str:
    """Find the text of the one QR code in a photo; the photo is kept nowhere."""
    texts = {found.text for found in zxingcpp.read_barcodes(_opened(photo)) if found.text}
    codes = [text for text in texts if text.startswith("0002")] or sorted(texts)
    if not codes:
        raise NoCode(say("Tidak ada kode QR yang terbaca. Foto lagi lebih dekat dan terang."))
    if len(codes) > 1:
        raise NoCode(say("Ada beberapa kode QR di foto ini. Foto satu kode saja."))
    return codes[0]


def _opened(photo: bytes) -> Image.Image:
    unreadable = NoCode(say("Foto ini tidak bisa dibaca. Pakai foto JPG, PNG, atau WebP."))
    if not photo or len(photo) > MOST_BYTES:
        raise unreadable
    try:
        picture = Image.open(BytesIO(photo), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise NoCode(say("Foto ini terlalu besar. Kecilkan dulu."))
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, *_BOMBS) as broken:
        raise unreadable from broken
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def checked(payload: str) -> OwnCode:
    """Check a code strictly; only one that is pinned up in the shop may be used."""
    code = qris.parse(payload)
    if code.is_dynamic or code.amount is not None:
        raise qris.QrisError("already_dynamic")
    return OwnCode(
        payload=qris.normalise(payload),
        name=code.merchant_name or "",
        city=code.city or "",
        drops_tip=bool(qris.dynamic_warnings(payload)),
    )


def resembles(name: str, *others: str) -> bool:
    """Say whether a code's name shares a telling word with the cooperative's names."""
    mine = set(_WORD.findall(name.lower())) - _SHARED
    theirs = set(_WORD.findall(" ".join(others).lower())) - _SHARED
    return bool(mine & theirs)
