"""Measure public pages against a bare Flask page: ``python -m benchmarks.pages [CSV]``.

Both are served by gunicorn with two workers of four threads on this machine, and asked in
turns by the same client. *kept* is what anonymous visitors meet: random pages out of 500
addresses, each rendered when it is first asked for and kept for at most fifteen seconds, so
that misses are part of it. *rendered* is what a visitor with a basket meets: every page is
made anew.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks import client
from benchmarks.market import fill, first_categories
from benchmarks.search import data_file
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.cooperatives.models import Cooperative
from marketplace.listings.components import listing_path
from marketplace.listings.models import Listing
from marketplace.search import service as search
from marketplace.search.rules import Query
from marketplace.storefront.rules.asking import address
from marketplace.web.extensions import db

ROOT = Path(__file__).resolve().parents[1]
ADDRESSES = 500
FEW = 1000
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
BASKET = "guyub=somebody"
GOALS = {"home": 1.0, "category": 1.0, "shop": 1.0, "product": 1.0, "search": 0.5}


@dataclass(frozen=True)
class Line:
    """One measured kind of page."""

    kind: str
    kept: client.Tally
    rendered: client.Tally
    bare: float

    @property
    def ratio(self) -> float:
        """Compare kept pages with the bare one."""
        return self.kept.per_second / self.bare


def main(arguments: list[str]) -> int:
    """Measure a small and a full market, and print what they came to."""
    path = Path(arguments[0]) if arguments else data_file()
    if not path.is_file():
        print(f"No listings to measure with at {path}; name the file or set GUYUB_DATA.")
        return 1
    with tempfile.TemporaryDirectory() as folder, _served("benchmarks.bare:app", {}) as bare:
        small = measure(Path(folder) / "small", path, FEW, bare)
        full = measure(Path(folder) / "full", path, sys.maxsize, bare)
    report(small, full)
    return 0


def measure(folder: Path, path: Path, count: int, bare: int) -> list[Line]:
    """Fill a database, serve it, and ask for each kind of page."""
    settings = Settings(
        env="production",
        secret_key="only-for-measuring-0123456789-0123456789",
        public_url="https://127.0.0.1",
        trusted_hosts=("127.0.0.1",),
        mail_url=f"file:{folder / 'mail'}",
        database_url=f"sqlite:///{folder / 'market.sqlite3'}",
        search_path=str(folder / "search"),
        files_url=f"file:{folder / 'files'}",
    )
    folder.mkdir(parents=True)
    pages = _prepare(settings, path, count)
    with _served("wsgi:app", _environment(settings)) as port:
        return [_line(kind, port, paths, bare) for kind, paths in pages.items()]


def _prepare(settings: Settings, path: Path, count: int) -> dict[str, list[str]]:
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        found = fill(db.session(), path, count)
        search.rebuild(db.session(), app.extensions["search"], at=datetime.now(UTC))
        print(f"{found} listings are ready", flush=True)
        pages = _pages()
        db.session.remove()
        db.engine.dispose()
    app.extensions["jobs"].queue.storage.close()
    return pages


def _pages() -> dict[str, list[str]]:
    """Choose up to 500 addresses of each kind."""
    rng = random.Random(client.SEED)
    session = db.session()
    goods = list(session.execute(select(Listing.id, Listing.slug, Listing.title)))
    chosen = rng.sample(goods, min(ADDRESSES, len(goods)))
    texts = [
        " ".join(rng.sample(title.split(), min(2, len(title.split())))) for *_, title in chosen
    ]
    paths = sorted(first_categories(session))
    slugs = list(session.scalars(select(Cooperative.slug)))
    categories = [f"/kategori/{path}{page}" for path in paths for page in ("", "?urut=termurah")]
    shops = [
        f"/k/{slug}{more}" for slug in slugs for more in ("", "?hal=1", "?q=a", "?urut=terbaru")
    ]
    return {
        "home": ["/"],
        "category": rng.sample(categories, min(ADDRESSES, len(categories))),
        "shop": rng.sample(shops, min(ADDRESSES, len(shops))),
        "product": [listing_path(id_, slug) for id_, slug, _ in chosen],
        "search": [address(Query(text=text)) for text in texts],
    }


def _line(kind: str, port: int, paths: list[str], bare: int) -> Line:
    client.run(port, paths, SECONDS * 2)  # as on any other day: somebody was here before
    first = client.run(bare, ["/"], SECONDS / 2)
    kept = client.run(port, paths, SECONDS)
    last = client.run(bare, ["/"], SECONDS / 2)
    rendered = client.run(port, paths, SECONDS, cookie=BASKET)
    return Line(kind, kept, rendered, (first.per_second + last.per_second) / 2)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "GUYUB_ENV": settings.env,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_URL": settings.public_url,
        "TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
        "MAIL_URL": settings.mail_url,
        "DATABASE_URL": settings.database_url,
        "SEARCH_PATH": settings.search_path,
        "FILES_URL": settings.files_url,
    }


@contextmanager
def _served(application: str, environment: dict[str, str]) -> Generator[int]:
    """Serve an application on a free port until the measuring is over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--keep-alive", "30", "--log-level", "error"),
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "the server did not begin to answer"
    raise RuntimeError(message)


def report(small: list[Line], full: list[Line]) -> None:
    """Print answers per second, the ratio to the bare page, and the growth of the cost."""
    print(
        f"{'page':10} {'kept/s':>8} {'bare/s':>8} {'ratio':>6} {'goal':>5} {'rendered/s':>10}"
        f" {'median':>8} {'p95':>8} {'cost, full to small':>20} {'wrong':>6}"
    )
    for before, line in zip(small, full, strict=True):
        growth = (before.kept.per_second / before.bare) / line.ratio - 1
        rendered = (before.rendered.per_second / before.bare) / (
            line.rendered.per_second / line.bare
        ) - 1
        print(
            f"{line.kind:10} {line.kept.per_second:8.0f} {line.bare:8.0f} {line.ratio:6.2f}"
            f" {GOALS[line.kind]:5.1f} {line.rendered.per_second:10.0f}"
            f" {line.rendered.percentile(0.5):5.1f} ms {line.rendered.percentile(0.95):5.1f} ms"
            f" {growth:+9.0%} {rendered:+9.0%} {line.kept.wrong + line.rendered.wrong:6}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
