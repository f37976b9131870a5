"""What public pages may cost: bytes on a slow phone, questions to the database."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

from marketplace.kernel.ids import to_text
from tests.makers import make_category, make_cooperative, make_listing, make_point
from tests.storefront.conftest import ROUND_THE_CLOCK

STATIC = Path(__file__).resolve().parents[2] / "static"
KILOBYTE = 1024
KINDS = (
    "makanan-minuman/makanan-ringan/keripik",
    "makanan-minuman/minuman/kopi",
    "fashion-pria/sepatu",
    "fashion-wanita/batik",
    "rumah-tangga/hiasan",
)


@pytest.fixture
def busy_market(session, market):
    """Enough of everything to fill a page: ten more shops, thirty more things in each of five."""
    for number in range(10):
        shop = make_cooperative(session, f"Koperasi Kampung Warna {number}")
        make_point(session, shop, slots=ROUND_THE_CLOCK, prepare_minutes=0)
        for turn in range(4):
            make_listing(
                session,
                shop,
                f"Barang buatan warga kampung, pilihan nomor {number} {turn}",
                category_id=make_category(session, KINDS[(number + turn) % len(KINDS)]),
            )
    for number in range(26):
        make_listing(session, market.sanan, f"Keripik tempe rasa pilihan nomor {number}")
    session.commit()
    market.index()
    return market


def addresses(session, market) -> list[str]:
    return [
        "/",
        "/cari",
        "/cari?q=keripik&wilayah=35.73.01&hari_ini=1&harga=10001-25000",
        "/kategori/makanan-minuman",
        "/koperasi",
        f"/k/{market.sanan.slug}",
        f"/k/{market.sanan.slug}?q=keripik",
        market.path(session, market.keripik),
    ]


def test_an_anonymous_page_asks_the_database_six_times_at_most(
    app, client, session, busy_market, counted
):
    for path in addresses(session, busy_market):
        app.extensions["pages"].forget()
        with counted() as asked:
            assert client.get(path).status_code == 200
        told = [statement for statement in asked if "outbox_messages" not in statement]
        assert len(told) <= 6, (path, told)


def test_a_visitor_with_a_basket_costs_no_more_questions(client, session, busy_market, counted):
    client.post("/keranjang", data={"variant": to_text(busy_market.keripik.id), "quantity": "1"})

    for path in addresses(session, busy_market):
        client.get(path)
        with counted() as asked:
            client.get(path)
        assert len(asked) <= 6, (path, asked)


def test_a_public_page_weighs_ten_kilobytes_at_most(client, session, busy_market):
    for path in addresses(session, busy_market):
        plain = client.get(path).data
        assert len(brotli.compress(plain, quality=5)) <= 10 * KILOBYTE, path


def test_a_first_visit_weighs_sixty_kilobytes_in_eight_requests_at_most(
    client, session, busy_market
):
    for path in addresses(session, busy_market):
        page = client.get(path).text
        files = set(re.findall(r'(?:src|href)="/static/([^"?#]+)', page))
        files.add("fonts/jakarta.woff2")
        eager = [img for img in re.findall(r"<img [^>]+>", page) if 'loading="lazy"' not in img]
        whole = len(brotli.compress(page.encode(), quality=5)) + sum(map(weight, files))
        assert whole <= 60 * KILOBYTE, (path, whole)
        assert 1 + len(files) + len(eager) <= 8, (path, files)


def weight(name: str) -> int:
    data = (STATIC / name).read_bytes()
    return len(data) if name.endswith(".woff2") else len(brotli.compress(data, quality=5))


def test_each_drawing_and_each_cloth_stands_in_a_page_only_once(client, busy_market):
    page = client.get("/cari").text

    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'<use href="#([^"]+)"', page):
        assert target in ids


def test_no_page_has_a_style_or_a_script_of_its_own(client, session, busy_market):
    for path in addresses(session, busy_market):
        page = client.get(path).text
        assert " style=" not in page
        assert re.findall(r"<script(?! type=\"(?:application/ld\+json|module)\")", page) == []
        assert re.findall(r"\son\w+=", page) == []
