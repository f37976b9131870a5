"""How often pages ask the database: seldom, and never once more for one more row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from marketplace.demo import ACCOUNTS
from marketplace.search import current as search
from marketplace.search.service import rebuild
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.guards import GUARD
from tests.architecture.doubling import double
from tests.architecture.filling import role_of, undone
from tests.architecture.site import Site, address, send, words_of
from tests.architecture.test_walk import is_for_programs

pytestmark = pytest.mark.slow

MOST = {"guest": 6, "signed in": 10}
# A file with all that is kept about a person asks once for each kind of thing.
MOST_OF = {"accounts.download_data": 20}
NO_STATEMENTS = (
    "BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ",
    # How new the newest message is: asked once a second for all kept pages together.
    "SELECT outbox_messages.id, outbox_messages.delivered_at IS NOT NULL",
)  # fmt: skip
HOME = "/k/{slug}/kelola"
LISTS = (
    "/", "/cari?q=keripik", "/cari?urut=termurah", "/kategori/{path}", "/koperasi", "/k/{slug}",
    "/keranjang", "/akun/pemberitahuan", "/akun/pesanan", "/sitemap-barang-1.xml",
    f"{HOME}/", f"{HOME}/pesanan", f"{HOME}/pesanan/riwayat", f"{HOME}/pesanan/slip",
    f"{HOME}/titipan", "/akun/titipan", f"{HOME}/bon", "/akun/bon", "/akun/bon/{slug}",
    f"{HOME}/bon/{{member_id}}",
    f"{HOME}/rekening", f"{HOME}/pengembalian", f"{HOME}/keluhan",
    f"{HOME}/barang", f"{HOME}/barang?status=draf", f"{HOME}/barang/ekspor.csv",
    f"{HOME}/anggota", f"{HOME}/anggota.csv", f"{HOME}/pengurus", f"{HOME}/titik-ambil",
    f"{HOME}/kulakan", f"{HOME}/kulakan/lalu", f"{HOME}/kulakan/barang", f"{HOME}/kulakan/1",
    f"{HOME}/kulakan/1/daftar", f"{HOME}/kulakan/minta", f"{HOME}/kulakan/pesanan",
    f"{HOME}/kulakan/pesanan/1",
)  # fmt: skip
PROGRAMS = "/api/v1/cooperatives/{slug}"
API_LISTS = (
    "/api/v1/products", "/api/v1/products?q=keripik", "/api/v1/cooperatives",
    f"{PROGRAMS}/orders", f"{PROGRAMS}/members", f"{PROGRAMS}/bank-lines",
    f"{PROGRAMS}/supply/rounds", f"{PROGRAMS}/supply/purchase-orders",
    f"{PROGRAMS}/refunds", f"{PROGRAMS}/balances", "/api/v1/balances",
)  # fmt: skip


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the statements that reach a database."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        plain = " ".join(statement.split())
        if not plain.startswith(NO_STATEMENTS):
            statements.append(plain)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def asked_by(site: Site, visitor: FlaskClient, path: str, **headers: str) -> list[str]:
    """Open a page as if nobody had before; gives what it asked the database."""
    site.app.extensions["pages"].forget()
    with heard() as statements:
        answer = visitor.get(path, headers=headers)
        answer.close()
    assert answer.status_code == 200, (path, answer.status_code)
    return statements


def pages(site: Site) -> list[tuple[Rule, str]]:
    return [
        (rule, address(site.app, rule, words_of(rule, site.a)))
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and rule.endpoint != "static"
        and not is_for_programs(rule)
    ]


def test_no_page_asks_the_database_often(site: Site) -> None:
    wrong = []
    for rule, path in pages(site):
        public = getattr(site.app.view_functions[rule.endpoint], GUARD) == "public"
        for who in ("guest", "signed in") if public else ("signed in",):
            visitor = site.visitor("guest" if who == "guest" else role_of(rule))
            send(visitor, "GET", path, None)  # what is made once in a process is made now
            site.app.extensions["pages"].forget()
            with heard() as statements:
                send(visitor, "GET", path, None)
            if len(statements) > MOST_OF.get(rule.endpoint, MOST[who]):
                wrong.append((who, path, len(statements)))

    assert "\n".join(map(str, wrong)) == ""


def test_one_more_row_is_never_one_more_question(site: Site) -> None:
    with undone(site):
        few = counts(site)
        with site.app.app_context():
            rows = double(db.session, site.a.id, site.a.people)
            db.session.commit()
            db.session.remove()
        _index(site)
        many = counts(site)
    _index(site)

    assert rows > 100
    assert {path: (n, many[path]) for path, n in few.items() if many[path] > n} == {}


def _index(site: Site) -> None:
    with site.app.app_context():
        rebuild(db.session, search.index(), at=now())
        db.session.remove()


def counts(site: Site) -> dict[str, int]:
    """Count what every list asks, for its pages and for programs."""
    token = next(one.token for one in ACCOUNTS if (one.role, one.letter) == ("manager", "A"))
    officer, program = site.visitor("manager"), site.app.test_client()
    _fill_basket(site, officer)
    found = {}
    for path in LISTS:
        there = path.format(slug=site.a.slug, path=site.a.path, member_id=site.a.member_id)
        send(officer, "GET", there, None)
        found[path] = len(asked_by(site, officer, there))
    for path in API_LISTS:
        there = path.format(slug=site.a.slug)
        found[path] = len(asked_by(site, program, there, Authorization=f"Bearer {token}"))
    return found


def _fill_basket(site: Site, visitor: FlaskClient) -> None:
    """Put all that the first cooperative sells into the basket."""
    page = site.app.test_client().get("/api/v1/products", query_string={"cooperative": site.a.slug})
    for thing in page.get_json()["items"]:
        for variant in thing["variants"]:
            visitor.post("/keranjang", data={"variant": variant["id"], "quantity": "1"})
