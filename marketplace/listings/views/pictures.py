"""Pictures as files of their own: public, and the same for ever."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort
from flask.typing import ResponseReturnValue

from marketplace.files.pictures import WEBP, WIDTHS
from marketplace.files.rules import picture_name
from marketplace.listings.views import listings
from marketplace.web.guards import public
from marketplace.web.uploads import file_store

YEAR = 365 * 24 * 3600


@listings.get("/foto/<int:cooperative_id>/<id:file_id>-<int:width>.webp")
@public
def picture(cooperative_id: int, file_id: UUID, width: int) -> ResponseReturnValue:
    """Send a picture; neither account nor database is asked."""
    name = picture_name(cooperative_id, file_id, width)
    data = file_store().read(name) if width in WIDTHS else None
    if data is None:
        abort(404)
    response = Response(data, mimetype=WEBP)
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
