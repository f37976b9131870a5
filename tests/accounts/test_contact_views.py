"""Changing the phone number and the e-mail address through the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from marketplace.accounts import queries, service
from tests.accounts.people import OTHER, PASSWORD, make_sari, prove, type_password
from tests.makers import make_account

HP, EMAIL = "/akun/profil/hp", "/akun/profil/email"
NEW = "sari.baru@contoh.id"


def now() -> datetime:
    return datetime.now(UTC)


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def sari(session):
    account = make_sari(session)
    session.commit()
    return account


@pytest.fixture
def browser(sari, sign_in):
    return sign_in(sari)


def send_phone(browser, phone="0813 7777 8888", password=PASSWORD):
    return browser.post(HP, data={"phone": phone, "current_password": password})


def send_email(browser, email=NEW, password=PASSWORD):
    return browser.post(EMAIL, data={"email": email, "current_password": password})


def said(answer) -> str:
    """A page without its form token and times, which differ each time."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text(answer))


def test_a_number_is_changed_with_the_password_and_signs_in(session, sari, browser, client):
    assert "0812 3456 7890" in text(browser.get(HP))

    answer = send_phone(browser)

    assert (answer.status_code, answer.location) == (303, "/akun/profil")
    page = text(browser.get("/akun/profil"))
    assert "Nomor HP diganti." in page
    assert "0813 7777 8888" in page
    assert type_password(client).status_code == 422
    assert type_password(client, login="0813 7777 8888").status_code == 303


@pytest.mark.parametrize(
    ("path", "typed", "field", "wrong", "sentence"),
    [
        (
            HP,
            {"phone": "0813 7777 8888"},
            "phone",
            {"current_password": OTHER},
            "bukan kata sandimu",
        ),
        (HP, {"phone": "0813 7777 8888"}, "phone", {"current_password": ""}, "Isi bagian ini."),
        (HP, {"phone": "12345"}, "phone", {}, "Tulis nomor HP Indonesia"),
        (HP, {"phone": " "}, "phone", {}, "Isi bagian ini."),
        (HP, {"phone": "0812 3456 7890"}, "phone", {}, "Ini sudah nomormu."),
        (EMAIL, {"email": NEW}, "email", {"current_password": OTHER}, "bukan kata sandimu"),
        (EMAIL, {"email": "sari@contoh"}, "email", {}, "Alamat e-mail ini tidak lengkap"),
        (EMAIL, {"email": ""}, "email", {}, "Isi bagian ini."),
        (EMAIL, {"email": "<b>@contoh.id"}, "email", {}, "Alamat e-mail ini tidak lengkap"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session, sari, browser, path, typed, field, wrong, sentence
):
    answer = browser.post(path, data={**typed, "current_password": PASSWORD, **wrong})

    page = text(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert "Salah:" in page
    assert "<b>@" not in page
    shown = typed[field].replace("<", "&lt;").replace(">", "&gt;")
    assert f'value="{shown}"' in page
    assert PASSWORD not in page
    session.refresh(sari)
    assert (sari.phone, sari.email) == ("+6281234567890", None)


def test_a_number_of_somebody_else_is_refused_without_saying_whose(session, sari, browser):
    make_account(session, "Bu Lilik", phone="+6281377778888")
    session.commit()

    answer = send_phone(browser)

    assert answer.status_code == 422
    assert "tidak bisa dipakai" in text(answer)
    assert "Lilik" not in text(answer)


def test_asking_for_an_address_is_answered_alike_whoever_has_it(session, sari, sign_in):
    make_account(session, "Budi", email="budi@contoh.id")
    session.commit()
    pages = []
    for email in ("budi@contoh.id", NEW):
        browser = sign_in(sari)
        answer = send_email(browser, email)
        page = said(browser.get("/akun/profil")).replace(email, "…")
        pages.append((answer.status_code, answer.location, re.sub(r"\d\d\.\d\d", "", page)))

    assert pages[0] == pages[1]
    assert "Kami mengirim tautan" in pages[0][2]
    assert "menunggu dipastikan sampai" in pages[0][2]


def test_a_mailed_link_is_followed_to_the_new_address(app, session, sari, browser):
    send_email(browser)
    app.extensions["mailman"].outbox = sent = []
    for _ in range(2):
        app.extensions["jobs"].deliver_waiting()
    (path,) = re.findall(r"http://localhost(/akun/email/\S+)", sent[0].body)

    page = text(browser.get(path))
    assert f"Pakai {NEW} untuk akun Sari?" in page
    assert 'name="referrer" content="same-origin"' in page
    session.refresh(sari)
    assert sari.email is None
    answer = browser.post(path)

    assert (answer.status_code, answer.location) == (303, "/akun/profil")
    session.refresh(sari)
    assert sari.email == NEW
    assert NEW in text(browser.get("/akun/profil"))
    assert browser.get(path).status_code == browser.post(path).status_code == 410


def test_the_old_address_is_told_by_mail(app, session, sari, browser):
    sari.email = "sari@contoh.id"
    service.ask_email(session, prove(session, sari), NEW, at=now())
    waiting = queries.waiting_email(session, sari.id, at=now())
    secret = service.make_email_link(session, waiting)
    session.commit()

    browser.post(f"/akun/email/{secret}")

    app.extensions["jobs"].deliver_waiting()
    sent = {message.to[0]: message.subject for message in app.extensions["mailman"].outbox}
    assert sent["sari@contoh.id"] == "Alamat e-mail akunmu diganti"


def test_a_link_asks_to_sign_in_first_and_opens_for_its_owner_only(session, sari, client, sign_in):
    service.ask_email(session, prove(session, sari), NEW, at=now())
    waiting = queries.waiting_email(session, sari.id, at=now())
    path = f"/akun/email/{service.make_email_link(session, waiting)}"
    session.commit()
    stranger = sign_in(make_account(session, "Orang lain"))

    assert client.get(path).location == f"/masuk?lanjut={path.replace('/', '%2F')}"
    assert client.post(path).status_code == 401
    for answer in (stranger.get(path), stranger.post(path)):
        assert answer.status_code == 410
        assert NEW not in text(answer)
    session.refresh(sari)
    assert sari.email is None


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 3000, "%F0%9F%98%80"])
def test_a_link_that_never_was_is_gone(browser, secret):
    assert browser.get(f"/akun/email/{secret}").status_code in (400, 404, 410, 414)


@pytest.mark.parametrize("path", [HP, EMAIL])
def test_guests_change_nothing(client, path):
    assert client.get(path).status_code == 302
    assert client.post(path).status_code == 401


def test_who_has_neither_number_nor_address_yet_is_offered_to_add_them(session, sign_in):
    lilik = make_account(session, "Bu Lilik", phone=None, email="lilik@contoh.id")
    session.commit()
    browser = sign_in(lilik)

    page = text(browser.get("/akun/profil"))

    assert "Belum ada nomor HP" in page
    assert "Belum ada e-mail" not in page
    assert "Sekarang:" not in text(browser.get(HP))


def test_the_pages_speak_english(browser):
    browser.get("/bahasa/en")

    assert "Change mobile number" in text(browser.get(HP))
    assert "Present password" in text(browser.get(EMAIL))
    assert "This is not your password" in text(send_phone(browser, password=OTHER))
