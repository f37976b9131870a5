"""Where the bytes lie: a folder of this machine, or a bucket when several machines share them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from obstore.store import LocalStore, MemoryStore, S3Store

LOCAL = "file:"
BUCKET = "s3://"


class FileStore:
    """Keeps bytes under names such as ``foto/3/01j…-320.webp``; a kept name never changes."""

    def __init__(self, inner: LocalStore | S3Store | MemoryStore) -> None:
        self._inner = inner

    def write(self, name: str, data: bytes) -> None:
        """Keep bytes under a name; all of them or none."""
        self._inner.put(name, data)

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a name; None when there are none."""
        try:
            return self._inner.get(name).bytes().to_bytes()
        except FileNotFoundError:
            return None


def open_store(url: str, root: Path) -> FileStore:
    """Open the store of ``FILES_URL``; a relative folder lies in the project."""
    if url.startswith(BUCKET):
        place = urlsplit(url)
        return FileStore(S3Store(place.netloc, prefix=place.path.strip("/") or None))
    folder = root / url.removeprefix(LOCAL)
    return FileStore(LocalStore(folder, mkdir=True))
