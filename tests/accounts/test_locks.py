"""Nobody's writing waits while somebody's password is hashed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

import pytest

from marketplace.accounts import hashing, queries, service
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.accounts.people import OTHER, PASSWORD, PHONE, make_sari
from tests.makers import make_account

pytestmark = pytest.mark.race


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def hashers_taken():
    """Let every password wait for its turn, until told otherwise."""
    for _ in range(hashing.AT_ONCE):
        hashing._turn.acquire()
    waiting = hashing.AT_ONCE

    def release() -> None:
        nonlocal waiting
        while waiting:
            hashing._turn.release()
            waiting -= 1

    yield release
    release()


def sign_in_again(browser, secrets):
    return browser.post("/masuk", data={"login": PHONE, "password": PASSWORD})


def change_password(browser, secrets):
    form = {"current_password": PASSWORD, "new_password": OTHER}
    return browser.post("/akun/keamanan/sandi", data=form)


def change_phone(browser, secrets):
    form = {"phone": "0813 7777 8888", "current_password": PASSWORD}
    return browser.post("/akun/profil/hp", data=form)


def ask_email(browser, secrets):
    form = {"email": "baru@contoh.id", "current_password": PASSWORD}
    return browser.post("/akun/profil/email", data=form)


def use_link(browser, secrets):
    return browser.post(f"/tautan/{secrets['link']}", data={"new_password": OTHER})


def register(browser, secrets):
    form = {"name": "Tono", "login": "0813 1111 2222", "password": OTHER}
    return browser.post("/daftar", data=form)


def close(browser, secrets):
    return browser.post("/akun/tutup", data={"current_password": PASSWORD})


@pytest.mark.parametrize(
    "act", [sign_in_again, change_password, change_phone, ask_email, use_link, register, close]
)
def test_a_market_goes_on_selling_while_a_password_is_hashed(
    own_app, act: Callable[..., object], request
):
    with own_app.app_context(), transaction() as session:
        sari = make_sari(session)
        cookie = service.start_sign_in(session, sari, browser="", address="", at=now())
        secrets = {"link": service.make_reset_link(session, sari, at=now())}
        lilik_id = make_account(session, "Bu Lilik").id
    browser = own_app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = cookie, True
    release = request.getfixturevalue("hashers_taken")
    answers: list[int] = []
    person = Thread(target=lambda: answers.append(act(browser, secrets).status_code))

    person.start()
    time.sleep(0.4)  # by now the request waits for its turn to hash
    started = time.monotonic()
    with own_app.app_context():
        with transaction() as session:
            service.rename(session, queries.account(session, lilik_id), "Bu Lilik Suryani")
        db.session.remove()
    waited = time.monotonic() - started
    still_hashing = answers == []
    release()
    person.join()

    assert still_hashing
    assert waited < 1
    assert answers == [303]
