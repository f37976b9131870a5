"""A market of one's own for every module that walks the site."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.architecture.site import Shop, Site, build, market

Markets = Callable[[str], AbstractContextManager[Site]]


@pytest.fixture(scope="session")
def market_on(
    fresh_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Markets:
    """Open a market on a kind of database: it is built once, and copied for who asks."""
    built: dict[str, tuple[str, Path, tuple[Shop, Shop]]] = {}

    @contextmanager
    def opened(database: str) -> Iterator[Site]:
        if database not in built:
            url, original = fresh_database(database), tmp_path_factory.mktemp("market")
            built[database] = url, original, build(url, original)
        url, original, shops = built[database]
        folder = Path(tempfile.mkdtemp(prefix="guyub-site-"))
        shutil.copytree(original, folder, dirs_exist_ok=True)
        with market(fresh_database(database, url), folder, shops) as loaded:
            yield loaded
        shutil.rmtree(folder, ignore_errors=True)

    return opened


@pytest.fixture(scope="module")
def site(database: str, market_on: Markets) -> Iterator[Site]:
    with market_on(database) as loaded:
        yield loaded
