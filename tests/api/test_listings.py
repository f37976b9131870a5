"""Looking after goods by program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.listings.models import Listing
from tests.makers import (
    give_post,
    make_account,
    make_category,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
)

KERIPIK = "makanan-minuman/makanan-ringan/keripik"


@pytest.fixture
def path(session, sanan):
    make_category(session, KERIPIK)
    session.commit()
    return f"/cooperatives/{sanan.slug}/listings"


def draft(**changes):
    return {
        "title": "Keripik tempe",
        "category": KERIPIK,
        "variants": [{"title": "250 g", "price": 15_000, "quantity": 12}],
        **changes,
    }


def test_a_listing_is_written_as_a_draft(officer, guest, path):
    answer = officer.post(path, draft())

    body = answer.get_json()
    assert answer.status_code == 201
    assert (body["state"], body["title"], body["slug"]) == (
        "draft",
        "Keripik tempe",
        "keripik-tempe",
    )
    assert body["variants"][0] | {"id": None} == {
        "id": None,
        "title": "250 g",
        "price": 15_000,
        "quantity": 12,
        "available": 12,
    }
    assert guest.get(f"/products/{body['id']}").status_code == 404


def test_a_listing_is_published_at_once_if_asked(officer, guest, path):
    body = officer.post(path, draft(publish=True)).get_json()

    product = guest.get(f"/products/{body['id']}").get_json()

    assert (product["title"], product["variants"][0]["available"]) == ("Keripik tempe", 12)


def test_a_listing_sent_twice_is_written_once(officer, path, session):
    first, again = (officer.post(path, draft(), "one-form") for _ in range(2))

    assert first.data == again.data
    assert session.query(Listing).count() == 1


def test_what_is_wrong_with_a_listing_is_said(officer, path):
    answers = {
        "category": officer.post(path, draft(category="tidak/ada")),
        "variants.0.price": officer.post(path, draft(variants=[{"price": 0}])),
        "ready_on": officer.post(path, draft(availability="pre-order")),
        "halal_number": officer.post(path, draft(halal="bersertifikat")),
        "maker": officer.post(path, draft(maker=to_text(new_id()))),
        "variants": officer.post(path, draft(variants=[])),
        "title": officer.post(path, draft(title="\u2003")),
    }

    assert {a.status_code for a in answers.values()} == {422}
    assert all(place in a.get_json()["errors"] for place, a in answers.items())


def test_only_what_is_named_is_changed(officer, path):
    before = officer.post(path, draft(description="Renyah.", ingredients="Tempe")).get_json()

    answer = officer.send("PATCH", f"{path}/{before['id']}", {"title": "Keripik renyah"})

    after = answer.get_json()
    assert answer.status_code == 200
    assert after["title"] == "Keripik renyah"
    unchanged = ("description", "ingredients", "variants", "category", "state")
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert after["version"] == before["version"] + 1


def test_variants_are_changed_added_and_dropped_together(officer, path):
    before = officer.post(path, draft()).get_json()
    known = before["variants"][0]["id"]
    wanted = [
        {"id": known, "title": "250 g", "price": 16_000},
        {"title": "500 g", "price": 30_000, "quantity": 5},
    ]

    after = officer.send("PATCH", f"{path}/{before['id']}", {"variants": wanted}).get_json()

    assert [v["price"] for v in after["variants"]] == [16_000, 30_000]
    assert [v["available"] for v in after["variants"]] == [12, 5]
    assert after["variants"][0]["id"] == known


def test_a_change_of_another_version_than_was_seen_is_refused(officer, path):
    before = officer.post(path, draft()).get_json()
    one = f"{path}/{before['id']}"
    officer.send("PATCH", one, {"title": "Satu", "version": before["version"]})

    late = officer.send("PATCH", one, {"title": "Dua", "version": before["version"]})

    assert (late.status_code, late.get_json()["code"]) == (409, "changed")


def test_a_listing_is_shown_put_away_and_brought_back(officer, path):
    one = f"{path}/{officer.post(path, draft()).get_json()['id']}"

    states = [
        officer.send("PATCH", one, {"state": state}).get_json()["state"]
        for state in ("published", "published", "archived", "draft", "published")
    ]
    back = officer.send("PATCH", one, {"state": "draft"})

    assert states == ["published", "published", "archived", "draft", "published"]
    assert (back.status_code, back.get_json()["code"]) == (409, "rule_broken")


def test_a_preorder_keeps_its_day_and_its_count(officer, path):
    day = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    body = draft(
        availability="pre-order", ready_on=day, variants=[{"price": 9_000, "quantity": 40}]
    )

    made = officer.post(path, body).get_json()

    assert (made["availability"], made["ready_on"]) == ("pre-order", day)
    assert made["variants"][0]["quantity"] == 40


def test_stock_is_set_as_the_contract_says(officer, keripik, sanan):
    path = f"/cooperatives/{sanan.slug}/variants/{to_text(keripik.id)}/stock"

    answers = [officer.send("PUT", path, {"available": 50}) for _ in range(2)]
    wrong = officer.send("PUT", path, {"available": -1})

    assert {a.status_code for a in answers} == {200}
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[0].get_json()["available"] == 50
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["available"])


def test_a_maker_changes_their_own_goods_only(session, program, sanan, path):
    lilik = make_account(session, "Bu Lilik")
    give_post(session, sanan, lilik, Role.SELLER)
    member = make_member(session, sanan, "Bu Lilik", account=lilik)
    own = make_listing(session, sanan, "Sambal", maker=member)
    other = make_listing(session, sanan, "Kopi", maker=make_member(session, sanan, "Pak Ali"))
    maker = program(lilik)

    def stock(variant):
        return f"/cooperatives/{sanan.slug}/variants/{to_text(variant.id)}/stock"

    mine = maker.send("PUT", stock(own), {"available": 7})
    theirs = maker.send("PUT", stock(other), {"available": 7})
    new = maker.post(path, draft())

    assert (mine.status_code, theirs.status_code, new.status_code) == (200, 403, 201)
    assert new.get_json()["maker"] == to_text(member.id)


def test_goods_of_another_cooperative_cannot_be_reached(session, officer, path, sanan):
    velodrome = make_cooperative(session, "Velodrome")
    foreign = make_listing(session, velodrome, "ZQ7B cilok")
    session.commit()
    variant, listing = to_text(foreign.id), to_text(foreign.listing_id)
    requests = [
        ("PUT", f"/cooperatives/{sanan.slug}/variants/{variant}/stock", {"available": 1}),
        ("PUT", f"/cooperatives/{velodrome.slug}/variants/{variant}/stock", {"available": 1}),
        ("PATCH", f"{path}/{listing}", {"title": "Milikku"}),
        ("PATCH", f"/cooperatives/{velodrome.slug}/listings/{listing}", {"title": "Milikku"}),
        ("POST", f"/cooperatives/{velodrome.slug}/listings", draft()),
    ]

    answers = [officer.send(*request) for request in requests]

    assert [answer.status_code for answer in answers] == [404, 403, 404, 403, 403]
    assert all(b"ZQ7B" not in answer.data for answer in answers)


def test_a_member_without_a_post_for_goods_may_write_none(session, program, sanan, path):
    member = program(make_officer(session, sanan, Role.MEMBER, "Bu Sri"))

    answer = member.post(path, draft())

    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_allowed")
