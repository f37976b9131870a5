"""Files that come with a form, and giving them again to who may see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Response, current_app, request
from flask_wtf.file import FileField
from sqlalchemy.orm import Session

from marketplace.files import queries as files
from marketplace.files import service, tables
from marketplace.files.documents import PDF, Document, read_proof
from marketplace.files.models import StoredFile
from marketplace.files.pictures import MOST_BYTES, Whole
from marketplace.files.store import FileStore
from marketplace.kernel.ids import to_text
from marketplace.web.transactions import reader, unlocked

FIELD = "foto"
ANY_FILE = "application/octet-stream"
LONGEST_NAME = 120


def file_store() -> FileStore:
    """Give the store of this application."""
    store: FileStore = current_app.extensions["file_store"]
    return store


def sent_sheet(field: FileField) -> tuple[bytes, str]:
    """Read the spreadsheet that came with a form, a little more than may be; and its name."""
    file = field.data
    if not getattr(file, "stream", None):
        return b"", ""
    return file.stream.read(tables.MOST_BYTES + 1), str(file.filename or "")


def keep_sheet(
    session: Session,
    cooperative_id: int,
    data: bytes,
    *,
    kind: str,
    name: str,
    by: UUID | None,
    at: datetime,
) -> StoredFile:
    """Keep a spreadsheet until somebody has said yes to what it would do."""
    return service.store_document(
        session,
        file_store(),
        cooperative_id,
        data,
        kind=kind,
        media_type=ANY_FILE,
        name=name[-LONGEST_NAME:],
        actor_id=by,
        at=at,
    )


def sent_proof() -> Whole | Document | None:
    """Read the picture or PDF that came with this form, if one did; nobody waits meanwhile.

    Of a picture nothing is kept but what is drawn anew. Raises BadPicture.
    """
    file = request.files.get(FIELD)
    data = file.stream.read(MOST_BYTES + 1) if file else b""
    if not data:
        return None
    with unlocked():
        return read_proof(data)


def picture_answer(cooperative_id: int, file_id: UUID, *, kind: str) -> Response:
    """Send a picture that is not for everyone; whoever calls has looked who asks.

    A PDF is only there to be saved: opened in place it might run something in our name.
    """
    row, data = files.document(reader(), file_store(), cooperative_id, file_id, kind=kind)
    answer = Response(data, mimetype=row.media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if row.media_type == PDF:
        name = f"bukti-{to_text(file_id)[-8:]}.pdf"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def is_document(cooperative_id: int, file_id: UUID | None) -> bool:
    """Say whether a file is one to be saved, not one to be looked at in place."""
    return file_id is not None and files.media_type(reader(), cooperative_id, file_id) == PDF
