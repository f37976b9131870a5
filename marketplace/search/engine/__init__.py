"""The full-text index on disk: one writer, many readers, no database."""

from marketplace.search.engine import pending
from marketplace.search.engine.building import RebuildRunning, rebuild
from marketplace.search.engine.documents import Document
from marketplace.search.engine.places import IndexUnavailable, WriterBusy
from marketplace.search.engine.reader import Index
from marketplace.search.engine.suggesting import Suggestion
from marketplace.search.engine.writer import Writer

__all__ = [
    "Document",
    "Index",
    "IndexUnavailable",
    "RebuildRunning",
    "Suggestion",
    "Writer",
    "WriterBusy",
    "pending",
    "rebuild",
]
