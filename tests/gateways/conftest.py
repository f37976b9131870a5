from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.adapters.gateways import open_gateways
from marketplace.app import create_app
from marketplace.cooperatives.models import Cooperative
from marketplace.listings.models import Variant
from tests.conftest import close, make_settings
from tests.gateways.stub import CALLBACK_TOKEN, SECRET_KEY, SERVER_KEY, Stub, serving
from tests.gateways.world import World
from tests.makers import SATURDAY, make_cooperative, make_listing, make_point

SETTINGS = {
    "midtrans": lambda url: {"midtrans_server_key": SERVER_KEY, "midtrans_base_url": url},
    "xendit": lambda url: {
        "xendit_secret_key": SECRET_KEY,
        "xendit_callback_token": CALLBACK_TOKEN,
        "xendit_base_url": url,
    },
}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as running:
        yield running


def plug_in(app: Flask, stub: Stub, *names: str, seconds: float = 2.0) -> None:
    """Let an application use these gateways of the stub, the first for new orders."""
    keys = {name: value for one in names for name, value in SETTINGS[one](stub.url).items()}
    settings = make_settings("sqlite://", Path(), **keys)
    found = open_gateways(settings, answer_seconds=seconds, quick_seconds=seconds)
    app.extensions["gateways"] = {name: found[name] for name in names}


@pytest.fixture(params=["midtrans", "xendit"])
def provider(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def gateway(app: Flask, stub: Stub, provider: str) -> Iterator[str]:
    """The site pays through this gateway."""
    plug_in(app, stub, provider)
    yield provider
    app.extensions["gateways"] = {}


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda", word="SANAN", takes_gateway=True)
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def keripik(session: Session, sanan: Cooperative) -> Variant:
    return make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=10)


@pytest.fixture
def world(database, fresh_database, tmp_path: Path, stub: Stub) -> Iterator[World]:
    clock = tmp_path / "clock"
    clock.write_text(SATURDAY.isoformat())
    app = create_app(make_settings(fresh_database(database), tmp_path, clock_file=str(clock)))
    app.config["WTF_CSRF_ENABLED"] = False
    plug_in(app, stub, "midtrans", "xendit")
    yield World(app, stub, clock)
    close(app)
