"""Keep files: the bytes first, then the row.

Bytes without a row harm nobody; a row needs its bytes.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.files import queries
from marketplace.files.documents import Document
from marketplace.files.models import StoredFile
from marketplace.files.pictures import WEBP, WIDTHS, Picture, Whole, read_picture
from marketplace.files.rules import document_name, picture_name
from marketplace.files.store import FileStore
from marketplace.kernel.ids import new_id


def store_picture(
    session: Session,
    store: FileStore,
    cooperative_id: int,
    data: bytes,
    *,
    kind: str,
    actor_id: UUID | None,
    at: datetime,
    public: bool = True,
) -> StoredFile:
    """Draw a sent photo anew and keep it. Raises BadPicture."""
    picture = read_picture(data)
    return keep_picture(
        session, store, cooperative_id, picture, kind=kind, actor_id=actor_id, at=at, public=public
    )


def keep_picture(
    session: Session,
    store: FileStore,
    cooperative_id: int,
    picture: Picture,
    *,
    kind: str,
    actor_id: UUID | None,
    at: datetime,
    public: bool = True,
) -> StoredFile:
    """Keep a picture that was drawn already; the same photo sent twice is kept once."""
    known = queries.by_content(session, cooperative_id, picture.sha256, kind=kind)
    if known is not None:
        return known
    file_id = new_id()
    for width in WIDTHS:
        store.write(
            picture_name(cooperative_id, file_id, width, public=public), picture.tiles[width]
        )
    return _row(
        session,
        StoredFile(
            cooperative_id=cooperative_id,
            id=file_id,
            kind=kind,
            sha256=picture.sha256,
            media_type=WEBP,
            size=picture.size,
            width=picture.width,
            height=picture.height,
            widths=",".join(str(width) for width in WIDTHS),
            public=public,
            created_by=actor_id,
            created_at=at,
        ),
    )


def keep_whole(
    session: Session,
    store: FileStore,
    cooperative_id: int,
    proof: Whole | Document,
    *,
    kind: str,
    actor_id: UUID | None,
    at: datetime,
) -> StoredFile:
    """Keep a whole photo or a PDF, for the cooperative alone; the same one is kept once."""
    known = queries.by_content(session, cooperative_id, proof.sha256, kind=kind)
    if known is not None:
        return known
    file_id = new_id()
    store.write(document_name(cooperative_id, file_id), proof.data)
    return _row(
        session,
        StoredFile(
            cooperative_id=cooperative_id,
            id=file_id,
            kind=kind,
            sha256=proof.sha256,
            media_type=proof.media_type,
            size=len(proof.data),
            width=proof.width,
            height=proof.height,
            public=False,
            created_by=actor_id,
            created_at=at,
        ),
    )


def store_document(
    session: Session,
    store: FileStore,
    cooperative_id: int,
    data: bytes,
    *,
    kind: str,
    media_type: str,
    name: str,
    actor_id: UUID | None,
    at: datetime,
) -> StoredFile:
    """Keep a document as it was sent, for the cooperative alone."""
    file_id = new_id()
    store.write(document_name(cooperative_id, file_id), data)
    return _row(
        session,
        StoredFile(
            cooperative_id=cooperative_id,
            id=file_id,
            kind=kind,
            sha256=hashlib.sha256(data).hexdigest(),
            media_type=media_type,
            size=len(data),
            name=name,
            public=False,
            created_by=actor_id,
            created_at=at,
        ),
    )


def _row(session: Session, row: StoredFile) -> StoredFile:
    session.add(row)
    session.flush()
    return row
