"""Where the index lies on disk, and which of its generations is the current one.

<path>/CURRENT            the name of the generation that readers open
<path>/v1-0192…/          one generation, written by tantivy
<path>/CHANGED            ids changed while a new generation is being built
<path>/write.lock, rebuild.lock
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from marketplace.kernel.ids import new_id
from marketplace.search.engine.documents import SHAPE

CURRENT = "CURRENT"
CHANGED = "CHANGED"
HEAL = "HEAL"


class IndexUnavailable(Exception):  # noqa: N818 - a state to step around, not a fault to report
    """There is no index, or it cannot be read. The database can answer meanwhile."""


class WriterBusy(Exception):  # noqa: N818 - the same change can simply be tried again later
    """Somebody else is writing, and did not finish in time."""


@contextmanager
def readable() -> Generator[None]:
    """Turn whatever a missing or broken index raises into the one error callers know.

    The engine panics on some damaged files; its panic is no ordinary exception.
    """
    try:
        yield
    except IndexUnavailable:
        raise
    except (ValueError, OSError, RuntimeError, KeyError) as broken:
        raise IndexUnavailable(str(broken)) from broken
    except BaseException as panic:
        if type(panic).__name__ == "PanicException":
            raise IndexUnavailable(str(panic)) from panic
        raise


def current(path: Path) -> Path:
    """Name the generation that readers shall open."""
    try:
        name = (path / CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as missing:
        raise IndexUnavailable(str(missing)) from missing
    if not name.startswith(f"{SHAPE}-") or "/" in name or not (path / name / "meta.json").is_file():
        message = f"no usable index named {name[:60]!r}"
        raise IndexUnavailable(message)
    return path / name


def make_generation(path: Path) -> Path:
    """Make an empty place for a new index beside the current one."""
    place = path / f"{SHAPE}-{new_id().hex}"
    place.mkdir(parents=True)
    return place


def switch(path: Path, generation: Path) -> None:
    """Let readers open this generation from now on; at no moment is there none."""
    draft = path / f"{CURRENT}.{generation.name}"
    draft.write_text(generation.name, "utf-8")
    draft.replace(path / CURRENT)


def sweep(path: Path, *keep: Path) -> None:
    """Remove generations that nobody opens any more."""
    kept = {place.name for place in keep}
    for place in path.iterdir():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)


def open_generation(place: Path) -> tantivy.Index:
    """Open one generation for reading or writing."""
    with readable():
        return tantivy.Index.open(str(place))


@contextmanager
def locked(path: Path, name: str, *, wait: float) -> Generator[bool]:
    """Hold a lock among all processes of this host; False when others kept it too long."""
    path.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with (path / name).open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= deadline:
                    yield False
                    return
            time.sleep(0.02)
        yield True
