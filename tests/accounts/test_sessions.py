"""The page of devices, password and tokens: everybody sees and ends what is theirs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from marketplace.accounts import hashing, queries, service
from marketplace.accounts.models import ApiToken, SignIn
from marketplace.kernel.ids import new_id, to_text
from marketplace.web.extensions import db
from tests.accounts.people import OTHER, PASSWORD, PHONE, make_sari, type_password
from tests.makers import make_account

PAGE = "/akun/keamanan"


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
def budi(session):
    account = make_account(session, "Budi")
    session.commit()
    return account


def start(
    session, account, browser="Mozilla/5.0 (Windows NT 10.0) Firefox/121.0", address="10.1.2.3"
):
    service.start_sign_in(session, account, browser=browser, address=address, at=now())
    session.commit()
    return session.scalars(select(SignIn).where(SignIn.account_id == account.id)).all()[-1]


def test_everybody_sees_their_own_devices_only(session, sari, budi, sign_in):
    start(session, sari, address="10.1.1.1")
    start(session, budi, address="10.2.2.2")

    page = text(sign_in(sari).get(PAGE))

    assert "Firefox, Windows" in page
    assert "10.1.1.1" in page
    assert "10.2.2.2" not in page


def test_this_device_has_no_button_to_end_it(session, sari, sign_in):
    page = text(sign_in(sari).get(PAGE))

    assert "Perangkat ini" in page
    assert "/akhiri" not in page
    assert "Keluarkan semua" not in page


def test_a_device_cannot_write_html_into_the_page(session, sari, sign_in):
    start(session, sari, browser="<script>alert(1)</script> Firefox", address="<b>10</b>")

    page = text(sign_in(sari).get(PAGE))

    assert "<script>alert" not in page
    assert "<b>10</b>" not in page


@pytest.mark.parametrize("kind", ["sesi", "token"])
@pytest.mark.parametrize("whose", ["another's", "nobody's", "nonsense"])
def test_what_is_not_ones_own_is_not_found(session, sari, budi, sign_in, kind, whose):
    row = start(session, budi)
    service.create_token(session, budi, "kasir", ["orders"], None, at=now())
    session.commit()
    token = session.scalars(select(ApiToken)).one()
    id_ = {
        "another's": to_text(row.id if kind == "sesi" else token.id),
        "nobody's": to_text(new_id()),
        "nonsense": "x",
    }[whose]

    answer = sign_in(sari).post(f"{PAGE}/{kind}/{id_}/{'akhiri' if kind == 'sesi' else 'cabut'}")

    assert answer.status_code == 404
    session.refresh(row)
    session.refresh(token)
    assert (row.ended_at, token.revoked_at) == (None, None)


def test_ending_the_others_leaves_another_person_alone(session, sari, budi, sign_in):
    row = start(session, budi)
    own = start(session, sari)

    sign_in(sari).post(f"{PAGE}/sesi/lain")

    session.refresh(row)
    session.refresh(own)
    assert row.ended_at is None
    assert own.ended_at is not None


def test_ending_this_device_by_its_address_signs_out_at_once(session, sari, sign_in):
    browser = sign_in(sari)
    row = session.scalars(select(SignIn)).one()

    browser.post(f"{PAGE}/sesi/{to_text(row.id)}/akhiri")

    assert browser.get(PAGE).status_code == 302


def test_a_changed_password_ends_other_sign_ins_but_not_tokens(session, sari, sign_in):
    here, there = sign_in(sari), sign_in(sari)
    secret = service.create_token(session, sari, "kasir", ["orders"], None, at=now())
    session.commit()
    form = {"current_password": PASSWORD, "new_password": OTHER}

    answer = here.post(f"{PAGE}/sandi", data=form)

    assert answer.status_code == 303
    assert (here.get(PAGE).status_code, there.get(PAGE).status_code) == (200, 302)
    assert queries.open_token(session, secret, at=now())
    assert OTHER not in text(here.get(PAGE))


@pytest.mark.parametrize("missing", ["current_password", "new_password"])
def test_both_passwords_are_asked_for(session, sari, sign_in, missing):
    form = {"current_password": PASSWORD, "new_password": OTHER, missing: ""}

    answer = sign_in(sari).post(f"{PAGE}/sandi", data=form)

    assert answer.status_code == 422
    assert f'id="{missing}-error"' in text(answer)
    assert PASSWORD not in text(answer)


def test_a_21st_token_is_refused_and_its_name_kept(session, sari, sign_in):
    for number in range(20):
        service.create_token(session, sari, f"kasir {number}", ["orders"], None, at=now())
    session.commit()

    answer = sign_in(sari).post(
        f"{PAGE}/token", data={"name": "Satu lagi", "scopes": ["orders"], "days": "0"}
    )

    assert answer.status_code == 422
    assert "Paling banyak 20 token" in text(answer)
    assert 'value="Satu lagi"' in text(answer)
    assert len(queries.tokens_of(session, sari.id)) == 20


def test_a_token_for_ever_and_one_that_ran_out_are_shown_as_such(session, sari, sign_in):
    browser = sign_in(sari)
    form = {"name": "<i>selamanya</i>", "scopes": ["orders"], "days": "0"}
    browser.post(f"{PAGE}/token", data=form)
    service.create_token(session, sari, "lewat", ["orders"], now(), at=now())
    session.commit()

    page = text(browser.get(PAGE))

    assert "Lewat waktu" in page
    assert "&lt;i&gt;selamanya&lt;/i&gt;" in page
    assert (
        session.scalars(select(ApiToken.expires_at).where(ApiToken.name != "lewat")).one() is None
    )


def test_a_new_password_by_link_needs_a_password(session, sari, client):
    secret = service.make_reset_link(session, sari, at=now())
    session.commit()

    answer = client.post(f"/tautan/{secret}", data={"new_password": ""})

    assert answer.status_code == 422
    assert "Isi bagian ini." in text(answer)
    assert queries.open_link(session, secret, at=now())


def test_a_new_password_by_link_ends_every_session(session, sari, client, sign_in):
    browsers = [sign_in(sari) for _ in range(2)]
    secret = service.make_reset_link(session, sari, at=now())
    session.commit()

    client.post(f"/tautan/{secret}", data={"new_password": OTHER})

    assert [browser.get(PAGE).status_code for browser in browsers] == [302, 302]
    assert type_password(client, PASSWORD).status_code == 422
    assert type_password(client, OTHER).status_code == 303


def test_guests_choose_a_language_for_this_browser_only(session, sari, client):
    answer = client.post("/bahasa", data={"bahasa": "en", "lanjut": "/masuk"})

    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert client.get_cookie("bahasa").value == "en"
    session.refresh(sari)
    assert sari.language == "id"


def test_the_page_speaks_english(sari, sign_in):
    browser = sign_in(sari)
    browser.get("/bahasa/en")

    page = text(browser.get(PAGE))

    assert "Present password" in page
    assert "Kata sandi" not in page


# What a stranger could tell from the work that is done


@pytest.fixture
def work(monkeypatch):
    """Count what a request does: statements to the database and passwords hashed."""
    done: list[str] = []
    verify = hashing._HASHER.verify
    hash_ = hashing._HASHER.hash

    class Counting:
        def verify(self, *given):
            done.append("hash")
            return verify(*given)

        def hash(self, *given):
            done.append("hash")
            return hash_(*given)

        check_needs_rehash = staticmethod(hashing._HASHER.check_needs_rehash)

    hashing._nobodys_hash()
    monkeypatch.setattr(hashing, "_HASHER", Counting())

    def note(_connection, _cursor, statement, *_rest):
        done.append(re.sub(r"\s+", " ", statement)[:20])

    event.listen(db.engine, "before_cursor_execute", note)
    yield done
    event.remove(db.engine, "before_cursor_execute", note)


def measured(work, act) -> list[str]:
    work.clear()
    act()
    return [*work]


def test_signing_in_does_the_same_work_for_known_and_unknown_people(app, sari, work):
    def ask(login):
        return lambda: type_password(app.test_client(), OTHER, login)

    known = measured(work, ask(PHONE))
    unknown = measured(work, ask("0812 9999 9999"))

    assert known == unknown
    assert known.count("hash") == 1


def test_asking_for_a_link_does_the_same_work_for_known_and_unknown_people(app, session, work):
    make_account(session, "Sari", email="sari@contoh.id")
    session.commit()

    def ask(login):
        return lambda: app.test_client().post("/lupa-sandi", data={"login": login})

    known, unknown = measured(work, ask("sari@contoh.id")), measured(work, ask("tidak@ada.id"))

    assert known == unknown


def test_registering_hashes_once_for_known_and_unknown_people(app, sari, work):
    def ask(login):
        data = {"name": "Sari", "login": login, "password": OTHER}
        return lambda: app.test_client().post("/daftar", data=data)

    known, unknown = measured(work, ask(PHONE)), measured(work, ask("0813 1111 2222"))

    assert known.count("hash") == unknown.count("hash") == 1


def test_asking_for_an_address_does_the_same_work_whoever_has_it(session, sari, sign_in, work):
    make_account(session, "Budi", email="budi@contoh.id")
    session.commit()
    browsers = [sign_in(sari), sign_in(sari)]

    def ask(browser, email):
        data = {"email": email, "current_password": PASSWORD}
        return lambda: browser.post("/akun/profil/email", data=data)

    taken = measured(work, ask(browsers[0], "budi@contoh.id"))
    free = measured(work, ask(browsers[1], "baru@contoh.id"))

    assert taken == free
    assert "hash" in taken
