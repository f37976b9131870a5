"""Closing an account through the page, and taking its data along first."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from marketplace.accounts import service as people
from marketplace.accounts.models import SignIn
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.members import queries
from marketplace.members import service as members
from marketplace.supply.models import RequestLine
from marketplace.supply.rules import RequestState
from tests.accounts.people import OTHER, PASSWORD, SATURDAY, make_sari, type_password
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer

TUTUP, DATA = "/akun/tutup", "/akun/data.json"


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def sanan(session):
    return make_cooperative(session, slug="sanan")


@pytest.fixture
def sari(session, sanan):
    account = make_sari(session, email="sari@contoh.id")
    make_member(session, sanan, "Sari Wulandari", account=account, number=7)
    give_post(session, sanan, account, Role.SELLER)
    session.commit()
    return account


@pytest.fixture
def browser(sari, sign_in):
    return sign_in(sari)


def close(browser, password=PASSWORD):
    return browser.post(TUTUP, data={"current_password": password})


def test_the_page_says_what_goes_and_what_stays(browser):
    page = text(browser.get(TUTUP))

    assert "Dihapus saat ini juga" in page
    assert "diwajibkan undang-undang" in page
    assert "Barismu di buku anggota" in page
    assert "Tutup akunku" in page


def test_who_is_no_member_is_told_nothing_of_a_register(session, sign_in):
    browser = sign_in(make_account(session, "Budi"))

    assert "Barismu di buku anggota" not in text(browser.get(TUTUP))


def test_closing_ends_everything_and_says_goodbye(app, session, sari, browser, sign_in, client):
    other = sign_in(sari)

    answer = close(browser)

    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert "Akunmu sudah ditutup" in text(browser.get("/masuk"))
    for gone in (browser, other):
        assert gone.get("/akun/profil").status_code == 302
    assert type_password(client).status_code == 422
    app.extensions["mailman"].outbox = sent = []
    app.extensions["jobs"].deliver_waiting()
    assert [(mail.to, mail.subject) for mail in sent] == [(["sari@contoh.id"], "Akunmu ditutup")]
    session.expire_all()
    assert (sari.email, session.scalar(select(func.count(SignIn.id)))) == (None, 0)


@pytest.mark.parametrize(
    ("password", "said"), [(OTHER, "bukan kata sandimu"), ("", "Isi bagian ini.")]
)
def test_without_the_password_nothing_is_closed(app, session, sari, browser, password, said):
    answer = close(browser, password)

    assert answer.status_code == 422
    assert said in text(answer)
    session.refresh(sari)
    assert sari.closed_at is None
    app.extensions["mailman"].outbox = sent = []
    app.extensions["jobs"].deliver_waiting()
    assert sent == []


def test_the_last_chair_is_shown_where_they_are_needed_and_cannot_close(
    app, session, sari, sanan, browser
):
    give_post(session, sanan, sari, Role.CHAIR)
    session.commit()

    page = text(browser.get(TUTUP))
    answer = close(browser)

    assert "masih membutuhkanmu" in page
    assert 'href="/k/sanan/kelola/pengurus"' in page
    assert "Tutup akunku" not in page
    assert answer.status_code == 422
    session.refresh(sari)
    assert sari.closed_at is None
    app.extensions["mailman"].outbox = sent = []
    app.extensions["jobs"].deliver_waiting()
    assert sent == [], "no goodbye for who stays"


def test_operators_are_told_that_others_close_their_account(session, sari, browser):
    sari.is_operator = True
    session.commit()

    assert "ditutup lewat operator situs" in text(browser.get(TUTUP))
    assert close(browser).status_code == 422


def test_who_has_no_address_closes_without_a_mail(app, session, sari, browser):
    sari.email = None
    session.commit()

    assert close(browser).status_code == 303

    app.extensions["mailman"].outbox = sent = []
    app.extensions["jobs"].deliver_waiting()
    assert sent == []


def test_officers_see_the_member_without_an_account_and_invite_anew(
    session, sari, sanan, browser, sign_in
):
    office = sign_in(make_officer(session, sanan))
    (line,) = queries.lines_of(session, sari.id)
    one = f"/k/sanan/kelola/anggota/{to_text(line.id)}"
    assert "masuk dengan akunnya sendiri" in text(office.get(one))

    close(browser)

    page = text(office.get(one))
    assert "Belum punya akun" in page
    assert "Sari Wulandari" in page
    assert "Anggota aktif" in page


def test_guests_close_nothing(client):
    assert client.get(TUTUP).status_code == 302
    assert close(client).status_code == 401


def test_the_pages_speak_english(browser):
    browser.get("/bahasa/en")

    assert "Erased at once" in text(browser.get(TUTUP))
    assert "Download your data" in text(browser.get("/akun/data"))
    assert "Data and account" in text(browser.get("/akun"))


# Taking the data along


def test_the_data_is_a_file_of_everything_that_is_held(session, sari, sanan, browser):
    people.notify(session, sari.id, "halo", say("Halo %(name)s", name="Sari"), "/akun", SATURDAY)
    people.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    (line,) = queries.lines_of(session, sari.id)
    session.add(
        RequestLine(
            cooperative_id=sanan.id, member_id=line.id, words="gula aren", want=5, flex_max=6,
            state=RequestState.OPEN, entered_by=sari.id, asked_at=SATURDAY, changed_at=SATURDAY,
        )
    )  # fmt: skip
    session.commit()

    answer = browser.get(DATA)

    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="data-akun.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.data)
    assert data["account"]["phone"] == "+6281234567890"
    assert data["account"]["email"] == "sari@contoh.id"
    assert [row["browser"] for row in data["sign_ins"]] == ["test"]
    assert [(row["name"], row["scopes"]) for row in data["tokens"]] == [("kasir", ["orders"])]
    assert [row["text"] for row in data["notices"]] == ["Halo Sari"]
    assert [(row["cooperative"], row["role"]) for row in data["posts"]] == [("sanan", "penjual")]
    assert [(row["number"], row["name"]) for row in data["memberships"]] == [(7, "Sari Wulandari")]
    (wish,) = data["supply_requests"]
    assert (wish["item"], wish["wanted"], wish["at_most"]) == ("gula aren", 5, 6)
    assert data["purchases"] == []


def test_the_data_holds_no_secret_and_nothing_of_others(session, sari, sanan, browser):
    make_member(session, sanan, "Bu Lilik", phone="+628999")
    secret = people.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    session.commit()

    data = text(browser.get(DATA))

    assert "argon2" not in data
    assert "hash" not in data
    assert secret not in data
    assert "Lilik" not in data


def test_memberships_and_posts_that_ended_are_held_too(session, sari, sanan, browser):
    chair = make_officer(session, sanan)
    (line,) = queries.lines_of(session, sari.id)
    members.leave(
        session, sanan.id, line.id, on=SATURDAY.date(), reason="Pindah", by=chair.id, at=SATURDAY
    )
    session.commit()

    data = json.loads(browser.get(DATA).data)

    assert [(row["left_on"], row["leaving_reason"]) for row in data["memberships"]] == [
        ("2026-11-28", "Pindah")
    ]
    assert data["posts"][0]["ended_at"].startswith("2026-11-28T03:00:00")


def test_guests_take_nothing_along(client):
    assert client.get(DATA).status_code == client.get("/akun/data").status_code == 302
