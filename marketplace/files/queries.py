"""Reading files; always those of one cooperative."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.files.models import StoredFile
from marketplace.files.rules import document_name
from marketplace.files.store import FileStore
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say


def by_content(
    session: Session, cooperative_id: int, sha256: str, *, kind: str
) -> StoredFile | None:
    """Find the file of this kind that was made from the same bytes."""
    return session.scalars(
        select(StoredFile)
        .where(
            StoredFile.cooperative_id == cooperative_id,
            StoredFile.sha256 == sha256,
            StoredFile.kind == kind,
        )
        .order_by(StoredFile.id)
        .limit(1)
    ).first()


def media_type(session: Session, cooperative_id: int, file_id: UUID) -> str | None:
    """Say what kind of bytes a file holds."""
    return session.scalar(
        select(StoredFile.media_type).where(
            StoredFile.cooperative_id == cooperative_id, StoredFile.id == file_id
        )
    )


def document(
    session: Session, store: FileStore, cooperative_id: int, file_id: UUID, *, kind: str
) -> tuple[StoredFile, bytes]:
    """Fetch a document of this cooperative with its bytes."""
    row = session.get(StoredFile, (cooperative_id, file_id))
    data = store.read(document_name(cooperative_id, file_id)) if row else None
    if row is None or row.kind != kind or data is None:
        raise NotFound(say("Berkas ini tidak ada lagi. Kirim sekali lagi."))
    return row, data
