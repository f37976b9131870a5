"""The one blueprint of the claims' pages, and how their photos are shown."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app

from marketplace.claims import queries
from marketplace.claims.models import Claim
from marketplace.files import queries as files
from marketplace.web.transactions import reader

claims = Blueprint("claims", __name__)
PICTURE = "claim picture"


def photo(claim: Claim, evidence_id: UUID) -> Response:
    """Send one photo of a claim; whoever calls has looked who asks."""
    session = reader()
    found = queries.picture(session, claim, evidence_id)
    row, data = files.document(
        session,
        current_app.extensions["file_store"],
        claim.cooperative_id,
        found.file_id,
        kind=PICTURE,
    )
    return Response(data, mimetype=row.media_type)
