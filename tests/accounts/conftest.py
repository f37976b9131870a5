"""An application that counts tries, as it does outside of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from marketplace.app import create_app
from marketplace.web.extensions import limiter
from tests.conftest import Browser, close, make_settings, rolled_back


@pytest.fixture(scope="module")
def counting_app(
    database: str, fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("limited")
    app = create_app(make_settings(fresh_database(database), folder, rate_limits=True))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    yield app
    limiter.enabled = False
    close(app)


@pytest.fixture
def limited_app(counting_app: Flask) -> Iterator[Flask]:
    limiter.enabled = True
    limiter.reset()
    with rolled_back(counting_app):
        yield counting_app
    limiter.enabled = False
