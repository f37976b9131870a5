"""Whole pages kept for visitors of whom nothing shows."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import brotli
import pytest
from flask import Flask, Response, session
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.outbox import service as outbox
from marketplace.outbox.models import OutboxMessage
from marketplace.web import pages
from marketplace.web.pages import MINUTE, Page, Pages, Shelf
from tests.makers import SATURDAY, make_account
from tests.storefront.conftest import listing_of


@pytest.fixture
def kept(app: Flask) -> Iterator[Pages]:
    """The kept pages of the application, at a minute that does not end during a test."""
    pages_: Pages = app.extensions["pages"]
    clock, pages_.wall_clock = pages_.wall_clock, lambda: SATURDAY.timestamp()
    yield pages_
    pages_.wall_clock = clock


def count(kept: Pages) -> int:
    return len(kept.shelf._pages)


def change_price(db_session, market, price: int) -> None:
    market.keripik.price = Rupiah(price)
    listing_of(db_session, market.keripik).price_from = Rupiah(price)
    outbox.tell(
        db_session,
        "listing.changed",
        at=SATURDAY,
        cooperative=market.sanan.id,
        listing=to_text(market.keripik.listing_id),
    )
    db_session.commit()


def test_a_second_visitor_gets_the_same_page_without_a_question(client, market, kept, counted):
    first = client.get("/")

    with counted() as asked:
        second = client.get("/")

    assert second.text == first.text
    assert asked == []
    assert count(kept) == 1


def test_a_kept_page_carries_what_every_answer_carries(client, market):
    first, second = client.get("/"), client.get("/")

    assert set(first.headers.keys()) == set(second.headers.keys())
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert second.headers["X-Content-Type-Options"] == "nosniff"
    assert len(second.headers["X-Request-ID"]) == 16
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


def test_no_cache_between_us_and_visitors_may_mix_them(client, market):
    headers = client.get("/").headers

    assert headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert {part.strip() for part in headers["Vary"].split(",")} >= {"Cookie", "Accept-Encoding"}


def test_an_unchanged_page_is_not_sent_again(client, market):
    etag = client.get("/").headers["ETag"]

    answer = client.get("/", headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == etag


def test_only_the_head_is_sent_when_only_the_head_is_asked_for(client, market):
    whole = client.get("/")

    answer = client.head("/")

    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_a_page_comes_as_small_as_the_visitor_understands_it(
    client, market, accepted, encoding, unpack
):
    plain = client.get("/").data

    for _ in range(2):
        answer = client.get("/", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert unpack(answer.data) == plain


def test_a_price_change_is_shown_as_soon_as_the_outbox_is_looked_at(client, session, market, kept):
    path = market.path(session, market.keripik)
    assert "15.000" in client.get(path).text

    change_price(session, market, 17_500)
    kept._asked -= pages.SECONDS_BETWEEN_CHECKS

    assert "17.500" in client.get(path).text


def test_a_page_is_made_anew_once_a_change_was_delivered_to_the_search(
    client, session, market, kept
):
    change_price(session, market, 17_500)
    client.get("/cari?q=keripik")
    page = next(iter(kept.shelf._pages.values()))
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()

    message.delivered_at = SATURDAY
    session.commit()
    kept._asked -= pages.SECONDS_BETWEEN_CHECKS
    client.get("/cari?q=keripik")

    assert next(iter(kept.shelf._pages.values())) is not page


def test_the_outbox_is_looked_at_once_a_second_at_most(client, session, market, kept):
    client.get("/")
    asked = kept._asked

    change_price(session, market, 17_500)
    client.get("/")

    assert kept._asked == asked


def test_no_page_outlives_the_minute_in_which_it_was_made(client, session, market, kept):
    path = market.path(session, market.keripik)
    client.get(path)
    market.keripik.price = Rupiah(16_000)  # by a hand that tells nobody
    session.commit()

    kept.wall_clock = lambda: SATURDAY.timestamp() + MINUTE - 1
    assert "15.000" in client.get(path).text
    kept.wall_clock = lambda: SATURDAY.timestamp() + MINUTE
    assert "16.000" in client.get(path).text


def test_a_visitor_with_a_basket_neither_gets_nor_leaves_a_kept_page(
    app, client, session, market, kept
):
    path = market.path(session, market.keripik)
    guest = client.get(path).text
    client.post("/keranjang", data={"variant": to_text(market.keripik.id), "quantity": "2"})
    held = count(kept)

    answer = client.get(path)

    assert "Keranjang, 2 barang" in answer.text
    assert "Keranjang, 2 barang" not in guest
    assert count(kept) == held
    assert app.test_client().get(path).text == guest


def test_somebody_signed_in_neither_gets_nor_leaves_a_kept_page(
    client, session, sign_in, market, kept
):
    client.get("/")
    sari = sign_in(make_account(session, "Sari"))

    answer = sari.get("/")

    assert "Akun Sari" in answer.text
    assert count(kept) == 1
    assert "Akun Sari" not in client.get("/").text


def test_a_message_for_one_visitor_is_shown_to_nobody_else(app, client, market):
    client.get("/")
    guest = app.test_client()
    with guest.session_transaction() as cookie:
        cookie["_flashes"] = [("ok", "Hanya untukmu")]

    assert "Hanya untukmu" in guest.get("/").text
    assert "Hanya untukmu" not in client.get("/").text


def test_languages_are_kept_apart(app, client, market):
    english = app.test_client()
    english.set_cookie("bahasa", "en")
    odd = app.test_client()
    odd.set_cookie("bahasa", "xx")

    assert "Bisa diambil hari ini" in client.get("/").text
    assert "Ready to pick up today" in english.get("/").text
    assert "Ready to pick up today" in english.get("/").text
    assert "Bisa diambil hari ini" in odd.get("/").text


def test_those_who_save_data_are_kept_apart(client, market, kept):
    client.get("/")
    client.get("/", headers={"Save-Data": "on"})

    assert count(kept) == 2


def test_the_order_of_arguments_makes_no_other_page(client, market, kept):
    client.get("/cari?q=keripik&urut=termurah")
    client.get("/cari?urut=termurah&q=keripik")

    assert count(kept) == 1


@pytest.mark.parametrize(
    "headers",
    [{"HX-Request": "true"}, {"Authorization": "Bearer x"}, {"Range": "bytes=0-9"}],
)
def test_unusual_questions_go_past_the_kept_pages(client, market, kept, headers):
    client.get("/cari?q=keripik", headers=headers)

    assert count(kept) == 0


@pytest.mark.parametrize("path", ["/tidak-ada", "/masuk", "/keranjang", "/health/live"])
def test_what_is_not_marked_is_not_kept(client, market, kept, path):
    client.get(path)

    assert count(kept) == 0


def test_a_very_long_question_is_answered_but_not_kept(client, market, kept):
    assert client.get("/cari?q=" + "a" * pages.LONGEST_QUERY).status_code == 200
    assert count(kept) == 0


def test_another_host_gets_no_page(client, market):
    client.get("/")

    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_page_that_sets_a_cookie_is_for_its_visitor_alone(shared_app: Flask):
    app = Flask("cookies")
    app.secret_key = "only here"

    @app.get("/")
    @pages.kept
    def greet() -> Response:
        session["seen"] = True
        return Response("Halo")

    app.config["SETTINGS"] = shared_app.config["SETTINGS"]
    pages.install(app)
    app.extensions["pages"]._ask = lambda: None

    answer = app.test_client().get("/")

    assert answer.text == "Halo"
    assert "Set-Cookie" in answer.headers
    assert len(app.extensions["pages"].shelf._pages) == 0


def test_kept_pages_are_shown_while_the_database_is_away(client, market, kept, monkeypatch):
    before = client.get("/").text

    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(kept, "_ask", away)
    kept._asked = float("-inf")

    assert client.get("/").text == before


def page(size: int) -> Page:
    return Page([], b"x" * size, "", None)


def test_the_shelf_lets_the_longest_unused_page_go_first():
    shelf = Shelf(most_bytes=100)
    shelf.put(("a",), page(40))
    shelf.put(("b",), page(40))
    shelf.find(("a",))

    shelf.put(("c",), page(40))

    assert shelf.find(("b",)) is None
    assert shelf.find(("a",)) is not None
    assert shelf.find(("c",)) is not None


def test_a_page_kept_again_takes_no_more_room():
    shelf = Shelf(most_bytes=100)

    for _ in range(10):
        shelf.put(("a",), page(60))

    assert shelf._size == 60
    shelf.clear()
    assert shelf._size == 0
