"""Ids that are to be looked at again, kept on disk until the index knows them.

Noting an id costs next to nothing, so it can be done inside a transaction; the index
is written afterwards. What was noted before a crash is still there after it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from marketplace.search.engine.places import WriterBusy, locked
from marketplace.search.rules import clean

PENDING = "PENDING"
TAKEN = "TAKEN"
PATIENCE = 5.0


def note(path: Path, ids: Iterable[str]) -> None:
    """Remember ids for the next time the index is written."""
    lines = "".join(f"{clean(id_)}\n" for id_ in ids)
    if not lines:
        return
    with locked(path, "pending.lock", wait=PATIENCE) as mine:
        if not mine:
            raise WriterBusy(str(path))
        with (path / PENDING).open("a", encoding="utf-8") as pending:
            pending.write(lines)
            pending.flush()
            os.fsync(pending.fileno())


def take(path: Path) -> list[str]:
    """Give all noted ids, each once; they count as noted until ``done``.

    Only the one writer calls this.
    """
    with locked(path, "pending.lock", wait=PATIENCE) as mine:
        if not mine:
            raise WriterBusy(str(path))
        if (path / PENDING).exists():
            with (path / TAKEN).open("a", encoding="utf-8") as taken:
                taken.write((path / PENDING).read_text("utf-8"))
            (path / PENDING).unlink()
    if not (path / TAKEN).exists():
        return []
    lines = (path / TAKEN).read_text("utf-8").split("\n")
    return [id_ for id_ in dict.fromkeys(lines) if id_]


def done(path: Path) -> None:
    """Forget what was taken: the index knows it now."""
    (path / TAKEN).unlink(missing_ok=True)


def any_left(path: Path) -> bool:
    """Say whether something waits to be written."""
    return (path / PENDING).exists() or (path / TAKEN).exists()
