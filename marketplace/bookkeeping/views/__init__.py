"""Pages of the books."""

from marketplace.bookkeeping.views import accounts, entries, files, overview
from marketplace.bookkeeping.views.blueprint import bookkeeping

__all__ = ["accounts", "bookkeeping", "entries", "files", "overview"]
