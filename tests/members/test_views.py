from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from sqlalchemy import event, select

from marketplace.cooperatives.queries import roles_of
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.members import queries
from marketplace.members.models import Member
from marketplace.web.downloads import safe_cell
from marketplace.web.extensions import db
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer

ANGGOTA = "/k/sanan/kelola/anggota"
LILIK = {"name": "Lilik Suryani", "called": "Bu Lilik", "trade": "Keripik tempe",
         "phone": "0812 3456 7890", "admitted_on": "2026-11-01"}  # fmt: skip


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def sanan(session):
    return make_cooperative(session, slug="sanan")


@pytest.fixture
def chair(session, sanan):
    return make_officer(session, sanan, Role.CHAIR)


@pytest.fixture
def office(sign_in, chair):
    return sign_in(chair)


@pytest.fixture
def queried():
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_member_is_admitted_shown_and_corrected(session, sanan, office):
    assert "Belum ada anggota" in text(office.get(ANGGOTA))
    assert office.get(f"{ANGGOTA}/baru").status_code == 200
    answer = office.post(f"{ANGGOTA}/baru", data=LILIK)
    assert answer.status_code == 303

    page = text(office.get(answer.location))
    assert "nomor 0001" in page
    assert "0812 3456 7890" in page
    assert "Bu Lilik" in text(office.get(ANGGOTA))
    session.refresh(sanan)
    assert sanan.member_count == 1
    edit = f"{answer.location}/ubah"
    assert 'value="Bu Lilik"' in text(office.get(edit))
    office.post(edit, data={"name": "Lilik S."})
    member = session.scalars(select(Member)).one()
    session.refresh(member)
    assert (member.name, member.called, member.number) == ("Lilik S.", "Lilik S.", 1)
    assert office.post(edit, data={"name": ""}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "x" * 121}, {"name": "\u200b"}, {"called": "…"}, {"phone": "123"},
     {"admitted_on": ""}, {"admitted_on": "31-12-2026"}, {"admitted_on": "2999-01-01"},
     {"admitted_on": "0001-01-01"}],
)  # fmt: skip
def test_a_wrong_admission_is_not_written(session, sanan, office, wrong):
    answer = office.post(f"{ANGGOTA}/baru", data={**LILIK, **wrong})

    assert answer.status_code == 422
    assert "Salah:" in text(answer)
    assert session.scalars(select(Member)).all() == []


def test_who_may_read_and_who_may_write_the_register(session, sanan, client, sign_in):
    member = make_member(session, sanan)
    one = f"{ANGGOTA}/{to_text(member.id)}"
    supervisor = sign_in(make_officer(session, sanan, Role.SUPERVISOR))
    seller = sign_in(make_officer(session, sanan, Role.SELLER))
    stranger = sign_in(make_officer(session, make_cooperative(session, "Lain"), Role.CHAIR))

    for path in (ANGGOTA, one, f"{ANGGOTA}.csv"):
        assert client.get(path).status_code == 302
        assert supervisor.get(path).status_code == 200
        assert seller.get(path).status_code == 403
        assert stranger.get(path).status_code == 403
    assert "Catat anggota baru" not in text(supervisor.get(ANGGOTA))
    assert supervisor.post(f"{one}/keluar").status_code == 403
    assert supervisor.get(f"{one}/ubah").status_code == 403


def test_a_line_of_another_register_is_not_found(session, sanan, office):
    foreign = make_member(session, make_cooperative(session, "Lain"), "ZQ7B rahasia")
    session.commit()

    for path in ("", "/ubah"):
        answer = office.get(f"{ANGGOTA}/{to_text(foreign.id)}{path}")
        assert answer.status_code == 404
        assert "ZQ7B" not in text(answer)
    assert "rahasia" not in text(office.get(f"{ANGGOTA}?q=ZQ7B&tampil=semua"))
    assert "ZQ7B" not in text(office.get(f"{ANGGOTA}.csv"))


def test_the_register_is_searched_filtered_and_paged_with_few_queries(
    session, sanan, office, queried
):
    for number in range(120):
        make_member(session, sanan, f"Anggota {number}", number=number + 1)
    session.commit()
    queried.clear()

    first = text(office.get(ANGGOTA))

    assert len(queried) <= 6
    assert "Anggota 49" in first
    assert "Anggota 50" not in first
    assert "hal=3" in first
    assert "Anggota 119" in text(office.get(f"{ANGGOTA}?hal=3"))
    assert "Anggota 77" in text(office.get(f"{ANGGOTA}?q=anggota+77"))
    assert "Tidak ada yang cocok" in text(office.get(f"{ANGGOTA}?q=zzz"))
    assert "Belum ada yang di sini" in text(office.get(f"{ANGGOTA}?tampil=keluar"))


@pytest.mark.parametrize(
    "query",
    ["tampil=x", "hal=0", "hal=x", "q=%25", "q={}", "q=%7B0%7D&tampil=semua", "q=" + "9" * 50],
)  # fmt: skip
def test_nonsense_in_the_address_of_the_register_is_no_fault(session, sanan, office, query):
    for number in range(60):
        make_member(session, sanan, f"{{0}} % {number}")
    session.commit()

    assert office.get(f"{ANGGOTA}?{query}").status_code == 200


def test_a_member_leaves_and_keeps_the_line(session, sanan, office):
    member = make_member(session, sanan)
    session.commit()
    one = f"{ANGGOTA}/{to_text(member.id)}"

    wrong = office.post(f"{one}/keluar", data={"left_on": "2999-01-01", "reason": "Pindah"})
    empty = office.post(f"{one}/keluar", data={"left_on": "2026-11-28", "reason": ""})
    assert (wrong.status_code, empty.status_code) == (422, 422)
    member.admitted_on = member.admitted_on.replace(year=2020)
    session.commit()
    done = office.post(f"{one}/keluar", data={"left_on": "2021-01-01", "reason": "Pindah"})

    assert done.status_code == 303
    session.refresh(member)
    assert (str(member.left_on), member.leaving_reason) == ("2021-01-01", "Pindah")
    assert "Keluar" in text(office.get(f"{ANGGOTA}?tampil=keluar"))
    assert "Pindah" in text(office.get(one))


def test_an_invited_member_registers_accepts_and_owns_their_line(
    app, session, sanan, office, client
):
    office.post(f"{ANGGOTA}/baru", data=LILIK)
    member = session.scalars(select(Member)).one()
    one = f"{ANGGOTA}/{to_text(member.id)}"
    office.post(f"{one}/undang", data={"role": "penjual"})
    page = text(office.get(one))
    (path,) = set(re.findall(r"http://localhost(/undangan/[\w-]+)", page))
    assert "https://wa.me/6281234567890?text=" in page

    invited = text(client.get(path))
    assert "Undangan dari Sanan Tempe Muda" in invited
    assert f"/daftar?lanjut={path}" in invited
    assert client.post(path).status_code == 401
    account = {"name": "Bu Lilik", "login": "0812 3456 7890", "password": "kelapa muda terbang"}
    onward = client.post("/daftar", data={**account, "lanjut": path}).location
    assert client.post(onward, data=account).location == path
    assert "Terima undangan" in text(client.get(path))
    assert client.post(path).status_code == 303

    session.refresh(member)
    assert roles_of(session, sanan.id, member.account_id) == {Role.SELLER}
    assert queries.member_of(session, sanan.id, member.account_id) is not None
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert "masuk dengan akunnya sendiri" in text(office.get(one))
    office.post(f"{one}/tautan")
    (reset,) = set(re.findall(r"http://localhost(/tautan/[\w-]+)", text(office.get(one))))
    assert app.test_client().get(reset).status_code == 200


def test_an_officer_cannot_accept_their_own_invitation(session, sanan, office):
    member = make_member(session, sanan)
    session.commit()
    one = f"{ANGGOTA}/{to_text(member.id)}"
    office.post(f"{one}/undang", data={"role": "anggota"})
    (path,) = set(re.findall(r"http://localhost(/undangan/[\w-]+)", text(office.get(one))))

    assert office.post(path).status_code == 403
    session.refresh(member)
    assert member.account_id is None


@pytest.mark.parametrize("role", ["ketua", "bendahara", "x", ""])
def test_a_member_is_invited_only_as_member_or_seller(session, sanan, office, role):
    member = make_member(session, sanan)
    session.commit()
    one = f"{ANGGOTA}/{to_text(member.id)}"

    office.post(f"{one}/undang", data={"role": role})

    assert "/undangan/" not in text(office.get(one))


def test_a_line_is_joined_to_somebody_who_holds_a_post(session, sanan, office):
    sari, stranger = make_account(session, "Sari"), make_account(session, "Orang lain")
    give_post(session, sanan, sari, Role.SELLER)
    member = make_member(session, sanan)
    session.commit()
    one = f"{ANGGOTA}/{to_text(member.id)}"
    assert office.post(f"{one}/tautan").status_code == 404

    refused = office.post(f"{one}/sambung", data={"account_id": to_text(stranger.id)})
    assert refused.status_code == 409
    office.post(f"{one}/sambung", data={"account_id": "x"})
    office.post(f"{one}/sambung", data={"account_id": to_text(sari.id)})

    session.refresh(member)
    assert member.account_id == sari.id


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 3000])
def test_an_invitation_that_never_was_is_gone(client, secret):
    assert client.get(f"/undangan/{secret}").status_code in (400, 410)


def test_the_saved_register_runs_no_formula(session, sanan, office):
    make_member(session, sanan, "=HYPERLINK(1)", number=1, phone="+6281234567890", trade="\t@x")
    make_member(session, sanan, "Bu Lilik, S.E.", number=2)
    session.commit()

    answer = office.get(f"{ANGGOTA}.csv")

    assert answer.mimetype == "text/csv"
    assert 'filename="anggota-sanan.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(text(answer).removeprefix("\ufeff"))))
    assert rows[0][:2] == ["Nomor", "Nama lengkap"]
    assert rows[1][:2] == ["0001", "'=HYPERLINK(1)"]
    assert rows[1][3:5] == ["'\t@x", "0812 3456 7890"]
    assert rows[2][1] == "Bu Lilik, S.E."
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)


def test_a_cell_is_made_safe_only_where_it_must_be():
    assert [safe_cell(value) for value in ("a", 5, None, "-1", " =x", "''")] == [
        "a", 5, "", "'-1", "' =x", "'''",
    ]  # fmt: skip
