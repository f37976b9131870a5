"""The register by program."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from tests.makers import make_cooperative, make_member, make_officer


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/members"


def test_a_member_is_admitted_under_the_next_number(officer, path):
    first = officer.post(path, {"name": "Bu Lilik", "phone": "0812-3456-7890"})
    second = officer.post(path, {"name": "Pak Ali", "called": "Cak Ali"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert [a.get_json()["number"] for a in (first, second)] == [1, 2]
    assert first.get_json()["phone"] == "+6281234567890"
    assert first.get_json()["called"] == "Bu Lilik"
    assert second.get_json()["called"] == "Cak Ali"
    assert (first.get_json()["has_account"], first.get_json()["left_on"]) == (False, None)


def test_a_form_sent_twice_admits_one_member(officer, path):
    first, again = (officer.post(path, {"name": "Bu Lilik"}, "one-form") for _ in range(2))

    assert first.data == again.data
    assert len(officer.get(path).get_json()["items"]) == 1


def test_what_is_wrong_with_a_member_is_said(officer, path):
    answers = {
        "name": officer.post(path, {"name": ""}),
        "phone": officer.post(path, {"name": "Bu Lilik", "phone": "123"}),
        "admitted_on": officer.post(path, {"name": "Bu Lilik", "admitted_on": "2099-01-01"}),
        "number": officer.post(path, {"name": "Bu Lilik", "number": 1}),
    }

    assert {a.status_code for a in answers.values()} == {422}
    assert all(list(a.get_json()["errors"]) == [place] for place, a in answers.items())


def test_an_impossible_day_is_refused(officer, path):
    for day in ("0001-01-01", "2026-02-30", "12/31/2026", "99999999999999", 20260101, ""):
        answer = officer.post(path, {"name": "Bu Lilik", "admitted_on": day})

        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["admitted_on"])


def test_the_register_is_listed_without_gaps_while_members_come(officer, path):
    for number in range(5):
        officer.post(path, {"name": f"Anggota {number}"})

    seen, cursor = [], None
    while True:
        page = officer.get(path, limit=2, **({"cursor": cursor} if cursor else {})).get_json()
        seen += [member["number"] for member in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) < 4:
            officer.post(path, {"name": "Baru"})

    assert seen == [1, 2, 3, 4, 5, 6]


def test_those_who_left_are_listed_apart(session, officer, path, sanan, at):
    make_member(session, sanan, "Bu Lilik", number=1)
    make_member(session, sanan, "Pak Ali", number=2, left_on=at.date())
    session.commit()

    shown = {
        part: [m["name"] for m in officer.get(path, shown=part).get_json()["items"]]
        for part in ("aktif", "keluar", "semua")
    }

    assert shown == {
        "aktif": ["Bu Lilik"],
        "keluar": ["Pak Ali"],
        "semua": ["Bu Lilik", "Pak Ali"],
    }


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.CHAIR, 200, 201),
        (Role.SECRETARY, 200, 201),
        (Role.SUPERVISOR, 200, 403),
        (Role.SELLER, 403, 403),
        (Role.MEMBER, 403, 403),
    ],
)
def test_the_register_is_for_those_whose_post_it_is(
    session, program, sanan, path, role, reads, writes
):
    acting = program(make_officer(session, sanan, role))

    assert acting.get(path).status_code == reads
    assert acting.post(path, {"name": "Bu Lilik"}).status_code == writes


def test_the_register_of_another_cooperative_stays_closed(session, officer):
    velodrome = make_cooperative(session, "Velodrome")
    make_member(session, velodrome, "ZQ7B")
    session.commit()
    path = f"/cooperatives/{velodrome.slug}/members"

    answers = [officer.get(path), officer.post(path, {"name": "Bu Lilik"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert all(b"ZQ7B" not in answer.data for answer in answers)


def test_a_name_is_measured_as_it_was_sent(officer, sanan):
    fits = officer.post(f"/cooperatives/{sanan.slug}/members", {"name": "A" * 120})
    hidden = officer.post(f"/cooperatives/{sanan.slug}/members", {"name": "\u009a" + "A" * 120})

    assert fits.status_code == 201
    assert hidden.status_code == 422
    assert set(hidden.get_json()["errors"]) == {"name"}
