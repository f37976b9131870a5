from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.art import (
    DRAWINGS,
    category_key,
    drawing,
    drawing_on_motif,
    drawing_svg,
    motif,
    motif_svg,
    tumpal,
)
from marketplace.web.art.motif import DYES, GEOMETRIES

GOLDEN = {
    "sanan-tempe-muda": "eede370872f2",
    "velodrome-rukun-jaya": "3a06f7ad76d9",
    "celaket-batik-muda": "1ca35f2ec5ef",
    "polowijen-topeng-budaya": "bd5b497b4aa8",
    "": "9a721b6a5c18",
}


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@pytest.mark.parametrize("seed", GOLDEN)
def test_a_cooperative_keeps_its_cloth_for_ever(seed):
    assert fingerprint(motif(seed)) == GOLDEN[seed]


@given(seed=st.text(), pick=st.none() | st.integers(0, 99), dye=st.none() | st.integers(0, 99))
def test_any_seed_gives_small_well_formed_cloth(seed, pick, dye):
    svg = motif_svg(seed, pick, dye, xmlns=True)

    assert 450 <= len(svg) <= 1200
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_seed_reaches_every_geometry_and_every_dye():
    cloths = {motif(str(number)) for number in range(400)}

    assert all(any(shape.shapes[:40] in cloth for cloth in cloths) for shape in GEOMETRIES)
    assert all(any(f'fill="{ground}"' in cloth for cloth in cloths) for ground, _ in DYES)


def test_parang_is_not_among_the_cloths():
    assert [shape.name for shape in GEOMETRIES] == [
        "kawung",
        "ceplok",
        "truntum",
        "tumpal",
        "nitik",
    ]


def test_the_same_cloth_in_two_places_has_two_pattern_names():
    above, beside = motif("velo", place="atas"), motif("velo", place="sisi")

    assert above != beside
    assert len(above) == len(beside)


def test_a_chosen_geometry_dye_and_scale_override_the_seed():
    cloth = motif("velo", pick=4, dye=1, scale=2)

    assert GEOMETRIES[4].shapes in cloth
    assert 'fill="#14225c"' in cloth
    assert "scale(2)" in cloth


@pytest.mark.parametrize("key", DRAWINGS)
def test_a_drawing_is_small_well_formed_and_free_of_ids(key):
    svg = drawing_svg(key, size=400)

    ET.fromstring(svg)
    assert len(svg) < 3400
    assert ' id="' not in svg
    assert "style=" not in svg


def test_the_drawings_are_the_ones_that_were_agreed():
    text = "".join(key + drawing(key) for key in sorted(DRAWINGS))

    assert fingerprint(text) == "94eed5d2b9ba"


def test_a_product_without_a_photo_stands_on_its_cooperatives_cloth():
    picture = drawing_on_motif("keripik", "sanan", dye=2)

    assert picture.startswith('<span class="ph"><svg class="motif"')
    assert DRAWINGS["keripik"]["shapes"] in picture


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("makanan-minuman/makanan-ringan/keripik", "keripik"),
        ("makanan-minuman/makanan-ringan/biskuit-wafer", "kue"),
        ("makanan-minuman/minuman/kopi-bubuk", "kopi"),
        ("makanan-minuman/minuman/teh", "minuman"),
        ("makanan-minuman/bumbu-bahan-masakan/rempah", "bumbu"),
        ("makanan-minuman/bumbu-bahan-masakan/aneka-sambal", "sambal"),
        ("makanan-minuman/lain", "jajan"),
        ("fashion-pria/atasan-pria/kemeja-pria", "pakaian"),
        ("fashion-pria/atasan-pria/kaos-pria", "sablon"),
        ("fashion-wanita/sepatu-wanita/sandal-wanita", "sepatu"),
        ("fashion-wanita/tas-wanita/tote-bag", "tas"),
        ("fashion-wanita/batik-wanita/batik-couple", "batik"),
        ("fashion-muslim/jilbab/hijab-instan", "hijab"),
        ("rumah-tangga/dekorasi/vas-bunga", "rumah"),
        ("perawatan-tubuh/perawatan-rambut/shampoo", "rawat"),
        ("/Buku/majalah/", "buku"),
        ("topeng", "topeng"),
        ("sesuatu-yang-baru", "jajan"),
        ("", "jajan"),
    ],
)
def test_a_category_finds_the_drawing_that_suits_it(path, key):
    assert category_key(path) == key


@given(st.text())
def test_any_category_has_a_drawing(path):
    assert category_key(path) in DRAWINGS


def triangles(bar, kind):
    return dict(bar.paths).get(kind, "").count("M")


def test_one_triangle_is_one_unit():
    bar = tumpal(50, 47, 36, 38, 20)

    assert (bar.rows, bar.columns, bar.unit) == (2, 25, 1)
    assert [triangles(bar, kind) for kind in ("f2", "f1", "me", "no")] == [20, 25, 2, 3]


def test_a_bar_of_nine_founders_is_one_row():
    bar = tumpal(9, 7, 0, 1)

    assert (bar.rows, bar.view_box) == (1, "0 0 90 20")
    assert triangles(bar, "me") == 1


def test_above_a_hundred_units_a_triangle_stands_for_several():
    bar = tumpal(480, 340)

    assert (bar.unit, bar.rows, triangles(bar, "f1"), triangles(bar, "no")) == (5, 4, 68, 28)


def test_a_bar_is_never_full_before_everything_is_in():
    assert triangles(tumpal(1000, 999), "no") == 1
    assert triangles(tumpal(1000, 1000), "no") == 0
    assert triangles(tumpal(1000, 1), "f1") == 1


def test_an_overfull_or_empty_pool_still_draws():
    assert triangles(tumpal(20, 31), "f1") == 20
    assert triangles(tumpal(0, 0), "no") == 1
    assert triangles(tumpal(20, -3), "no") == 20


@given(
    total=st.integers(1, 5000),
    filled=st.integers(0, 6000),
    mine=st.tuples(st.integers(0, 5000), st.integers(0, 5000)).map(sorted),
    reached=st.integers(0, 5000),
)
def test_a_bar_draws_every_triangle_once_in_rows_of_at_most_twenty_five(
    total, filled, mine, reached
):
    bar = tumpal(total, filled, *mine, reached)

    count = sum(path.count("M") for _, path in bar.paths)
    assert count == -(-total // bar.unit)
    assert count <= 100
    assert bar.columns <= 25
    assert bar.rows <= 4
    assert (triangles(bar, "no") == 0) == (filled >= total)


@given(total=st.integers(2, 3000), start=st.integers(0, 2999), length=st.integers(1, 50))
def test_my_own_share_can_always_be_seen(total, start, length):
    end = min(start + length, total)

    bar = tumpal(total, total, min(start, end - 1), end)

    assert triangles(bar, "me") >= 1
