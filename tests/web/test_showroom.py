from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.app import create_app
from tests.conftest import close, make_settings

pytestmark = pytest.mark.slow


def make_app(folder: Path, **changes: object):
    return create_app(make_settings(f"sqlite:///{folder / 'show.sqlite3'}", folder, **changes))


def test_the_component_page_opens_under_the_strict_policy(tmp_path):
    app = make_app(tmp_path)

    answer = app.test_client().get("/komponen")

    assert answer.status_code == 200
    assert "Ada 2 hal yang perlu dibetulkan" in answer.text
    assert "<span>Rp</span>" in answer.text
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    close(app)


def test_a_missing_page_is_told_in_the_frame_of_the_site(tmp_path):
    app = make_app(tmp_path)

    answer = app.test_client().get("/tidak-ada")

    assert answer.status_code == 404
    assert "Halaman ini tidak ada, rek" in answer.text
    close(app)


def test_production_has_no_component_page(tmp_path):
    app = make_app(tmp_path, env="production")

    assert "showroom" not in app.blueprints
    close(app)
