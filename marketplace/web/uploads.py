"""Pictures that come with a form, and showing them again to who may see them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, request

from marketplace.files import queries as files
from marketplace.files.pictures import MOST_BYTES, Whole, read_whole
from marketplace.files.store import FileStore
from marketplace.web.transactions import reader, unlocked

FIELD = "foto"


def file_store() -> FileStore:
    """Give the store of this application."""
    store: FileStore = current_app.extensions["file_store"]
    return store


def sent_picture() -> Whole | None:
    """Draw the picture anew that came with this form, if one did; nobody waits meanwhile.

    Nothing else of it is kept. Raises BadPicture.
    """
    file = request.files.get(FIELD)
    data = file.stream.read(MOST_BYTES + 1) if file else b""
    if not data:
        return None
    with unlocked():
        return read_whole(data)


def picture_answer(cooperative_id: int, file_id: UUID, *, kind: str) -> Response:
    """Send a picture that is not for everyone; whoever calls has looked who asks."""
    row, data = files.document(reader(), file_store(), cooperative_id, file_id, kind=kind)
    return Response(data, mimetype=row.media_type)
