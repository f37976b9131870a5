"""The demo is loaded once for all tests that only look at it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from marketplace import demo
from marketplace.app import create_app
from marketplace.web.clock import now
from marketplace.web.transactions import transaction
from tests.conftest import Browser, close, make_settings


@contextmanager
def loaded_app(url: str, *, marked: bool) -> Iterator[Flask]:
    folder = Path(tempfile.mkdtemp(prefix="guyub-demo-"))
    app = create_app(make_settings(url, folder))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    with app.app_context(), transaction() as session:
        demo.load(session, marked=marked, at=now())
    yield app
    close(app)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def demo_app(database: str, fresh_database: Callable[..., str]) -> Iterator[Flask]:
    """An application with the demo. A module that looks at it names it ``shared_app``."""
    with loaded_app(fresh_database(database), marked=False) as app:
        yield app


@pytest.fixture(scope="session")
def marked_app(database: str, fresh_database: Callable[..., str]) -> Iterator[Flask]:
    """The same with the marker in every text of one cooperative."""
    with loaded_app(fresh_database(database), marked=True) as app:
        yield app
