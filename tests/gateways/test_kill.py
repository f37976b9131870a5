"""kill -9 between keeping a gateway's news and asking it: the money is found, and once."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.app import create_app
from marketplace.ledger.models import LedgerEntry
from marketplace.orders.rules import OrderState
from marketplace.payments.models import PaymentEvent
from marketplace.payments.rules.attempts import AttemptState
from marketplace.web.clock import now
from marketplace.web.extensions import db
from tests import servers
from tests.conftest import close, make_settings
from tests.gateways.conftest import plug_in
from tests.gateways.stub import SERVER_KEY, Stub
from tests.gateways.world import World
from tests.makers import SATURDAY

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.timeout(300)]
DRAIN = [*servers.FLASK, "jobs", "drain"]
LATER = SATURDAY + timedelta(minutes=3)  # when a gateway that was silent is asked again


@dataclass(frozen=True, slots=True)
class Site:
    """A world whose web server and worker are processes that can be killed."""

    world: World
    stub: Stub
    environment: dict[str, str]

    def send(self, news: tuple[str, bytes, dict[str, str]]) -> int:
        path, body, headers = news
        headers = {**headers, "Content-Type": "application/json"}
        wanted = urllib.request.Request(self.environment["PUBLIC_URL"] + path, body, headers)
        with urllib.request.urlopen(wanted, timeout=servers.PATIENCE) as answer:
            status: int = answer.status
        return status

    def wait_until_asked(self) -> None:
        """Wait until a process has kept the news and its question is on its way."""
        until = monotonic() + servers.PATIENCE
        while not self.asked() and monotonic() < until:
            sleep(0.02)
        assert self.asked() == 1

    def asked(self) -> int:
        return sum(path.endswith("/status") for _, path in self.stub.told)

    def drain(self) -> None:
        servers.flask(self.environment, "jobs", "drain")

    def events(self) -> list[int]:
        """List what was kept of the gateway: news are events without an amount."""
        with self.world.app.app_context():
            found = db.session.scalars(select(PaymentEvent).order_by(PaymentEvent.id))
            return [event.amount.amount for event in found]

    def entries(self) -> list[str]:
        with self.world.app.app_context():
            return list(db.session.scalars(select(LedgerEntry.memo).order_by(LedgerEntry.id)))

    def findings(self) -> list[str]:
        with self.world.app.app_context():
            return [str(finding) for finding in audit.run(db.session(), at=now())]


@pytest.fixture
def site(
    database: str, fresh_database: Callable[[str], str], tmp_path: Path, stub: Stub
) -> Iterator[Site]:
    url, clock = fresh_database(database), tmp_path / "clock"
    clock.write_text(SATURDAY.isoformat())
    app = create_app(make_settings(url, tmp_path, clock_file=str(clock)))
    plug_in(app, stub, "midtrans")
    environment = servers.environment_of(
        tmp_path,
        url,
        CLOCK_FILE=str(clock),
        MIDTRANS_SERVER_KEY=SERVER_KEY,
        MIDTRANS_BASE_URL=stub.url,
    )
    yield Site(World(app, stub, clock), stub, environment)
    close(app)


@pytest.fixture
def bought(site: Site) -> tuple[int, object]:
    """An order whose page is made; the buyer has paid on it, and nobody has told us yet."""
    key = site.world.buy()
    site.world.jobs.drain()
    site.stub.pay(site.stub.only().reference)
    site.stub.told.clear()
    return key


def assert_paid_once(site: Site, key: tuple[int, object]) -> None:
    order = site.world.order(key)
    (attempt,) = site.world.attempts()
    assert order.state is OrderState.NEW
    assert attempt.state is AttemptState.PAID
    assert [amount for amount in site.events() if amount] == [30_000]
    assert len(site.entries()) == 1
    assert site.findings() == []


def test_a_web_server_killed_while_it_asks_loses_no_money_and_books_it_once(site, bought):
    news = site.stub.news(site.stub.only())
    site.stub.is_slow = True
    web = servers.start(site.environment, servers.WEB)
    try:
        servers.wait_for(site.environment["PUBLIC_URL"] + "/health/live")
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(site.send, news)
            site.wait_until_asked()
            servers.kill(web)
            assert isinstance(sent.exception(), OSError)
    finally:
        servers.kill(web)
    assert (site.events(), site.entries()) == ([0], [])
    site.stub.is_slow = False

    with servers.running(site.environment, servers.WEB):
        servers.wait_for(site.environment["PUBLIC_URL"] + "/health/live")
        site.drain()
        again = site.send(news)

    assert again == 200
    site.drain()
    assert_paid_once(site, bought)


def test_a_worker_killed_after_news_was_taken_loses_no_money_and_books_it_once(site, bought):
    site.stub.fails_with = 503
    with servers.running(site.environment, servers.WEB):
        servers.wait_for(site.environment["PUBLIC_URL"] + "/health/live")
        assert site.send(site.stub.news(site.stub.only())) == 200
    assert (site.events(), site.entries()) == ([0], [])
    site.stub.fails_with, site.stub.is_slow = None, True
    site.stub.told.clear()
    site.world.at(LATER)
    worker = servers.start(site.environment, DRAIN)
    try:
        site.wait_until_asked()
    finally:
        servers.kill(worker)
    assert (site.events(), site.entries()) == ([0], [])
    site.stub.is_slow = False

    site.drain()
    site.drain()

    assert_paid_once(site, bought)
