from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from marketplace.accounts import queries, service
from marketplace.accounts.current import person_by_token
from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.rules import Login
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.web.extensions import db
from tests.makers import make_account

HOSTILE = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())
REDIRECTS = [case for case in HOSTILE["inputs"] if case["cat"] == "open-redirect"]
PASSWORD = "kelapa muda terbang"
OTHER = "perahu kertas sore"
PHONE = "0812 3456 7890"
SARI = Login(phone="+6281234567890")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def sari(session) -> Account:
    account = service.register(
        session,
        name="Sari",
        login=SARI,
        password_hash=service.prepare_password(PASSWORD, own=[]),
        at=now(),
    )
    session.commit()
    return account


def sign_in(browser, password: str = PASSWORD, login: str = PHONE, **more):
    return browser.post("/masuk", data={"login": login, "password": password, **more})


def said(answer) -> bytes:
    """A page without its form token, which differs each time."""
    return re.sub(rb'name="csrf_token" value="[^"]+"', b"", answer.data)


def cookie_of(browser) -> str:
    return browser.get_cookie("guyub").value


# Signing in and out


def test_a_person_signs_in_and_comes_home(client, sari):
    answer = sign_in(client)

    assert (answer.status_code, answer.location) == (303, "/akun")
    assert client.get("/akun/keamanan").status_code == 200
    assert client.get("/masuk").location == "/akun"


@pytest.mark.parametrize("login", ["081234567890", "+62 812-3456-7890", "62 812 3456 7890"])
def test_any_spelling_of_the_number_signs_in(client, sari, login):
    assert sign_in(client, login=login).status_code == 303


def test_a_person_goes_on_to_where_they_wanted_to_go(client, sari):
    asked = client.get("/akun/keamanan")
    assert asked.status_code == 302
    page = client.get(asked.location)
    assert b'value="/akun/keamanan"' in page.data

    answer = sign_in(client, lanjut="/akun/keamanan")

    assert answer.location == "/akun/keamanan"


@pytest.mark.slow
@pytest.mark.parametrize("case", REDIRECTS, ids=lambda case: case["id"])
def test_nobody_is_led_to_another_site(client, sari, case):
    wanted = case["value"].replace("{HOST}", "localhost")

    shown = client.get("/masuk", query_string={"lanjut": wanted})
    by_form = sign_in(client, lanjut=wanted)
    by_address = client.get("/masuk", query_string={"lanjut": wanted})

    assert shown.status_code == 200
    assert (by_form.status_code, by_form.location) == (303, "/akun")
    assert (by_address.status_code, by_address.location) == (302, "/akun")


def test_a_wrong_password_and_an_unknown_number_are_answered_alike(client, sari):
    wrong = sign_in(client, OTHER)
    unknown = sign_in(client, PASSWORD, "0812 9999 9999")
    unreadable = sign_in(client, PASSWORD, "bukan nomor")

    assert wrong.status_code == unknown.status_code == unreadable.status_code == 422
    for answer, typed in ((unknown, b"0812 9999 9999"), (unreadable, b"bukan nomor")):
        assert len(answer.data) - len(typed) == len(wrong.data) - len(PHONE)
        assert said(answer).replace(typed, PHONE.encode()) == said(wrong)
    assert b"tidak cocok" in wrong.data
    assert PASSWORD.encode() not in unknown.data


def test_an_old_cookie_opens_nothing_after_signing_out(app, client, sari):
    sign_in(client)
    stolen = cookie_of(client)

    answer = client.post("/keluar")

    assert (answer.status_code, answer.location) == (303, "/masuk")
    thief = app.test_client()
    thief.set_cookie("guyub", stolen)
    assert thief.get("/akun/keamanan").status_code == 302
    assert client.get("/akun/keamanan").status_code == 302


def test_a_cookie_set_by_somebody_else_is_not_the_one_signed_in_with(app, client, sari):
    client.get("/masuk")
    planted = client.get_cookie("guyub")

    sign_in(client)

    if planted is not None:
        other = app.test_client()
        other.set_cookie("guyub", planted.value)
        assert other.get("/akun/keamanan").status_code == 302
    sign_in(client)
    rows = db.session.scalars(select(SignIn).where(SignIn.account_id == sari.id)).all()
    assert len({row.secret_hash for row in rows}) == 2


def test_signing_out_twice_or_as_a_guest_does_no_harm(client):
    assert client.post("/keluar").status_code == 303
    assert client.get("/keluar").status_code == 405


def test_the_language_of_the_account_comes_with_signing_in(client, session, sari):
    sari.language = "en"
    session.commit()

    sign_in(client)

    assert client.get_cookie("bahasa").value == "en"


# Registering


def register(browser, **changes):
    data = {"name": "Sari", "login": PHONE, "password": PASSWORD, **changes}
    return browser.post("/daftar", data=data)


def test_a_person_registers_and_signs_in(client, session):
    assert client.get("/daftar").status_code == 200
    answer = register(client, lanjut="/undangan/abc")

    assert (answer.status_code, answer.location) == (303, "/masuk?lanjut=/undangan/abc")
    page = client.get(answer.location)
    assert PHONE.encode() in page.data
    assert sign_in(client, lanjut="/undangan/abc").location == "/undangan/abc"
    assert client.get("/daftar").location == "/akun"


def test_registering_is_answered_alike_whether_or_not_there_is_an_account(app, session, sari):
    known, unknown = app.test_client(), app.test_client()

    first = register(known, password=OTHER)
    second = register(unknown, login="0812 1111 2222", password=OTHER)

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(first.data) == len(second.data)
    pages = [said(browser.get("/masuk")) for browser in (known, unknown)]
    assert pages[0] == pages[1].replace(b"0812 1111 2222", PHONE.encode())
    assert sign_in(known, OTHER).status_code == 422


def test_rights_cannot_be_sent_along(client, session):
    register(client, is_operator="1", is_office="y", id="x", language="xx", closed_at="")

    account = session.scalars(select(Account)).one()
    assert (account.is_operator, account.is_office, account.language) == (False, False, "id")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Isi bagian ini."),
        ({"name": "x" * 81}, "Paling panjang 80 huruf."),
        ({"name": "\u202e\u200b"}, "Tulis nama yang bisa dibaca"),
        ({"login": "12345"}, "Tulis nomor HP Indonesia"),
        ({"login": "sari@contoh"}, "Alamat e-mail ini tidak lengkap"),
        ({"login": ""}, "Isi bagian ini."),
        ({"password": "sayang123"}, "dipakai banyak orang"),
        ({"password": "081234567890"}, "mudah ditebak"),
        ({"password": "x" * 5000}, "Paling panjang 200 huruf."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(client, session, changes, said):
    answer = register(client, **changes)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "Salah:" in page
    assert PASSWORD not in page
    assert session.scalars(select(Account)).all() == []


# A forgotten password


def test_asking_for_a_link_is_answered_alike_for_known_and_unknown_people(client, sari):
    answers = [
        client.post("/lupa-sandi", data={"login": login})
        for login in (PHONE, "0812 9999 9999", "tidak@ada.id", "omong kosong")
    ]

    assert {(a.status_code, a.location, a.data) for a in answers} == {
        (303, "/lupa-sandi?terkirim=1", answers[0].data)
    }
    assert "sudah dikirim" in client.get("/lupa-sandi?terkirim=1").get_data(as_text=True)
    assert client.post("/lupa-sandi", data={"login": ""}).status_code == 422


def test_a_link_sets_a_new_password_once(client, session, sari):
    secret = service.make_reset_link(session, sari, at=now())
    session.commit()
    address = f"/tautan/{secret}"

    assert client.get(address).status_code == 200
    weak = client.post(address, data={"new_password": "sayang123"})
    assert weak.status_code == 422
    assert "dipakai banyak orang" in weak.get_data(as_text=True)
    done = client.post(address, data={"new_password": OTHER})

    assert (done.status_code, done.location) == (303, "/masuk")
    assert client.get(address).status_code == 410
    assert client.post(address, data={"new_password": PASSWORD}).status_code == 410
    assert sign_in(client, OTHER).status_code == 303


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 3000, "../../etc", "%F0%9F%98%80"])
def test_a_link_that_never_was_is_gone(client, secret):
    assert client.get(f"/tautan/{secret}").status_code in (400, 404, 410, 414)


# Security page


def test_all_browsers_are_listed_and_can_be_ended(app, client, session, sari):
    sign_in(client)
    other = app.test_client()
    other.post(
        "/masuk",
        data={"login": PHONE, "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Safari/537.36"},
    )

    page = client.get("/akun/keamanan").get_data(as_text=True)
    assert "Chrome, Android" in page
    assert "Perangkat ini" in page
    (address,) = re.findall(r'action="(/akun/keamanan/sesi/\w{26}/akhiri)"', page)
    assert client.post(address).status_code == 303

    assert other.get("/akun/keamanan").status_code == 302
    assert client.get("/akun/keamanan").status_code == 200


def test_all_other_browsers_can_be_ended_at_once(app, client, sari):
    others = [app.test_client() for _ in range(2)]
    for browser in (client, *others):
        sign_in(browser)

    client.post("/akun/keamanan/sesi/lain")

    assert [browser.get("/akun/keamanan").status_code for browser in (client, *others)] == [
        200,
        302,
        302,
    ]


def test_nobody_ends_the_browser_of_another(app, client, session, sari, sign_in):
    victim = sign_in(sari)
    row = session.scalars(select(SignIn).where(SignIn.account_id == sari.id)).one()
    thief = sign_in(make_account(session, "Pencuri"))

    answer = thief.post(f"/akun/keamanan/sesi/{to_text(row.id)}/akhiri")

    assert answer.status_code == 404
    assert victim.get("/akun/keamanan").status_code == 200


def test_changing_the_password_ends_the_other_browsers(app, client, sari):
    other = app.test_client()
    sign_in(client)
    sign_in(other)

    wrong = client.post(
        "/akun/keamanan/sandi", data={"current_password": OTHER, "new_password": OTHER}
    )
    weak = client.post(
        "/akun/keamanan/sandi", data={"current_password": PASSWORD, "new_password": "sayang123"}
    )
    right = client.post(
        "/akun/keamanan/sandi", data={"current_password": PASSWORD, "new_password": OTHER}
    )

    assert (wrong.status_code, weak.status_code, right.status_code) == (422, 422, 303)
    assert 'id="current_password-error"' in wrong.get_data(as_text=True)
    assert 'id="new_password-error"' in weak.get_data(as_text=True)
    assert client.get("/akun/keamanan").status_code == 200
    assert other.get("/akun/keamanan").status_code == 302
    assert sign_in(other, OTHER).status_code == 303


def test_a_token_is_shown_once_and_acts_within_its_scopes(client, session, sari):
    sign_in(client)
    data = {"name": "Kasir", "scopes": ["orders", "members"], "days": "30"}

    assert client.post("/akun/keamanan/token", data=data).status_code == 303
    page = client.get("/akun/keamanan").get_data(as_text=True)
    (secret,) = re.findall(r"<code>(guyub_[\w-]+)</code>", page)

    assert secret not in client.get("/akun/keamanan").get_data(as_text=True)
    person = person_by_token(session, secret)
    assert person.account_id == sari.id
    assert person.scopes == {"orders", "members"}
    assert (person.sign_in_id, person.get_id()) == (None, secret)
    (token,) = queries.tokens_of(session, sari.id)
    assert token.expires_at - token.created_at == timedelta(days=30)
    client.post(f"/akun/keamanan/token/{to_text(token.id)}/cabut")
    assert person_by_token(session, secret) is None


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "scopes": ["orders"], "days": "30"},
        {"name": "Kasir", "days": "30"},
        {"name": "Kasir", "scopes": ["everything"], "days": "30"},
        {"name": "Kasir", "scopes": ["orders"], "days": "99999"},
    ],
)
def test_a_token_without_name_or_known_scopes_is_not_made(client, session, sari, data):
    sign_in(client)

    assert client.post("/akun/keamanan/token", data=data).status_code == 422
    assert queries.tokens_of(session, sari.id) == []


# Profile, language, notices


def test_name_and_language_are_changed(client, session, sari):
    sign_in(client)
    assert client.get("/akun/profil").status_code == 200

    answer = client.post("/akun/profil", data={"name": "Sari W.", "language": "en"})

    assert answer.status_code == 303
    session.refresh(sari)
    assert (sari.name, sari.language) == ("Sari W.", "en")
    assert client.get_cookie("bahasa").value == "en"
    for bad in ({"name": "", "language": "en"}, {"name": "x", "language": "jv"}):
        assert client.post("/akun/profil", data=bad).status_code == 422


def test_the_language_is_chosen_with_and_without_an_account(client, session, sari):
    guest = client.get("/bahasa/en?lanjut=/masuk")
    assert (guest.status_code, guest.location) == (303, "/masuk")
    assert client.get_cookie("bahasa").value == "en"
    assert client.get("/bahasa/xx").status_code == 404
    assert client.get("/bahasa/en?lanjut=//evil.example").location == "/akun"

    sign_in(client)
    answer = client.post("/bahasa", data={"bahasa": "en", "lanjut": "/akun/profil"})

    assert (answer.status_code, answer.location) == (303, "/akun/profil")
    session.refresh(sari)
    assert sari.language == "en"
    assert client.post("/bahasa", data={"bahasa": "xx"}).status_code == 422


def test_notices_are_listed_and_read(client, session, sari):
    sign_in(client)
    assert "Belum ada pemberitahuan" in client.get("/akun/pemberitahuan").get_data(as_text=True)
    for number in range(35):
        text = say("Pesanan %(number)s siap.", number=number)
        service.notify(session, sari.id, f"c{number}", text, "/akun/profil", now())
    session.commit()

    page = client.get("/akun/pemberitahuan").get_data(as_text=True)
    assert "Pesanan 34 siap." in page
    assert "Pesanan 4 siap." in client.get("/akun/pemberitahuan?hal=2").get_data(as_text=True)
    first = queries.notices_of(session, sari.id)[0]
    opened = client.post(
        f"/akun/pemberitahuan/{to_text(first.id)}/buka", data={"lanjut": first.url}
    )
    assert opened.location == "/akun/profil"
    assert queries.count_notices(session, sari.id, unread=True) == 34
    client.post("/akun/pemberitahuan/dibaca")
    assert queries.count_notices(session, sari.id, unread=True) == 0


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "²", "1.5", "", "10001"])
def test_nonsense_pages_are_no_fault(client, sari, page):
    sign_in(client)

    assert client.get("/akun/pemberitahuan", query_string={"hal": page}).status_code == 200


@pytest.mark.parametrize("path", ["/akun/keamanan", "/akun/profil", "/akun/pemberitahuan"])
def test_guests_are_led_to_sign_in(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.location) == (302, f"/masuk?lanjut=%2Fakun%2F{path[6:]}")


def test_a_page_in_use_notes_it_now_and_then(session, sari, sign_in):
    browser = sign_in(sari)
    row = session.scalars(select(SignIn).where(SignIn.account_id == sari.id)).one()
    row.seen_at = long_ago = now() - timedelta(hours=1)
    session.commit()

    browser.get("/akun/profil")

    session.refresh(row)
    assert row.seen_at > long_ago + timedelta(minutes=50)


def test_private_pages_are_kept_nowhere(session, sari, sign_in):
    answer = sign_in(sari).get("/akun/keamanan")

    assert answer.headers["Cache-Control"] == "no-store"
