from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.search.engine import Index, rebuild
from tests.search.makers import MARKET


@pytest.fixture(scope="session")
def market_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a small market, only to be read."""
    path = tmp_path_factory.mktemp("market")
    rebuild(path, MARKET)
    return path


@pytest.fixture
def market(market_path: Path) -> Index:
    return Index(market_path)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An empty index that may be written."""
    rebuild(tmp_path, [])
    return Index(tmp_path)
