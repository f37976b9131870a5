"""Finding goods and cooperatives by program."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from marketplace.api import cursors
from marketplace.cooperatives.models import Standing
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Listing, ListingState
from marketplace.search import service as search
from marketplace.search.engine import Index
from tests.makers import make_cooperative, make_listing, make_member, make_point


@pytest.fixture
def indexed(app, session, at, tmp_path, monkeypatch):
    """Bring what is in the database into an index of this test's own."""
    monkeypatch.setattr("marketplace.search.engine.reader.LOOK_AGAIN", 0)
    monkeypatch.setitem(app.extensions, "search", Index(tmp_path / "index"))

    def build() -> None:
        session.commit()
        search.rebuild(session, app.extensions["search"], at=at)

    return build


def listing_id(variant):
    return to_text(variant.listing_id)


def test_products_have_the_shape_of_the_contract(guest, keripik, sanan):
    answer = guest.get("/products", q="keripik tempe")

    body = answer.get_json()
    item = body["items"][0]
    assert answer.status_code == 200
    assert (body["total"], body["next_cursor"], body["did_you_mean"]) == (1, None, None)
    assert isinstance(body["facets"], dict)
    assert (item["id"], item["title"]) == (listing_id(keripik), "Keripik tempe")
    assert (item["slug"], item["price"]) == ("keripik-tempe", 15_000)
    assert item["cooperative"] == sanan.slug
    assert item["category"] == "makanan-minuman/makanan-ringan/keripik"
    assert item["variants"] == [
        {
            "id": to_text(keripik.id),
            "title": "",
            "price": 15_000,
            "list_price": None,
            "available": 10,
        }
    ]


def test_goods_of_closed_cooperatives_and_drafts_are_not_shown(guest, session, keripik):
    hidden = make_cooperative(session, "Tutup", standing=Standing.PREPARING)
    elsewhere = make_listing(session, hidden, "Keripik tempe tersembunyi")
    draft = make_listing(session, hidden, "Keripik draf", state=ListingState.DRAFT)
    session.commit()

    body = guest.get("/products", q="keripik").get_json()
    answers = [guest.get(f"/products/{listing_id(one)}") for one in (elsewhere, draft)]

    assert [item["id"] for item in body["items"]] == [listing_id(keripik)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_one_product_says_all_of_its_page(guest, session, sanan):
    lilik = make_member(session, sanan, "Bu Lilik")
    variant = make_listing(
        session, sanan, "Sambal pecel", maker=lilik, description="Pedas.", shelf_life_days=30
    )
    session.commit()

    body = guest.get(f"/products/{listing_id(variant)}").get_json()

    assert (body["description"], body["shelf_life_days"], body["maker"]) == (
        "Pedas.",
        30,
        "Bu Lilik",
    )
    assert body["url"].endswith(f"/b/{listing_id(variant)}-sambal-pecel")
    assert (body["photos"], body["photo"], body["halal"]) == ([], None, "tidak disebut")


def test_a_search_is_mended_and_counted(guest, session, keripik, indexed):
    indexed()

    body = guest.get("/products", q="kripik tempe").get_json()

    assert [item["id"] for item in body["items"]] == [listing_id(keripik)]
    assert body["did_you_mean"] == "keripik tempe"
    assert body["facets"]["category"][0]["count"] == 1
    assert set(body["facets"]["category"][0]) == {"value", "label", "count"}


def test_pages_of_goods_have_no_gaps_or_doubles_while_others_come_and_go(
    guest, session, sanan, indexed
):
    first = [make_listing(session, sanan, f"Cilok {n}", price=1_000 * n) for n in range(1, 12)]
    indexed()

    seen, cursor, page_number = [], None, 0
    while True:
        query = {"q": "cilok", "sort": "termurah", "limit": 3}
        page = guest.get("/products", **query, **({"cursor": cursor} if cursor else {})).get_json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        page_number += 1
        make_listing(session, sanan, f"Cilok baru {page_number}", price=10 * page_number)
        if page_number == 2:
            session.get_one(Listing, (sanan.id, first[0].listing_id)).state = ListingState.ARCHIVED
        indexed()

    assert seen == [listing_id(variant) for variant in first]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "61"}, "limit"),
        ({"limit": "1.000"}, "limit"),
        ({"price_from": "-1"}, "price_from"),
        ({"price_to": "١"}, "price_to"),
        ({"sort": "name; select 1"}, "sort"),
        ({"cursor": "x"}, "cursor"),
        ({"ready_today": "mungkin"}, "ready_today"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_what_is_wrong_with_a_search_is_said(guest, query, place):
    answer = guest.get("/products", **query)

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [place])


def test_a_page_of_goods_from_many_cooperatives_takes_few_queries(guest, session, indexed):
    for number in range(8):
        shop = make_cooperative(session, f"Koperasi {number}")
        make_listing(session, shop, f"Keripik {number}")
    indexed()
    asked: list[str] = []
    engine = session.get_bind()

    def count(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        body = guest.get("/products", q="keripik").get_json()
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert len(body["items"]) == 8
    assert len(asked) <= 6


def test_a_cursor_with_a_number_no_database_holds_is_refused(guest):
    answer = guest.get("/cooperatives", cursor=cursors.encode("Sanan", 2**53))

    assert answer.status_code in (200, 422)


def test_cooperatives_are_listed_by_name_without_gaps(guest, session):
    names = [f"Koperasi {letter}" for letter in "ABCDE"]
    for name in reversed(names):
        make_cooperative(session, name)
    make_cooperative(session, "Koperasi Belum Buka", standing=Standing.PREPARING)
    session.commit()

    seen, cursor = [], None
    while True:
        page = guest.get(
            "/cooperatives", limit=2, q="koperasi", **({"cursor": cursor} if cursor else {})
        ).get_json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        make_cooperative(session, "Koperasi A0")
        session.commit()

    assert seen == names


def test_one_cooperative_says_how_to_reach_and_pay_it(guest, session):
    sanan = make_cooperative(session, "Sanan", story="Sejak 1950.", phone="+6281234567890")
    make_point(session, sanan)
    session.commit()

    body = guest.get(f"/cooperatives/{sanan.slug}").get_json()

    assert (body["name"], body["story"]) == ("Sanan", "Sejak 1950.")
    assert body["region"] == {"code": "35.73.01", "name": "Blimbing, Kota Malang"}
    assert [point["name"] for point in body["points"]] == ["Balai RW 15"]
    assert body["payment_options"] == ["qris", "cod"]
    assert body["hours"]["0"] == [0, 1440]
    assert "qris_payload" not in body


def test_a_cooperative_that_is_not_open_is_not_found(guest, session):
    hidden = make_cooperative(session, "Belum", standing=Standing.PREPARING)
    session.commit()

    assert guest.get(f"/cooperatives/{hidden.slug}").status_code == 404


def test_a_region_narrows_the_directory(guest, session):
    here = make_cooperative(session, "Di sini", region_code="35.73.02")
    make_cooperative(session, "Di sana", region_code="35.07.01")
    session.commit()

    body = guest.get("/cooperatives", region="35.73").get_json()

    assert [item["slug"] for item in body["items"]] == [here.slug]


def test_a_cursor_is_read_back_or_refused():
    assert cursors.decode(cursors.encode("Kopi “Ijen”", 7), str, int) == ("Kopi “Ijen”", 7)
    for wrong in ("", "!", cursors.encode(1), cursors.encode(True, 7), cursors.encode("\0", 1)):
        with pytest.raises(Invalid):
            cursors.decode(wrong, str, int)
