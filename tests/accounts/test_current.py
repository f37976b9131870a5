"""Who is behind a request: by cookie on pages, by token where programs call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from marketplace.accounts import current, service
from marketplace.accounts.forms import RegisterForm
from marketplace.accounts.models import ApiToken, SignIn
from marketplace.accounts.rules import Login
from marketplace.kernel.access import Role
from tests.accounts.people import SARI, make_sari
from tests.makers import make_cooperative, make_officer

MEMBERS = "/api/v1/cooperatives/sanan/members"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def chair(session):
    account = make_officer(session, make_cooperative(session, slug="sanan"), Role.CHAIR)
    session.commit()
    return account


def make_token(session, account, scopes=("members",), expires=None) -> str:
    secret = service.create_token(session, account, "kasir", scopes, expires, at=now())
    session.commit()
    return secret


def ask(client, authorization: str):
    return client.get(MEMBERS, headers={"Authorization": authorization})


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_a_token_lets_a_program_in(session, chair, client, kind):
    secret = make_token(session, chair)

    assert ask(client, f"{kind} {secret}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {}x", "Bearer " + "x" * 300],
)
def test_whatever_is_no_token_lets_nobody_in(session, chair, client, authorization):
    secret = make_token(session, chair)

    answer = ask(client, authorization.format(secret))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_first_use_of_a_token_is_noted_and_the_next_is_not(session, chair, client):
    secret = make_token(session, chair)

    ask(client, f"Bearer {secret}")
    token = session.scalars(select(ApiToken)).one()
    session.refresh(token)
    first = token.used_at
    ask(client, f"Bearer {secret}")
    session.refresh(token)

    assert first is not None
    assert token.used_at == first


def test_a_cookie_of_nobody_lets_nobody_in(client):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "tidak pernah ada"

    assert client.get("/akun/profil").status_code == 302


def test_a_person_is_no_person_outside_of_a_request(app):
    assert current._for_templates() == {}


def test_signing_in_drops_what_another_visitor_of_the_browser_left(session, client):
    make_sari(session)
    session.commit()
    client.post("/masuk", data={"login": "0812 3456 7890", "password": "kelapa muda terbang"})
    first = client.get_cookie("guyub").value

    client.post("/masuk", data={"login": "0812 3456 7890", "password": "kelapa muda terbang"})

    assert client.get_cookie("guyub").value != first
    assert len(session.scalars(select(SignIn)).all()) == 2


def test_a_form_shows_a_login_as_it_is_kept(app):
    with app.test_request_context():
        form = RegisterForm(formdata=None, login=SARI)
        by_mail = RegisterForm(formdata=None, login=Login(email="sari@contoh.id"))

        assert 'value="+6281234567890"' in str(form.login())
        assert 'value="sari@contoh.id"' in str(by_mail.login())
