"""An application that counts tries, as it does outside of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.app import create_app
from marketplace.web.extensions import limiter
from tests.conftest import Browser, close, make_settings


@pytest.fixture
def limited_app(
    database: str, fresh_database: Callable[[str], str], tmp_path: Path
) -> Iterator[Flask]:
    app = create_app(make_settings(fresh_database(database), tmp_path, rate_limits=True))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    yield app
    limiter.reset()
    limiter.enabled = False
    close(app)
