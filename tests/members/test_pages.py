"""The register through its pages: search, paging, what is kept after a mistake, both languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.members import queries
from marketplace.members.queries import PER_PAGE
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer

LATER = date(2026, 11, 29)  # a day after makers admit
ANGGOTA = "/k/sanan/kelola/anggota"
EVIL = '"><script>alert(1)</script>'
SHOWN_EVIL = "&#34;&gt;&lt;script&gt;"


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def sanan(session):
    return make_cooperative(session, slug="sanan")


@pytest.fixture
def chair(session, sanan):
    return make_officer(session, sanan, Role.CHAIR)


@pytest.fixture
def office(session, sign_in, chair):
    session.commit()
    return sign_in(chair)


@pytest.fixture
def lilik(session, sanan):
    member = make_member(session, sanan, "Lilik Suryani", called="Bu Lilik", number=1)
    session.commit()
    return member


def one(member) -> str:
    return f"{ANGGOTA}/{to_text(member.id)}"


def names(page: str) -> list[str]:
    return re.findall(r'class="r row fl"[^>]*>.*?<b>(.*?)</b>', page, re.DOTALL)


# Searching and paging


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=lilik", ["Bu Lilik"]),
        ("q=SURYANI", ["Bu Lilik"]),
        ("q=  lilik  ", ["Bu Lilik"]),
        ("q=1", ["Bu Lilik"]),
        ("q=0001", ["Bu Lilik"]),
        ("q=0813+9999", ["Pak Tono"]),
        ("q=wati", []),
        ("q=wati&tampil=keluar", ["Mbak Wati"]),
        ("tampil=semua", ["Bu Lilik", "Pak Tono", "Mbak Wati"]),
        ("tampil=keluar", ["Mbak Wati"]),
        ("q=%25", []),
        ("q=_", []),
    ],
)
def test_a_member_is_found_by_name_number_and_phone(session, sanan, lilik, office, asked, found):
    make_member(session, sanan, "Tono", called="Pak Tono", number=2, phone="+6281399990000")
    make_member(session, sanan, "Wati", called="Mbak Wati", number=3, left_on=LATER)
    session.commit()

    assert names(text(office.get(f"{ANGGOTA}?{asked}"))) == found


@pytest.mark.parametrize(
    ("count", "page", "shown"),
    [
        (PER_PAGE, 1, (1, PER_PAGE)),
        (PER_PAGE + 1, 1, (1, PER_PAGE)),
        (PER_PAGE + 1, 2, (PER_PAGE + 1, PER_PAGE + 1)),
        (2 * PER_PAGE, 2, (PER_PAGE + 1, 2 * PER_PAGE)),
    ],
)
def test_a_page_holds_fifty_lines_by_number(session, sanan, office, count, page, shown):
    for number in range(count, 0, -1):
        make_member(session, sanan, f"Anggota {number}", number=number)
    session.commit()

    answer = text(office.get(f"{ANGGOTA}?hal={page}"))

    first, last = shown
    assert names(answer) == [f"Anggota {number}" for number in range(first, last + 1)]
    assert f"{count} anggota" in answer
    assert (f"hal={page + 1}" in answer) == (last < count)


def test_the_next_page_keeps_what_was_searched_and_shown(session, sanan, office):
    for number in range(1, PER_PAGE + 3):
        make_member(session, sanan, f"Bu & Pak {{}} {number}", number=number)
    session.commit()

    page = text(office.get(f"{ANGGOTA}?q=bu+%26+pak+{{}}&tampil=semua"))

    (address,) = set(re.findall(r'href="([^"]+hal=2)" rel="next"', page))
    onward = text(office.get(address.replace("&amp;", "&")))
    assert names(onward) == [f"Bu &amp; Pak {{}} {number}" for number in (51, 52)]


def test_a_page_behind_the_last_one_is_empty_and_no_fault(lilik, office):
    answer = office.get(f"{ANGGOTA}?hal=9999")

    assert answer.status_code == 200
    assert names(text(answer)) == []


def test_what_was_searched_cannot_write_html(lilik, office):
    page = text(office.get(ANGGOTA, query_string={"q": EVIL}))

    assert "<script>alert" not in page
    assert f'value="{SHOWN_EVIL}' in page


def test_a_member_cannot_write_html(session, sanan, office):
    member = make_member(
        session, sanan, EVIL, called=EVIL, trade=EVIL, address=EVIL, leaving_reason=EVIL,
        left_on=LATER,
    )  # fmt: skip
    session.commit()

    for path in (f"{ANGGOTA}?tampil=semua", one(member), f"{one(member)}/ubah"):
        page = text(office.get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


# After a mistake


@pytest.mark.parametrize("path", ["baru", "ubah"])
def test_a_form_keeps_what_was_typed_after_a_mistake(session, lilik, office, path):
    address = f"{ANGGOTA}/baru" if path == "baru" else f"{one(lilik)}/ubah"
    typed = {
        "name": "Siti  Aminah", "called": "Bu Siti", "trade": "rujak <b>", "phone": "12345",
        "address": "Jl. Sanan 8", "admitted_on": "2026-01-05",
    }  # fmt: skip

    answer = office.post(address, data=typed)

    page = text(answer)
    assert answer.status_code == 422
    assert "Tulis nomor HP Indonesia" in page
    for value in ("Bu Siti", "rujak &lt;b&gt;", "12345", "Jl. Sanan 8"):
        assert f'value="{value}"' in page
    assert page.count("aria-invalid") == 1
    session.refresh(lilik)
    assert lilik.name == "Lilik Suryani"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"left_on": "2999-01-01", "reason": "Pindah ke Kediri"}, "tidak sesudah hari ini"),
        ({"left_on": "2020-01-01", "reason": "Pindah ke Kediri"}, "sesudah tanggal masuk"),
        ({"left_on": "kemarin", "reason": "Pindah ke Kediri"}, "Isi tanggal"),
        ({"left_on": "", "reason": "Pindah ke Kediri"}, "Isi bagian ini."),
        ({"left_on": "2026-11-28", "reason": "x" * 201}, "Paling panjang 200 huruf."),
    ],
)
def test_leaving_is_refused_with_a_reason_and_keeps_what_was_typed(
    session, lilik, office, typed, said
):
    answer = office.post(f"{one(lilik)}/keluar", data=typed)

    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    assert f'value="{typed["reason"]}"' in page
    session.refresh(lilik)
    assert lilik.left_on is None


def test_the_last_chair_is_not_released_and_the_page_says_why(session, sanan, chair, office):
    line = make_member(session, sanan, "Pak Budi", account=chair, admitted_on=date(2020, 1, 1))
    session.commit()

    answer = office.post(f"{one(line)}/keluar", data={"left_on": "2021-01-01", "reason": "Pindah"})

    assert answer.status_code == 422
    assert "satu-satunya ketua" in text(answer)
    session.refresh(line)
    assert line.left_on is None


# Other cooperatives' lines


@pytest.mark.parametrize("whose", ["another cooperative's", "nobody's"])
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("ubah", {"name": "Diubah"}),
        ("keluar", {"left_on": "2026-11-01", "reason": "Pindah"}),
        ("undang", {"role": "anggota"}),
        ("sambung", {"account_id": to_text(new_id())}),
        ("tautan", {}),
    ],
)
def test_nothing_is_done_to_a_line_of_elsewhere(session, office, path, data, whose):
    foreign = make_member(session, make_cooperative(session, "Lain"), "ZQ7B")
    session.commit()
    id_ = foreign.id if whose.startswith("another") else new_id()

    answer = office.post(f"{ANGGOTA}/{to_text(id_)}/{path}", data=data)

    assert answer.status_code == 404
    assert "ZQ7B" not in text(answer)
    session.refresh(foreign)
    assert (foreign.name, foreign.left_on) == ("ZQ7B", None)


def test_a_form_with_mistakes_of_elsewhere_is_not_found_either(session, office):
    foreign = make_member(session, make_cooperative(session, "Lain"), "ZQ7B")
    session.commit()

    for path in ("ubah", "keluar"):
        assert office.post(f"{one(foreign)}/{path}", data={}).status_code == 404


# Invitations


@pytest.fixture
def invited(session, sanan, chair, lilik):
    def make(**more) -> str:
        secret = cooperative_service.invite(
            session, sanan, Role.SELLER, by=chair.id, name="Bu Lilik", member_id=lilik.id,
            **{"at": datetime.now(UTC), **more},
        )  # fmt: skip
        session.commit()
        return f"/undangan/{secret}"

    return make


def test_an_invitation_that_ran_out_is_gone_for_everybody(session, invited, client, sign_in):
    path = invited(at=datetime.now(UTC) - timedelta(days=14))
    sari = sign_in(make_account(session, "Sari"))

    assert "lewat waktu" in text(client.get(path))
    assert client.get(path).status_code == sari.get(path).status_code == 410
    assert sari.post(path).status_code == 410


def test_an_invitation_that_was_withdrawn_is_gone(session, sanan, invited, sign_in):
    path = invited()
    (row,) = cooperatives.open_invites(session, sanan.id, at=datetime.now(UTC))
    cooperative_service.revoke_invite(session, sanan, row.id, at=datetime.now(UTC))
    session.commit()
    sari = make_account(session, "Sari")

    assert sign_in(sari).post(path).status_code == 410
    assert cooperatives.roles_of(session, sanan.id, sari.id) == frozenset()


def test_a_person_of_another_cooperative_joins_this_one_too(session, sanan, invited, sign_in):
    kopi = make_cooperative(session, "Kopi Kawi")
    sari = make_account(session, "Sari")
    give_post(session, kopi, sari, Role.TREASURER)
    make_member(session, kopi, "Sari", account=sari)
    session.commit()

    answer = sign_in(sari).post(invited())

    assert (answer.status_code, answer.location) == (303, "/k/sanan/kelola/")
    assert cooperatives.roles_of(session, sanan.id, sari.id) == {Role.SELLER}
    assert cooperatives.roles_of(session, kopi.id, sari.id) == {Role.TREASURER}
    assert len(queries.lines_of(session, sari.id)) == 2


def test_who_stands_in_the_register_already_keeps_the_invitation_for_its_owner(
    session, sanan, invited, sign_in
):
    sari = make_account(session, "Sari")
    make_member(session, sanan, "Sari", account=sari)
    session.commit()
    path = invited()

    answer = sign_in(sari).post(path)

    assert answer.status_code == 409
    assert "sudah tercatat" in text(answer)
    assert sign_in(make_account(session, "Bu Lilik")).post(path).status_code == 303


def test_an_invitation_cannot_write_html_and_leaks_no_address(session, sanan, chair, client):
    secret = cooperative_service.invite(
        session, sanan, Role.SELLER, by=chair.id, name=EVIL, phone="+6281234567890",
        at=datetime.now(UTC),
    )  # fmt: skip
    session.commit()

    page = text(client.get(f"/undangan/{secret}"))

    assert "<script>alert" not in page
    assert "81234567890" not in page
    assert 'name="referrer" content="same-origin"' in page


# Both languages


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "Add a member"),
        ("?q=zzz", "Nothing matches"),
        ("?tampil=keluar", "Nobody here yet"),
        ("/baru", "Full name"),
    ],
)
def test_the_register_speaks_english(lilik, office, path, sentence):
    office.get("/bahasa/en")

    page = text(office.get(f"{ANGGOTA}{path}"))

    assert '<html lang="en">' in page
    assert "anggota baru" not in page
    assert sentence.lower() in page.lower()
