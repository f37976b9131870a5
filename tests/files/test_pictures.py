from __future__ import annotations

import json
import struct
import zlib
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from marketplace.files.pictures import MOST_BYTES, TILE_BYTES, WIDTHS, BadPicture, read_picture
from tests.files.makers import make_photo

HOSTILE = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())
FILES = [case for case in HOSTILE["inputs"] if case["cat"] == "file" and "value_b64" in case]


def opened(tile: bytes) -> Image.Image:
    return Image.open(BytesIO(tile))


def png_of_pixels(width: int, height: int) -> bytes:
    """A tiny file that claims to be huge: one bit a pixel, all black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def test_a_photo_becomes_three_squares_of_webp() -> None:
    picture = read_picture(make_photo(900, 600))

    assert {width: opened(tile).size for width, tile in picture.tiles.items()} == {
        width: (width, width) for width in WIDTHS
    }
    assert {opened(tile).format for tile in picture.tiles.values()} == {"WEBP"}
    assert (picture.width, picture.height) == (900, 600)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK", "1", "LA"])
def test_every_usual_kind_of_photo_can_be_read(kind: str, mode: str) -> None:
    if kind == "JPEG" and mode in ("P", "RGBA", "LA"):
        mode = "RGB"
    if kind != "JPEG" and mode == "CMYK":
        mode = "RGB"

    picture = read_picture(make_photo(200, 300, kind=kind, mode=mode))

    assert opened(picture.tiles[320]).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    picture = read_picture(make_photo(64, 64, kind="PNG", mode="RGBA", colour=(255, 0, 0, 0)))

    assert min(opened(picture.tiles[160]).convert("RGB").getpixel((80, 80))) > 250  # type: ignore[type-var]


def test_a_photo_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (7.0, 58.0, 0.0)}
    exif[0x010F] = "Telepon Bu Lilik"
    data = make_photo(300, 300, exif=exif)

    picture = read_picture(data)

    assert b"Telepon" in data
    for tile in picture.tiles.values():
        assert not opened(tile).getexif()
        assert b"Telepon" not in tile


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to the right
    image = Image.new("RGB", (400, 400), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 400, 200))  # red above blue
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)

    upright = opened(read_picture(out.getvalue()).tiles[160]).convert("RGB")

    left, right = upright.getpixel((20, 80)), upright.getpixel((140, 80))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > 200 > left[0]  # blue to the left
    assert right[0] > 200 > right[2]


def test_a_tile_for_a_list_stays_light_even_for_a_busy_photo() -> None:
    noise = Image.effect_noise((800, 800), 60).convert("RGB").resize((800, 800))
    out = BytesIO()
    noise.resize((200, 200)).resize((800, 800)).save(out, "JPEG")

    picture = read_picture(out.getvalue())

    assert len(picture.tiles[320]) <= TILE_BYTES
    assert len(picture.tiles[160]) < len(picture.tiles[320]) < len(picture.tiles[640])


def test_the_same_photo_always_gives_the_same_bytes() -> None:
    data = make_photo(300, 300)

    assert read_picture(data) == read_picture(data)


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["id"])
def test_hostile_files_are_refused_with_a_sentence(case: dict[str, str]) -> None:
    with pytest.raises(BadPicture) as refused:
        read_picture(b64decode(case["value_b64"]))

    assert "photos" in refused.value.fields


@pytest.mark.parametrize("side", [5_001, 13_000, 30_000])
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_opened(side: int) -> None:
    with pytest.raises(BadPicture, match="25 juta"):
        read_picture(png_of_pixels(side, side))


def test_a_page_dressed_as_a_photo_is_refused() -> None:
    for page in (b"<html><script>alert(1)</script>", b"GIF89a" + b"\x00" * 50, b"%PDF-1.7", b""):
        with pytest.raises(BadPicture):
            read_picture(page)


def test_a_photo_with_a_page_behind_it_loses_the_page() -> None:
    data = make_photo(300, 300) + b"<script>alert(1)</script>"

    picture = read_picture(data)

    assert all(b"<script" not in tile for tile in picture.tiles.values())


def test_too_many_bytes_and_too_few_pixels_are_refused() -> None:
    with pytest.raises(BadPicture, match="8 MB"):
        read_picture(b"\xff\xd8\xff" + b"\x00" * MOST_BYTES)
    with pytest.raises(BadPicture, match="terlalu kecil"):
        read_picture(make_photo(8, 8))


PHOTO = make_photo(120, 90)


@given(st.integers(0, len(PHOTO)), st.binary(max_size=40))
@hypothesis_settings(max_examples=60)
def test_no_cut_or_broken_photo_does_more_than_be_refused(cut: int, junk: bytes) -> None:
    try:
        picture = read_picture(PHOTO[:cut] + junk)
    except BadPicture:
        return

    assert set(picture.tiles) == set(WIDTHS)
