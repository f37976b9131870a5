"""Who is behind a request: tokens count, cookies do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import ApiToken
from marketplace.accounts.rules import SCOPES
from marketplace.app import create_app
from marketplace.kernel.access import Role
from marketplace.web.extensions import limiter
from tests.api.conftest import V1, Program, make_token, purchase_of
from tests.conftest import close, make_settings
from tests.makers import make_account, make_officer

READS = {"orders": "orders", "members": "members", "supply": "supply/rounds"}


def test_without_a_token_one_is_a_guest(guest, sanan):
    answer = guest.get(f"/cooperatives/{sanan.slug}/orders")

    assert (answer.status_code, answer.get_json()["code"]) == (401, "sign_in_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_a_cookie_proves_nothing_to_the_api(session, sign_in, sanan):
    browser = sign_in(make_officer(session, sanan))

    answer = browser.get(f"{V1}/cooperatives/{sanan.slug}/orders")

    assert answer.status_code == 401
    assert browser.get("/akun").status_code == 200


def test_a_purchase_in_a_signed_in_browser_belongs_to_nobody(session, sign_in, keripik):
    browser = sign_in(make_account(session, "Sari"))

    browser.post(
        f"{V1}/purchases", json=purchase_of(keripik), headers={"Idempotency-Key": "by-cookie"}
    )

    from marketplace.orders.models import Purchase

    assert session.scalars(select(Purchase.account_id)).all() == [None]


def test_a_token_proves_nothing_to_pages(app, session, sanan):
    token = make_token(session, make_officer(session, sanan))
    session.commit()

    answer = app.test_client().get("/akun", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 302


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic c2FyaTpyYWhhc2lh", "Bearer " + "x" * 5000, "?"]
)
def test_a_token_that_opens_nothing_is_refused_everywhere(client, keripik, header):
    for path in ("/products", "/cooperatives"):
        answer = client.get(V1 + path, headers={"Authorization": header})

        assert (answer.status_code, answer.get_json()["code"]) == (401, "token_refused")


def test_revoked_and_outdated_tokens_are_refused(app, session, sanan):
    account = make_officer(session, sanan)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    old = accounts.create_token(session, account, "old", SCOPES, yesterday, at=yesterday)
    taken = make_token(session, account)
    token = session.scalars(select(ApiToken).where(ApiToken.name == "test")).one()
    accounts.revoke_token(session, account.id, token.id, at=yesterday)
    session.commit()

    answers = [Program(app.test_client(), secret).get("/products") for secret in (old, taken)]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize("scope", READS)
def test_a_token_opens_only_what_it_was_made_for(session, program, sanan, scope):
    chair = make_officer(session, sanan)

    answers = {
        other: program(chair, scope).get(f"/cooperatives/{sanan.slug}/{path}")
        for other, path in READS.items()
    }

    assert {other for other, answer in answers.items() if answer.status_code == 200} == {scope}
    refused = [answer.get_json() for other, answer in answers.items() if other != scope]
    assert {body["code"] for body in refused} == {"scope_missing"}


def test_a_token_without_the_scope_buys_nothing(session, program, keripik):
    answer = program(make_account(session), "orders").post("/purchases", purchase_of(keripik))

    assert (answer.status_code, answer.get_json()["code"]) == (403, "scope_missing")


def test_a_post_that_ended_opens_nothing_any_more(session, program, sanan):
    account = make_officer(session, sanan, Role.SECRETARY)
    acting = program(account)
    path = f"/cooperatives/{sanan.slug}/orders"
    assert acting.get(path).status_code == 200
    from marketplace.cooperatives.models import Post

    for post in session.scalars(select(Post).where(Post.account_id == account.id)):
        post.ended_at = datetime.now(UTC)
    session.commit()

    answer = acting.get(path)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_allowed")


def test_the_use_of_a_token_is_noted_now_and_then(session, program, sanan):
    acting = program(make_officer(session, sanan))

    acting.get("/products")

    session.expire_all()
    first = session.scalars(select(ApiToken.used_at)).one()
    acting.get("/products")
    session.expire_all()
    assert first is not None
    assert session.scalars(select(ApiToken.used_at)).one() == first


def test_an_unknown_cooperative_is_not_found_and_an_old_address_leads_on(guest, sanan, session):
    from marketplace.cooperatives.models import OldSlug

    session.add(OldSlug(slug="dulu", cooperative_id=sanan.id, changed_at=datetime.now(UTC)))
    session.commit()

    unknown = guest.get("/cooperatives/tidak-ada")
    old = guest.client.get(f"{V1}/cooperatives/dulu?x=1")
    changed = guest.post("/cooperatives/dulu/members", {"name": "Bu Lilik"})

    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not_found")
    assert (old.status_code, old.location) == (301, f"{V1}/cooperatives/{sanan.slug}?x=1")
    assert changed.status_code == 404


def test_what_is_no_address_is_told_as_a_problem(guest):
    unknown = guest.get("/nonsense")
    wrong_id = guest.get("/products/nonsense")
    wrong_method = guest.send("DELETE", "/products")

    assert [a.status_code for a in (unknown, wrong_id, wrong_method)] == [404, 404, 405]
    assert {a.mimetype for a in (unknown, wrong_id, wrong_method)} == {"application/problem+json"}
    assert "GET" in wrong_method.headers["Allow"]


@pytest.fixture
def limited(fresh_database, tmp_path):
    """A program on a site that counts requests."""
    app = create_app(make_settings(fresh_database("sqlite"), tmp_path, rate_limits=True))
    yield Program(app.test_client())
    limiter.reset()
    limiter.enabled = False
    close(app)


def test_too_many_purchases_in_a_minute_are_refused(limited):
    answers = [limited.post("/purchases", {}) for _ in range(31)]

    assert {answer.status_code for answer in answers[:30]} == {422}
    assert (answers[30].status_code, answers[30].get_json()["code"]) == (429, "too_many_requests")
    assert answers[30].headers["Retry-After"]
