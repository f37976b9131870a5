from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest

from marketplace.cooperatives.models import OldSlug, Standing
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Halal, ListingState
from tests.makers import (
    SATURDAY,
    make_category,
    make_cooperative,
    make_listing,
    make_officer,
    make_point,
)
from tests.storefront.conftest import ROUND_THE_CLOCK, listing_of

CHIPS = re.compile(r'<a class="chip on" href="([^"]+)" rel="nofollow">([^<]+)<')


def text_of(answer) -> str:
    page = re.sub(r"<(script|svg)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return plain(re.sub(r"<[^>]+>", " ", page))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text)).strip()


def structured(answer) -> list[dict]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    assert len(found) == 1
    data = json.loads(found[0])
    return data.get("@graph", [data])


def of_type(answer, kind: str) -> dict:
    return next(data for data in structured(answer) if data["@type"] == kind)


def meta(answer, name: str) -> str:
    found = re.search(rf'<meta property="{re.escape(name)}" content="([^"]*)">', answer.text)
    assert found is not None, name
    return plain(found[1])


# Home


def test_home_shows_what_can_be_fetched_today_and_what_a_price_is_made_of(client, market):
    answer = client.get("/")

    words = text_of(answer)
    assert answer.status_code == 200
    assert "Bisa diambil hari ini" in words
    assert "Keripik tempe Sanan 250 g" in words
    assert "2 koperasi" in words
    assert "Ambil hari ini sampai" in words
    assert re.search(r"Dari Rp\s[\d.]+ yang kamu bayar", words)
    assert 'href="/kategori/makanan-minuman"' in answer.text
    assert "9 orang" in words


def test_home_puts_what_is_sold_out_behind_what_is_there(client, market):
    words = client.get("/").text

    assert words.index("Keripik tempe Sanan") < words.index("Sambal bawang")


def test_home_of_an_empty_market_says_what_to_do(client):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "Belum ada barang" in answer.text


def test_home_tells_machines_who_we_are(client, market):
    answer = client.get("/")

    assert of_type(answer, "Organization")["url"] == "http://localhost/"
    assert of_type(answer, "WebSite")["potentialAction"]["@type"] == "SearchAction"
    assert len(of_type(answer, "ItemList")["itemListElement"]) == 3
    assert '<link rel="canonical" href="http://localhost/">' in answer.text


# Search


def test_a_search_shows_goods_counts_and_ways_to_narrow_it(client, market):
    answer = client.get("/cari?q=keripik")

    words = text_of(answer)
    assert "1 barang untuk “keripik”" in words
    assert "Sanan Tempe Muda · Blimbing" in words
    assert "Ambil hari ini 1" in words
    assert "mulai" in words
    assert '<meta name="robots" content="noindex,follow">' in answer.text


def test_a_search_for_everything_counts_districts_and_prices(client, market):
    words = text_of(client.get("/cari"))

    assert "3 barang" in words
    assert "Blimbing 2" in words
    assert "Kedungkandang 1" in words
    assert re.search(r"Sampai Rp\s10.000 1", words)


def test_filters_in_use_are_chips_that_can_be_taken_off(client, market):
    answer = client.get("/cari?q=keripik&wilayah=35.73.01&harga=10001-25000&hari_ini=1")

    chips = {plain(text): unescape(href) for href, text in CHIPS.findall(answer.text)}
    assert set(chips) == {"Blimbing", "Rp 10.001 – Rp 25.000", "Ambil hari ini"}
    assert chips["Blimbing"] == "/cari?q=keripik&harga=10001-25000&hari_ini=1"
    assert "Saring (3 dipakai)" in text_of(answer)
    assert 'href="/cari?q=keripik"' in answer.text


def test_too_narrow_a_search_offers_to_take_off_the_filter_that_hides_most(client, market):
    answer = client.get("/cari?wilayah=35.73.03&harga=10001-25000")

    words = text_of(answer)
    assert "Lepas saringan Kedungkandang untuk melihat 2 barang lagi." in words
    assert 'href="/cari?harga=10001-25000" rel="nofollow"' in answer.text


def test_a_chosen_district_leaves_the_others_to_choose_from(client, market):
    words = text_of(client.get("/cari?wilayah=35.73.03"))

    assert "Blimbing 2" in words
    assert "Cilok" in words
    assert "Sambal" not in words


def test_an_odd_spelling_is_answered_and_the_usual_one_offered(client, market):
    answer = client.get("/cari?q=kripik")

    assert "Keripik tempe" in answer.text
    assert "Maksudmu" in answer.text
    assert 'href="/cari?q=keripik"' in answer.text


def test_a_search_that_finds_nothing_is_no_blank_page(client, market):
    words = text_of(client.get("/cari?q=qwrtzpl"))

    assert "Belum ada “qwrtzpl”" in words
    assert "Lihat semua barang" in words


def test_results_are_sorted_as_asked(client, market):
    words = client.get("/cari?urut=termurah").text

    assert words.index("Cilok") < words.index("Keripik tempe") < words.index("Sambal")


def test_only_the_list_is_sent_when_only_the_list_is_asked_for(client, market):
    answer = client.get("/cari?q=keripik&hal=", headers={"HX-Request": "true"})

    assert answer.text.lstrip().startswith('<div id="hasil"')
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/cari?q=keripik"
    assert "no-store" in answer.headers["Cache-Control"]


def test_search_speaks_english_too(client, market):
    client.set_cookie("bahasa", "en")

    words = text_of(client.get("/cari?q=keripik&hari_ini=1"))

    assert "1 product for “keripik”" in words
    assert "Pick up today" in words


def test_pages_are_numbered(client, session, market):
    for number in range(25):
        make_listing(session, market.sanan, f"Kopi robusta nomor {number}")
    market.index()

    first, second = client.get("/cari?q=kopi"), client.get("/cari?q=kopi&hal=2")

    assert first.text.count('<li class="p">') == 24
    assert 'href="/cari?q=kopi&amp;hal=2"' in first.text
    assert second.text.count('<li class="p">') == 1


def test_braces_in_a_search_do_not_break_its_page_numbers(client, session, market):
    for number in range(25):
        make_listing(session, market.sanan, f"Kopi robusta nomor {number}")
    market.index()

    answer = client.get("/cari?q=kopi+{0.__class__}")

    assert answer.status_code == 200


def test_what_is_typed_is_completed(client, market):
    answer = client.get("/cari/saran?q=keri")

    assert any("keripik" in one["text"].lower() for one in answer.json)
    assert client.get("/cari/saran").json == []


def test_search_answers_without_an_index(client, app, market):
    index = app.extensions["search"]
    shutil.rmtree(index.path)
    index._looked, index._opened = float("-inf"), None

    answer = client.get("/cari?q=keripik")

    assert answer.status_code == 200
    assert "Keripik tempe" in answer.text


# Categories


def test_a_category_shows_what_is_in_it_and_below(client, market):
    answer = client.get("/kategori/makanan-minuman")

    words = text_of(answer)
    assert "3 barang" in words
    assert 'href="/kategori/makanan-minuman/makanan-ringan"' in answer.text
    crumbs = of_type(answer, "BreadcrumbList")["itemListElement"]
    assert crumbs[-1]["item"] == "http://localhost/kategori/makanan-minuman"


def test_a_category_without_goods_says_so(client, session, market):
    make_category(session, "jasa/jahit")

    answer = client.get("/kategori/jasa/jahit")

    assert answer.status_code == 200
    assert "Belum ada barang di sini" in answer.text


@pytest.mark.parametrize("path", ["tidak-ada", "../etc", "x'; DROP TABLE listings", "%00"])
def test_a_category_that_is_none_is_not_found(client, market, path):
    assert client.get(f"/kategori/{path}").status_code in (400, 404)


# Cooperatives


def test_the_directory_lists_cooperatives_by_district_and_name(client, market):
    everyone = text_of(client.get("/koperasi"))
    there = text_of(client.get("/koperasi?wilayah=35.73.03"))
    named = text_of(client.get("/koperasi?q=velo"))

    assert "2 koperasi" in everyone
    assert "Velodrome" in there
    assert "Sanan" not in there
    assert "1 koperasi" in named
    assert "Tidak ada koperasi" in text_of(client.get("/koperasi?q=zzz"))


def test_a_shop_shows_who_it_is_when_it_hands_over_and_who_made_what(client, market):
    answer = client.get(f"/k/{market.sanan.slug}")

    words = text_of(answer)
    assert "Berbadan hukum" in words
    assert "Balai RW 15" in words
    assert "Bu Lilik" in words
    assert "Terjual 214" in words
    assert "https://wa.me/6281234567890" in answer.text
    business = of_type(answer, "LocalBusiness")
    assert business["name"] == market.sanan.name
    assert len(business["openingHoursSpecification"]) == 7
    assert business["openingHoursSpecification"][0]["closes"] == "23:59"


def test_one_can_search_inside_a_shop(client, market):
    found = text_of(client.get(f"/k/{market.sanan.slug}?q=sambal"))
    elsewhere = text_of(client.get(f"/k/{market.sanan.slug}?q=cilok"))

    assert "Sambal bawang" in found
    assert "Keripik tempe" not in found
    assert "Cilok kuah kacang" not in elsewhere


def test_a_shop_on_holiday_stays_open_to_look_at_and_says_when_it_is_back(client, session, market):
    today = datetime.now(UTC).date()
    market.sanan.closed_from = today - timedelta(days=2)
    market.sanan.closed_until = today + timedelta(days=20)
    session.commit()

    words = text_of(client.get(f"/k/{market.sanan.slug}"))

    assert "Libur. Buka lagi" in words
    assert "Toko tutup" in words


def test_two_shops_never_mix(client, market):
    sanan = text_of(client.get(f"/k/{market.sanan.slug}"))
    velodrome = text_of(client.get(f"/k/{market.velodrome.slug}"))

    assert "Cilok kuah kacang" not in sanan
    assert "Keripik tempe" not in velodrome


def test_an_old_address_of_a_shop_leads_to_the_new_one(client, session, market):
    session.add(OldSlug(slug="tempe-lama", cooperative_id=market.sanan.id, changed_at=SATURDAY))
    session.commit()

    answer = client.get("/k/tempe-lama?q=keripik")

    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/k/{market.sanan.slug}?q=keripik"


@pytest.mark.parametrize(
    ("standing", "status"), [(Standing.PREPARING, 404), (Standing.SUSPENDED, 410)]
)
def test_only_those_who_work_there_see_a_shop_that_is_not_open(
    client, session, sign_in, market, standing, status
):
    chair = make_officer(session, market.sanan)
    market.sanan.standing = standing
    session.commit()

    assert client.get(f"/k/{market.sanan.slug}").status_code == status
    assert sign_in(chair).get(f"/k/{market.sanan.slug}").status_code == 200


def test_a_shop_without_goods_says_so(client, session):
    shop = make_cooperative(session, "Baru")
    make_point(session, shop, slots=ROUND_THE_CLOCK)
    session.commit()

    assert "Belum ada barang" in client.get(f"/k/{shop.slug}").text
    assert client.get(f"/k/{shop.slug}?hal=7").status_code == 404


# Products


def test_a_product_shows_price_split_sizes_times_and_the_way_into_the_basket(
    client, session, market
):
    answer = client.get(market.path(session, market.keripik))

    words = text_of(answer)
    assert "Rp 15.000" in words
    assert "Bu Lilik Rp 13.500" in words
    assert "Koperasi Rp 1.500" in words
    assert "500 g, Rp 29.000" in words
    assert "Ambil hari ini sampai" in words
    assert f'name="variant" value="{to_text(market.keripik.id)}"' in answer.text
    assert "csrf_token" not in answer.text
    assert "Sambal bawang" in words


def test_a_size_has_an_address_but_the_product_only_one(client, session, market):
    path = market.path(session, market.keripik)

    answer = client.get(f"{path}?varian={to_text(market.large.id)}")

    assert "Rp 29.000" in text_of(answer)
    assert f'value="{to_text(market.large.id)}"' in answer.text
    assert f'<link rel="canonical" href="http://localhost{path}">' in answer.text


def test_a_product_can_be_put_into_the_basket_from_its_page(client, session, market):
    page = client.get(market.path(session, market.keripik))
    variant = re.search(r'name="variant" value="(\w+)"', page.text)[1]

    answer = client.post("/keranjang", data={"variant": variant, "quantity": "2"})

    assert answer.status_code == 303
    assert "Keripik tempe" in client.get("/keranjang").text


def test_a_sold_out_product_stays_and_says_so(client, session, market):
    answer = client.get(market.path(session, market.sambal))

    assert answer.status_code == 200
    assert "Habis" in text_of(answer)
    assert 'action="/keranjang"' not in answer.text
    assert of_type(answer, "Product")["offers"]["availability"].endswith("/OutOfStock")


def test_what_is_made_daily_is_back_tomorrow(client, session, market):
    bread = make_listing(session, market.sanan, "Roti", daily_limit=0)
    session.commit()

    assert "Besok dibuat lagi" in client.get(market.path(session, bread)).text


def test_a_pre_order_says_when_it_is_ready(client, session, market):
    parcel = make_listing(
        session,
        market.sanan,
        "Paket oleh-oleh",
        stock_count=0,
        backorder_limit=9,
        ready_on=datetime.now(UTC).date() + timedelta(days=9),
    )
    session.commit()

    answer = client.get(market.path(session, parcel))

    assert "Siap mulai" in text_of(answer)
    assert of_type(answer, "Product")["offers"]["availability"].endswith("/PreOrder")


def test_what_one_should_know_about_food_is_told(client, session, market):
    listing = listing_of(session, market.keripik)
    listing.ingredients = "Tempe, tepung beras"
    listing.food_permit = "2063573010123-29"
    listing.halal = Halal.CERTIFIED
    listing.halal_number = "ID35110000123"
    listing.shelf_life_days = 21
    listing.description_html = "<p>Diiris <strong>tangan</strong>.</p>"
    session.commit()

    answer = client.get(market.path(session, market.keripik))

    words = text_of(answer)
    assert "Komposisi Tempe, tepung beras" in words
    assert "PIRT 2063573010123-29" in words
    assert "Bersertifikat ID35110000123" in words
    assert "Baik dikonsumsi sebelum" in words
    assert "<strong>tangan</strong>" in answer.text


def test_machines_read_what_a_product_costs_and_whether_it_is_there(client, session, market):
    answer = client.get(market.path(session, market.keripik))

    product = of_type(answer, "Product")
    offers = product["offers"]
    assert product["name"] == "Keripik tempe Sanan 250 g"
    assert (offers["lowPrice"], offers["highPrice"], offers["priceCurrency"]) == (
        15_000,
        29_000,
        "IDR",
    )
    assert offers["availability"] == "https://schema.org/InStock"
    assert offers["offers"][0]["seller"]["name"] == market.sanan.name
    assert product["image"][0].startswith("http://localhost/gambar/")
    assert [part["position"] for part in of_type(answer, "BreadcrumbList")["itemListElement"]] == [
        1,
        2,
        3,
    ]


def test_no_title_can_end_the_structured_data_or_the_page(client, session, market):
    nasty = make_listing(
        session,
        market.sanan,
        "</script><script>alert(1)</script> & \u2028 \"'",
        slug="nasty",
    )
    market.index()
    session.commit()

    for path in (market.path(session, nasty), "/cari?q=alert", f"/k/{market.sanan.slug}", "/"):
        answer = client.get(path)
        assert "<script>alert" not in answer.text
    product = of_type(client.get(market.path(session, nasty)), "Product")
    assert product["name"].startswith("</script><script>alert(1)</script>")


def test_sharing_has_our_own_picture_and_the_price(client, session, market):
    path = market.path(session, market.keripik)
    answer = client.get(path)

    assert meta(answer, "og:title") == "Keripik tempe Sanan 250 g - Rp 15.000"
    assert meta(answer, "og:url") == f"http://localhost{path}"
    assert meta(answer, "og:type") == "product"
    assert meta(answer, "product:price:amount") == "15000"
    assert meta(answer, "og:image").startswith("http://localhost/gambar/")
    assert "https://wa.me/?text=" in answer.text


def test_another_slug_leads_for_ever_to_the_present_one(client, session, market):
    path = market.path(session, market.keripik)
    bare = path[: len("/b/") + 26]

    for old in (f"{bare}-keripik-lama?varian=x", bare):
        answer = client.get(old)
        assert answer.status_code == 301
        assert answer.headers["Location"].startswith(path)
    assert client.get(f"{bare}-keripik-lama?varian=x").headers["Location"].endswith("?varian=x")


@pytest.mark.parametrize(
    ("state", "status"), [(ListingState.ARCHIVED, 410), (ListingState.DRAFT, 404)]
)
def test_what_is_gone_is_gone_and_what_is_not_ready_is_not_there(
    client, session, market, state, status
):
    path = market.path(session, market.keripik)
    listing_of(session, market.keripik).state = state
    session.commit()

    assert client.get(path).status_code == status


def test_goods_of_a_suspended_cooperative_are_gone(client, session, market):
    market.sanan.standing = Standing.SUSPENDED
    session.commit()

    assert client.get(market.path(session, market.keripik)).status_code == 410
    assert "Keripik tempe Sanan" not in client.get("/cari?q=keripik").text


@pytest.mark.parametrize("path", ["/b/" + "0" * 26 + "-x", "/b/abc-x", "/b/", "/b/../../x"])
def test_a_product_that_never_was_is_not_found(client, market, path):
    assert client.get(path).status_code == 404


# Machines


def test_the_sitemap_lists_one_file_for_each_kind_of_page(client, market):
    answer = client.get("/sitemap.xml")

    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    names = [place.text for place in ElementTree.fromstring(answer.text).iter(f"{space}loc")]
    assert names == [
        f"http://localhost/sitemap-{kind}.xml"
        for kind in ("halaman", "kategori", "koperasi", "barang-1")
    ]
    for name in names:
        ElementTree.fromstring(client.get(name.removeprefix("http://localhost")).text)


def test_only_what_the_public_may_see_is_in_the_sitemap(client, session, market):
    market.velodrome.standing = Standing.SUSPENDED
    listing_of(session, market.sambal).state = ListingState.ARCHIVED
    session.commit()

    goods = client.get("/sitemap-barang-1.xml").text
    shops = client.get("/sitemap-koperasi.xml").text
    categories = client.get("/sitemap-kategori.xml").text

    assert market.path(session, market.keripik) in goods
    assert "cilok" not in goods
    assert "sambal" not in goods
    assert market.velodrome.slug not in shops
    assert "/kategori/makanan-minuman/makanan-ringan</loc>" in categories
    assert "<lastmod>2026-11-28</lastmod>" in goods


@pytest.mark.parametrize("kind", ["barang-0", "barang-2", "barang-x", "barang-99999", "lain"])
def test_a_sitemap_that_is_none_is_not_found(client, market, kind):
    assert client.get(f"/sitemap-{kind}.xml").status_code == 404


def test_robots_are_told_what_need_not_be_read(client):
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Disallow: /keranjang" in answer.text
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text


def test_the_site_can_be_put_on_the_home_screen(client):
    answer = client.get("/manifest.webmanifest")

    assert answer.mimetype == "application/manifest+json"
    assert answer.json["start_url"] == "/"
    assert answer.json["lang"] == "id"
    icons = {(icon["sizes"], icon.get("purpose")): icon["src"] for icon in answer.json["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} < set(icons)
    for source in icons.values():
        with client.get(source) as icon:
            assert icon.status_code == 200
