"""Pictures and PDFs that come with a form, and giving them again to who may see them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, request

from marketplace.files import queries as files
from marketplace.files.documents import PDF, Document, read_proof
from marketplace.files.pictures import MOST_BYTES, Whole
from marketplace.files.store import FileStore
from marketplace.kernel.ids import to_text
from marketplace.web.transactions import reader, unlocked

FIELD = "foto"


def file_store() -> FileStore:
    """Give the store of this application."""
    store: FileStore = current_app.extensions["file_store"]
    return store


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
