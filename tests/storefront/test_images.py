from __future__ import annotations

import io
import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from PIL import Image

from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.storefront.seo import preview, raster
from marketplace.storefront.seo.preview import MOST_BYTES, Cloth, Words
from marketplace.web import art

WORDS = Words("Keripik tempe Sanan 250 g", "Rp 15.000 / bungkus", "Sanan Tempe Muda · Blimbing")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def picture_of(client, path: str) -> str:
    page = client.get(path).text
    return re.search(r'og:image" content="http://localhost([^"]+)"', page)[1]


def test_a_preview_is_a_jpeg_that_every_messenger_shows(client, session, market):
    answer = client.get(picture_of(client, market.path(session, market.keripik)))

    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert opened(answer.data).size == (1200, 630)
    assert len(answer.data) < 200 * 1024
    assert "public" in answer.headers["Cache-Control"]
    answer.close()


def test_a_preview_is_drawn_once(client, session, market, monkeypatch):
    address = picture_of(client, market.path(session, market.keripik))
    client.get(address).close()
    monkeypatch.setattr(
        "marketplace.storefront.views.images.preview", lambda *a, **k: pytest.fail("drawn again")
    )

    answer = client.get(address)

    assert answer.status_code == 200
    answer.close()


def test_the_address_of_a_preview_changes_with_the_price(app, client, session, market):
    path = market.path(session, market.keripik)
    before = picture_of(client, path)
    market.keripik.price = Rupiah(17_500)
    session.commit()
    app.extensions["pages"].shelf.clear()

    after = picture_of(client, path)

    assert after != before
    answer = client.get(before)
    assert (answer.status_code, answer.headers["Location"]) == (302, after)


def test_the_photo_of_a_product_is_shown_when_there_is_one():
    picture = Image.new("RGB", (640, 640), "#ff00ff")
    out = io.BytesIO()
    picture.save(out, "WEBP")

    drawn = opened(
        preview.preview(WORDS, Cloth("koperasi-1"), drawing="keripik", photo=out.getvalue())
    )

    red, green, blue = drawn.convert("RGB").getpixel((315, 315))
    assert red > 230
    assert green < 40
    assert blue > 230


def test_cooperatives_and_the_site_have_previews_too(client, market):
    for address in (f"/gambar/koperasi/{market.sanan.id}.jpg", "/gambar/guyub.jpg"):
        answer = client.get(address)
        assert opened(answer.data).size == (1200, 630)
        assert len(answer.data) < MOST_BYTES
        answer.close()


def test_what_is_not_there_has_no_preview(client, market):
    assert client.get(f"/gambar/{to_text(new_id())}-abc.jpg").status_code == 404
    assert client.get("/gambar/koperasi/30000.jpg").status_code == 404


@pytest.mark.parametrize("key", sorted(art.DRAWINGS))
def test_every_drawing_of_ours_can_be_painted(key):
    picture = Image.new("RGB", (100, 100), art.DRAWINGS[key]["ground"])
    shapes = fromstring(f"<svg>{art.DRAWINGS[key]['shapes']}</svg>")

    raster.paint(picture, shapes, raster.scaled(0.5))

    assert len(picture.getcolors(100 * 100) or []) > 2


@pytest.mark.parametrize("pick", range(5))
def test_every_cloth_of_ours_can_be_woven(pick):
    woven = preview._cloth(Cloth("x", pick, 0), 200, 200)

    colours = {colour for _, colour in woven.getcolors(200 * 200) or []}
    assert (0x1F, 0x3D, 0x9A) in colours
    assert len(colours) > 2


def test_a_shape_we_do_not_know_is_not_passed_over_in_silence():
    with pytest.raises(ValueError, match="text"):
        raster.paint(Image.new("RGB", (9, 9)), fromstring("<svg><text/></svg>"), raster.PLAIN)


@pytest.mark.parametrize(
    ("d", "points"),
    [
        ("M0 0h10v10H0z", [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]),
        ("m1 1 2 0 0 2z", [(1, 1), (3, 1), (3, 3), (1, 1)]),
        ("M0 0L5 5V0", [(0, 0), (5, 5), (5, 0)]),
        ("M0 0a5 5 0 0 1 4 4", [(0, 0), (4, 4)]),
    ],
)
def test_straight_paths_are_followed_exactly(d, points):
    assert list(raster._path(d)) == [points]


def test_curves_end_where_they_should_and_go_on_smoothly():
    (line,) = raster._path("M0 0q5 10 10 0t10 0c0 5 5 5 5 0s5-5 5 0")

    assert line[-1] == (30, 0)
    assert max(y for _, y in line) == pytest.approx(5)
    assert min(y for _, y in line) == pytest.approx(-5)


def test_longest_words_and_strange_letters_fit(tmp_path: Path):
    words = Words("W" * 400 + " 中文 " + "x" * 90, "Rp 999.999.999.999.999 / bungkus", "y" * 300)

    assert len(preview.preview(words, Cloth("z"), drawing="batik")) < MOST_BYTES


def test_the_drawings_file_is_what_the_painter_was_made_for():
    drawings = json.loads(Path(art.__file__).with_name("drawings.json").read_text(encoding="utf-8"))
    tags = {
        element.tag
        for drawing in drawings.values()
        for element in fromstring(f"<svg>{drawing['shapes']}</svg>").iter()
    }

    assert tags <= {"svg", "g", "path", "circle", "ellipse", "rect"}
