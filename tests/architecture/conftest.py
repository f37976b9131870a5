"""A market of one's own for every module that walks the site."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.site import Site, market


@pytest.fixture(scope="module")
def site(database: str, fresh_database: Callable[[str], str]) -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="guyub-site-"))
    with market(fresh_database(database), folder) as loaded:
        yield loaded
    shutil.rmtree(folder, ignore_errors=True)
