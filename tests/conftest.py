"""Fixtures that every test may ask for. Services and views run on both databases."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app, g, request_started
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.search.engine import Index
from marketplace.web.extensions import db, limiter
from tests import postgres
from tools import strings

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # Saturday 10.00 in Malang
# Their tests talk to a server, load the demo, migrate or open a browser.
SLOW_ROOMS = frozenset({"demo", "gateways", "journeys", "migrations"})
# What their tests share takes long to make: each is made in one worker alone.
SHARING_ROOMS = frozenset({"architecture", "audit", "demo", "journeys"})
# What takes longest begins first: begun last, one worker would wait for the other.
FIRST_ROOMS = ("journeys", "architecture", "gateways", "audit", "ledger", "api")
# Who asks for one of these opens pages, or a database that really commits.
SLOW_FIXTURES = frozenset({"client", "guest", "own_app", "program", "sign_in"})
DATABASES = tuple(os.environ.get("GUYUB_TEST_DATABASES", "sqlite,postgresql").split(","))

hypothesis_settings.register_profile(
    "guyub", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("guyub")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", DATABASES, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to ``make test`` what is not rules and services on a database that is there."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if SLOW_ROOMS & set(item.path.parts) or SLOW_FIXTURES & asked:
            item.add_marker(pytest.mark.slow)
    items.sort(key=_begins)


def _begins(item: pytest.Item) -> int:
    rooms = [FIRST_ROOMS.index(part) for part in item.path.parts if part in FIRST_ROOMS]
    return rooms[-1] if rooms else len(FIRST_ROOMS)


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker a whole module on one database, or a room whose modules share something."""

    def _split_scope(self, nodeid: str) -> str:
        module, _, test = nodeid.partition("::")
        room = module.split("/")[1]
        database = next((kind for kind in DATABASES if kind in test.partition("[")[2]), "")
        return f"{room if room in SHARING_ROOMS else module} {database}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRoom:
    """Share the tests out by room: marks of groups are lost between our pytest and its xdist."""
    return ByRoom(config, log)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what all tests share: it would walk it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the English catalogue once, before any worker reads it."""
    if not hasattr(session.config, "workerinput"):
        strings.write(strings.joined()[0])


@request_started.connect
def forget_the_last_request(_app: Flask, **_facts: object) -> None:
    """Begin each request with nothing remembered, as it is outside of tests.

    The fixture ``app`` holds one application context open, which requests would share:
    its ``g`` would still know the person of the request before.
    """
    g.__dict__.clear()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


def make_settings(url: str, folder: Path, **changes: object) -> Settings:
    values: dict[str, object] = {
        "env": "test",
        "database_url": url,
        "files_url": f"file:{folder / 'files'}",
        "search_path": str(folder / "search"),
        "public_url": "http://localhost",
        "rate_limits": False,
        "metrics_token": "metrics-token",
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


def migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()


def close(app: Flask) -> None:
    """Let go of every connection, so that none is left open at the end."""
    app.extensions["jobs"].queue.storage.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied by who needs one of their own."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.sqlite3"
    app = create_app(make_settings(f"sqlite:///{path}", folder))
    migrate(app)
    with app.app_context():
        db.engine.dispose()  # the last connection to close empties the write-ahead log
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated PostgreSQL database, to be used as a template."""
    _create_database(postgresql_server, "guyub_template")
    url = _database_url(postgresql_server, "guyub_template")
    app = create_app(make_settings(url, tmp_path_factory.mktemp("template")))
    migrate(app)
    with app.app_context():
        db.engine.dispose()
    return "guyub_template"


def _database_url(server: str, name: str) -> str:
    return server.rsplit("/", 1)[0] + f"/{name}"


def _create_database(server: str, name: str, template: str = "template1") -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


@pytest.fixture(scope="session")
def fresh_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    """Make a migrated database of one's own: give its kind, get its address.

    With the address of another one, that nobody uses now, it is a copy of that.
    """
    count = 0

    def make(kind: str, like: str | None = None) -> str:
        nonlocal count
        count += 1
        if kind == "sqlite":
            template: Path = request.getfixturevalue("sqlite_template")
            path = tmp_path_factory.mktemp("database") / "guyub.sqlite3"
            shutil.copy(like.removeprefix("sqlite:///") if like else template, path)
            return f"sqlite:///{path}"
        server: str = request.getfixturevalue("postgresql_server")
        name = f"guyub_{os.getpid()}_{count}"
        original = like.rsplit("/", 1)[1] if like else None
        original = original or request.getfixturevalue("postgresql_template")
        _create_database(server, name, original)
        return _database_url(server, name)

    return make


def leave_the_cooperative() -> None:
    """End what a request told PostgreSQL; a real one ends with its transaction."""
    connection = db.session.get_bind() if current_app else None
    if isinstance(connection, Connection) and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL guyub.cooperative = ''")


class Browser(FlaskClient):
    """A test client whose requests begin with nothing of the test's own context.

    Otherwise Flask would reuse the test's application context, and with it ``g``: one
    request would see who was signed in for another.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return Context().run(super().open, *args, **kwargs)
        finally:
            leave_the_cooperative()


@pytest.fixture(scope="session")
def shared_app(database: str, fresh_database: Callable[[str], str]) -> Iterator[Flask]:
    """One application per database; each test's changes are rolled back."""
    folder = Path(tempfile.mkdtemp(prefix="guyub-test-"))
    app = create_app(make_settings(fresh_database(database), folder))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    yield app
    close(app)
    shutil.rmtree(folder, ignore_errors=True)


def forget_the_index(app: Flask) -> None:
    """Leave nothing to search in: a test before may have run the job that builds the index."""
    index: Index = app.extensions["search"]
    if index.path.exists():
        shutil.rmtree(index.path)
        vars(index).update(vars(Index(index.path)))


@contextmanager
def rolled_back(app: Flask) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back at the end.

    ``transaction()`` really commits, but only up to a savepoint.
    """
    app.extensions["pages"].forget()
    forget_the_index(app)
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield app
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application, whose changes are rolled back after the test."""
    limiter.enabled = False  # it is one for all applications, and some tests count requests
    with rolled_back(shared_app):
        yield shared_app


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def own_app(database: str, fresh_database: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own that really commits: for races and jobs."""
    app = create_app(make_settings(fresh_database(database), tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A guest's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[[Account], FlaskClient]:
    """Open a browser in which this person is signed in."""

    def open_browser(account: Account) -> FlaskClient:
        secret = accounts.start_sign_in(
            session, account, browser="test", address="127.0.0.1", at=datetime.now(UTC)
        )
        session.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = secret
            cookie["_fresh"] = True
        return browser

    return open_browser


@pytest.fixture
def at() -> datetime:
    return SATURDAY


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real market data, which is not part of the project."""
    folder = Path(os.environ.get("GUYUB_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data is not here ({folder}); set GUYUB_DATA to run this test")
    return folder
