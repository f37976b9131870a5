"""Search the index; notice by itself when another process has changed it."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import tantivy

from marketplace.search.engine.matching import Matcher
from marketplace.search.engine.opened import Known, Opened, collect
from marketplace.search.engine.places import (
    CURRENT,
    HEAL,
    IndexUnavailable,
    current,
    open_generation,
    readable,
)
from marketplace.search.engine.searching import search
from marketplace.search.engine.suggesting import Suggestion, suggest
from marketplace.search.engine.writer import Writer, write
from marketplace.search.rules import Query, Results

LOOK_AGAIN = 0.3
"""Seconds after which a reader looks whether the index has changed on disk."""

COLLECT_AGAIN = 300.0
"""Seconds after which the words are collected anew; new words are found exactly at once."""

BUILT_LATELY = 600.0

Stamp = tuple[str, int, int]


class Index:
    """The index at a place on disk; one object serves all threads of a process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._looked = -LOOK_AGAIN
        self._stamp: Stamp | None = None
        self._index: tantivy.Index | None = None
        self._opened: Opened | None = None
        self._collected = 0.0

    def search(self, query: Query) -> Results:
        """Find listings; raises IndexUnavailable when there is nothing to search in."""
        with readable():
            return search(self._open(), query)

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Complete what somebody is typing."""
        with readable():
            return suggest(self._open(), text, limit)

    def write(self) -> AbstractContextManager[Writer]:
        """Open the index for changes; one at a time among all processes."""
        return write(self.path)

    def ask_for_healing(self) -> bool:
        """Leave word that the index should be built anew; a reader cannot do it itself.

        Says whether this is news: whoever comes next finds the word already left.
        """
        with suppress(OSError):
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / HEAL).touch(exist_ok=False)
            return True
        return not (self.path / HEAL).exists()

    def needs_healing(self) -> bool:
        """Say whether the index cannot be opened, or somebody could not search in it.

        One that was built only just now gets some time before it is built again.
        """
        try:
            self.count()
        except IndexUnavailable:
            return True
        if not (self.path / HEAL).exists():
            return False
        return time.time() - (self.path / CURRENT).stat().st_mtime > BUILT_LATELY

    def count(self) -> int:
        """Count the listings that can be found."""
        with readable():
            return self._open().searcher.num_docs

    def _open(self) -> Opened:
        """Give the newest state, looking at the disk now and then."""
        opened = self._opened
        if opened is not None and time.monotonic() - self._looked < LOOK_AGAIN:
            return opened
        with self._lock:
            opened = self._opened
            if opened is None or time.monotonic() - self._looked >= LOOK_AGAIN:
                opened = self._look()
            return opened

    def _look(self) -> Opened:
        place = current(self.path)
        meta = (place / "meta.json").stat()
        stamp = (place.name, meta.st_mtime_ns, meta.st_ino)
        if self._opened is None or self._index is None or stamp != self._stamp:
            self._opened = self._reload(place)
            self._stamp = stamp
        self._looked = time.monotonic()
        return self._opened

    def _reload(self, place: Path) -> Opened:
        if self._index is None or self._stamp is None or self._stamp[0] != place.name:
            self._opened = None
            self._index = open_generation(place)
            self._index.config_reader("manual")
        self._index.reload()
        searcher = self._index.searcher()
        return Opened(searcher, Matcher(self._index.schema), self._known(searcher))

    def _known(self, searcher: tantivy.Searcher) -> Known:
        now = time.monotonic()
        if self._opened is not None and now - self._collected < COLLECT_AGAIN:
            return self._opened.known
        self._collected = now
        return collect(searcher)
