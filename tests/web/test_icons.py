"""The icons of the home screen are those that the drawing gives."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageStat

from tools.icons import ICONS, WANTED, draw, petals

pytestmark = pytest.mark.slow


def on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, "#ffffff")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


@pytest.mark.parametrize("icon", WANTED, ids=lambda icon: icon.name)
def test_an_icon_is_its_drawing_in_the_size_of_its_name(icon):
    with Image.open(ICONS / icon.name) as kept:
        assert kept.size == (icon.side, icon.side)
        away = ImageChops.difference(on_white(kept), on_white(draw(icon)))

    assert max(ImageStat.Stat(away).mean) < 1


def test_a_maskable_icon_keeps_to_the_circle_that_every_phone_leaves():
    with Image.open(ICONS / "guyub-maskable-512.png") as kept:
        ground = Image.new("RGB", kept.size, "#ffffff")
        box = ImageChops.difference(kept.convert("RGB"), ground).getbbox()

    assert box is not None
    corners = [(x - 256, y - 256) for x in (box[0], box[2]) for y in (box[1], box[3])]
    assert all(x * x + y * y <= (0.4 * 512) ** 2 for x, y in corners)


def test_the_drawing_has_four_petals_of_two_colours():
    side, found = petals(ICONS / "guyub.svg")

    assert side == 40
    assert [petal.colour for petal in found] == ["#1f3d9a"] * 3 + ["#f6b21b"]
