"""What every answer carries and every request is checked for, whatever the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from marketplace.app import create_app
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.logs import mask
from marketplace.web.security import BODY_LIMIT
from tests.conftest import close, make_settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def odd_app(fresh_database, tmp_path_factory: pytest.TempPathFactory):
    """An application with views that do what real ones must never do."""
    app = create_app(make_settings(fresh_database("sqlite"), tmp_path_factory.mktemp("odd")))

    def fail(what: str):
        faults = {
            "fault": RuntimeError("secret insides"),
            "busy": OperationalError("select", {}, Exception("database is locked")),
            "stale": StaleDataError("changed"),
            "input": DataError("insert", {}, type("NumericValueOutOfRange", (Exception,), {})()),
            "rule": Invalid(say("Jumlahnya %(n)s.", n=3), fields={"n": say("Salah.")}),
        }
        raise faults[what]

    app.add_url_rule("/odd/<what>", "odd", public(fail))
    app.add_url_rule("/api/v1/odd/<what>", "api_odd", public(fail))
    app.add_url_rule(
        "/nonce",
        "nonce",
        public(lambda: render_template_string("<script nonce='{{ csp_nonce() }}'></script>")),
    )
    yield app
    close(app)


@pytest.mark.parametrize("path", ["/", "/masuk", "/tidak-ada", "/health/live", "/keranjang"])
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Request-ID"]


def test_a_private_page_is_stored_nowhere(client):
    assert client.get("/masuk").headers["Cache-Control"] == "no-store"


def test_a_nonce_is_named_once_per_answer_and_never_twice_the_same(odd_app):
    answers = [odd_app.test_client().get("/nonce") for _ in range(2)]

    nonces = [answer.text.split("'")[1] for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]


def test_a_foreign_host_is_refused(client):
    assert client.get("/masuk", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 404),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({}, 404),
    ],
)
def test_changes_from_another_sites_page_are_refused(client, headers, status):
    assert client.post("/keranjang", data={"variant": "x"}, headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/cari?q=%00", "/k/%00", "/b/%00-x"])
def test_bytes_that_nobody_can_type_are_refused(client, path):
    assert client.get(path).status_code in (400, 404)


def test_junk_in_a_form_is_refused(client):
    assert client.post("/masuk", data={"login": "a\x00b", "password": "x"}).status_code == 400


def test_a_body_beyond_the_limit_is_refused(client):
    answer = client.post("/masuk", data={"login": "x" * (BODY_LIMIT + 1)})

    assert answer.status_code == 413


def test_forms_need_their_token(fresh_database, tmp_path):
    app = create_app(make_settings(fresh_database("sqlite"), tmp_path))

    answer = app.test_client().post("/masuk", data={"login": "x", "password": "y"})

    assert answer.status_code == 400
    assert "terlalu lama terbuka" in answer.text
    close(app)


@pytest.mark.parametrize(
    ("what", "status"),
    [("fault", 500), ("busy", 503), ("stale", 409), ("input", 422), ("rule", 422)],
)
def test_faults_are_admitted_without_their_insides(odd_app, what, status):
    odd_app.config["PROPAGATE_EXCEPTIONS"] = False

    page = odd_app.test_client().get(f"/odd/{what}")
    problem = odd_app.test_client().get(f"/api/v1/odd/{what}")

    assert (page.status_code, problem.status_code) == (status, status)
    assert "secret insides" not in page.text + problem.text
    assert problem.mimetype == "application/problem+json"
    assert problem.json["code"]
    assert problem.json["status"] == status


def test_a_rule_tells_programs_its_fields(odd_app):
    problem = odd_app.test_client().get("/api/v1/odd/rule").json

    assert (problem["title"], problem["errors"]) == ("Jumlahnya 3.", {"n": "Salah."})


def test_a_busy_database_says_when_to_come_back(odd_app):
    assert odd_app.test_client().get("/odd/busy").headers["Retry-After"]


def test_an_unknown_page_says_so_in_the_language_of_the_reader(client):
    assert "Halaman ini tidak ada" in client.get("/tidak-ada").text
    client.set_cookie("bahasa", "en")
    assert '<html lang="en">' in client.get("/tidak-ada").text


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.delete("/masuk")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_alive_ready_and_measured(client, session):
    assert client.get("/health/live").json == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["database"]) == (200, "ok")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404
    figures = client.get("/metrics", headers={"Authorization": "Bearer metrics-token"})
    assert "guyub_answers_total" in figures.text


def test_limits_hold_when_they_are_on(fresh_database, tmp_path):
    settings = make_settings(fresh_database("sqlite"), tmp_path)
    app = create_app(replace(settings, rate_limits=True))
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()

    codes = [
        browser.post("/masuk", data={"login": "081234567890", "password": "x"}).status_code
        for _ in range(12)
    ]

    assert codes[-1] == 429
    close(app)


def test_logs_hide_people_and_secrets():
    event = mask(
        None,
        "info",
        {
            "event": "mail to sari@contoh.id failed, call 081234567890",
            "password": "rahasia",
            "method": "GET",
        },
    )

    text = str(event)
    assert "sari@contoh.id" not in text
    assert "081234567890" not in text
    assert "rahasia" not in text


def test_the_clock_can_be_set_by_a_file_under_test(fresh_database, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("2026-11-28T10:00:00+07:00\n")
    settings = make_settings(fresh_database("sqlite"), tmp_path, clock_file=str(clock))
    app: Flask = create_app(settings)

    with app.app_context():
        assert now() == datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    close(app)


@pytest.mark.parametrize("raw", ["Caf%E9", "b%C0%AFb"])
def test_bytes_that_are_no_text_are_refused_wherever_they_stand(client, raw):
    form = "application/x-www-form-urlencoded"

    asked = client.get(f"/cari?q={raw}")
    sent = client.post("/lupa-sandi", data=f"login={raw}".encode(), content_type=form)

    assert (asked.status_code, sent.status_code) == (400, 400)


def test_letters_of_every_script_pass(client):
    assert client.get("/cari", query_string="q=ꦏꦺꦴꦥꦼꦫꦱꦶ").status_code == 200


@pytest.mark.parametrize("page", sorted(Path("templates").rglob("*.html")), ids=str)
def test_no_page_hides_its_origin_from_its_own_forms(page: Path):
    """A browser sends ``Origin: null`` from such a page, and its forms would be refused."""
    assert "no-referrer" not in page.read_text(encoding="utf-8")
