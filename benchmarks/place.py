"""Databases of the benchmark's own, on SQLite and PostgreSQL, filled with the real market."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks.market import COOPERATIVES, fill
from benchmarks.served import ROOT
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.database.statistics import refresh_statistics
from marketplace.search import service as search
from marketplace.web.extensions import db
from tests import postgres

DURABLE = "-c max_connections=100"
"""PostgreSQL as it comes: what was committed is on the disk."""

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder and a PostgreSQL server that go away when the measuring is over."""

    folder: Path
    server: str

    def settings(self, database: str, name: str) -> Settings:
        """Name a database that does not exist yet, as production would be told of it."""
        home = self.folder / database / name
        home.mkdir(parents=True)
        return Settings(
            env="production",
            secret_key="only-for-measuring-0123456789-0123456789",
            public_url="https://127.0.0.1",
            trusted_hosts=("127.0.0.1",),
            mail_url=f"file:{home / 'mail'}",
            database_url=self._address(database, name, home),
            search_path=str(home / "search"),
            files_url=f"file:{home / 'files'}",
        )

    def _address(self, database: str, name: str, home: Path) -> str:
        if database == "sqlite":
            return f"sqlite:///{home / 'market.sqlite3'}"
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE market_{name}"))
        engine.dispose()
        return f"{self.server.rpartition('/')[0]}/market_{name}"


@contextmanager
def place() -> Generator[Place]:
    """Make room for databases."""
    with tempfile.TemporaryDirectory() as folder, postgres.server(DURABLE) as server:
        yield Place(Path(folder), server)


def without_limits(settings: Settings) -> Settings:
    """Let one machine send what many would send: limits by address are off, as in tests."""
    return replace(settings, env="test", public_url="http://127.0.0.1", rate_limits=False)


@contextmanager
def opened(settings: Settings) -> Generator[Session]:
    """Look into a database; lets go of it afterwards, so that a server has it alone."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield db.session()
        finally:
            db.session.remove()
            db.engine.dispose()
            app.extensions["jobs"].queue.storage.close()


def prepare(
    settings: Settings, listings: Path, count: int, *, cooperatives: int = COOPERATIVES
) -> int:
    """Fill a database and build its index, as an import does; gives how many listings it has."""
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        found = fill(db.session(), listings, count, cooperatives=cooperatives)
        refresh_statistics(db.session())
        db.session.commit()
        search.rebuild(db.session(), app.extensions["search"], at=datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()
    app.extensions["jobs"].queue.storage.close()
    return found
