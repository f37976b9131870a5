"""The one hand that changes the index."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import tantivy

from marketplace.search.engine.documents import Document, to_entry
from marketplace.search.engine.places import (
    CHANGED,
    WriterBusy,
    current,
    locked,
    open_generation,
    readable,
)
from marketplace.search.rules import clean

MEMORY = 20_000_000
PATIENCE = 30.0


class Writer:
    """Adds, replaces and removes listings; readers see them after ``commit``."""

    def __init__(self, place: Path, *, memory: int = MEMORY, journal: Path | None = None) -> None:
        self._index = open_generation(place)
        with readable():
            self._writer: tantivy.IndexWriter = self._index.writer(memory, 1)
        self._journal = journal

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def replace(self, documents: Iterable[Document]) -> int:
        """Put listings in, in place of what was known under their ids."""
        count = 0
        with readable():
            for document in documents:
                self._writer.delete_documents_by_term("id", clean(document.id))
                self._writer.add_document(to_entry(document))
                self._note(document.id)
                count += 1
        return count

    def add(self, document: Document) -> None:
        """Put in a listing that is certainly not there yet."""
        with readable():
            self._writer.add_document(to_entry(document))

    def remove(self, ids: Iterable[str]) -> None:
        """Take listings out; ids that are not there do no harm."""
        with readable():
            for id_ in ids:
                self._writer.delete_documents_by_term("id", clean(id_))
                self._note(id_)

    def commit(self) -> None:
        """Show readers everything done so far."""
        with readable():
            self._writer.commit()

    def close(self) -> None:
        """Let go of the index; what was not committed is forgotten."""
        with readable():
            self._writer.rollback()
            self._writer.wait_merging_threads()

    def _note(self, id_: str) -> None:
        """Remember the id for the generation that is just being built, if one is."""
        if self._journal is not None and self._journal.exists():
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write(f"{clean(id_)}\n")


@contextmanager
def write(path: Path) -> Generator[Writer]:
    """Open the current index for changes; waits for another writer, not for ever."""
    with locked(path, "write.lock", wait=PATIENCE) as mine:
        if not mine:
            raise WriterBusy(str(path))
        with Writer(current(path), journal=path / CHANGED) as writer:
            yield writer
