"""Build the whole index anew while readers go on using the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import tantivy

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.search.engine.documents import Document, build_schema
from marketplace.search.engine.places import (
    CHANGED,
    HEAL,
    IndexUnavailable,
    WriterBusy,
    current,
    locked,
    make_generation,
    readable,
    sweep,
    switch,
)
from marketplace.search.engine.writer import PATIENCE, Writer

MEMORY = 100_000_000
STEP = 1000

Progress = Callable[[int], None]
Refresh = Callable[[Sequence[str]], Iterable[Document]]


class RebuildRunning(RuleBroken):
    """Two rebuilds at once would only undo each other."""

    code = "rebuild_running"


def rebuild(
    path: Path,
    documents: Iterable[Document],
    *,
    refresh: Refresh | None = None,
    progress: Progress | None = None,
) -> int:
    """Build a new index from all documents, then let readers open it in one step.

    Listings that change meanwhile are written to the old index and noted; before the
    switch ``refresh`` is asked for their present state (one it does not give is gone).
    """
    with locked(path, "rebuild.lock", wait=0) as mine:
        if not mine:
            raise RebuildRunning(say("Indeks pencarian sedang dibangun ulang oleh proses lain."))
        (path / CHANGED).write_text("", "utf-8")
        try:
            return _build(path, documents, refresh, progress)
        finally:
            (path / CHANGED).unlink(missing_ok=True)


def _build(
    path: Path, documents: Iterable[Document], refresh: Refresh | None, progress: Progress | None
) -> int:
    previous = _previous(path)
    place = make_generation(path)
    with readable():
        tantivy.Index(build_schema(), path=str(place))
    with Writer(place, memory=MEMORY) as writer:
        count = _fill(writer, documents, progress)
        with locked(path, "write.lock", wait=PATIENCE) as mine:
            if not mine:
                raise WriterBusy(str(path))
            _catch_up(writer, path / CHANGED, refresh)
            switch(path, place)
    (path / HEAL).unlink(missing_ok=True)
    sweep(path, place, *previous)
    return count


def _previous(path: Path) -> list[Path]:
    """Find the generation in use; it stays one rebuild longer, for readers in the middle of it."""
    try:
        return [current(path)]
    except IndexUnavailable:
        return []


def _fill(writer: Writer, documents: Iterable[Document], progress: Progress | None) -> int:
    count = 0
    for count, document in enumerate(documents, start=1):
        writer.add(document)
        if progress is not None and count % STEP == 0:
            progress(count)
    writer.commit()
    if progress is not None:
        progress(count)
    return count


def _catch_up(writer: Writer, journal: Path, refresh: Refresh | None) -> None:
    """Bring in what changed while the new index was being built."""
    changed = list(dict.fromkeys(journal.read_text("utf-8").split("\n")))
    changed = [id_ for id_ in changed if id_]
    if not changed or refresh is None:
        return
    writer.remove(changed)
    writer.replace(refresh(changed))
    writer.commit()
