"""A real server with the demo, and Chromium before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.gateways.stub import SERVER_KEY, Stub, serving
from tests.servers import FLASK, WEB, environment_of, flask, running, wait_for
from tools.system import browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
expect.set_options(timeout=20_000)  # the other tests share the cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": browser(), "args": FLAGS}


@pytest.fixture(scope="session")
def gateway() -> Iterator[Stub]:
    """A gateway with a page of its own to pay on."""
    with serving() as stub:
        yield stub


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, gateway: Stub) -> Iterator[str]:
    """The address of a server on SQLite with the demo; its books must be true at the end."""
    folder = tmp_path_factory.mktemp("journey")
    keys = {"MIDTRANS_SERVER_KEY": SERVER_KEY, "MIDTRANS_BASE_URL": gateway.url}
    with served(folder, f"sqlite:///{folder}/guyub.sqlite3", **keys) as address:
        yield address


@pytest.fixture(scope="session")
def site_on_postgresql(
    fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same on a PostgreSQL database of its own."""
    folder = tmp_path_factory.mktemp("journey-postgresql")
    with served(folder, fresh_database("postgresql")) as address:
        yield address


@contextmanager
def served(folder: Path, database_url: str, **settings: str) -> Iterator[str]:
    """Load the demo, run web and worker; afterwards the books must be true."""
    environment = environment_of(folder, database_url, **settings)
    # The index last: as long as there is none, no message is written to it one by one.
    for command in (("db", "upgrade"), ("demo", "load"), ("jobs", "drain"), ("search", "rebuild")):
        flask(environment, *command)
    address = environment["PUBLIC_URL"]
    with running(environment, WEB), running(environment, [*FLASK, "jobs", "work"]):
        wait_for(f"{address}/health/live")
        yield address
    for command in (("jobs", "drain"), ("audit",)):
        flask(environment, *command)
