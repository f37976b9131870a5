"""The one blueprint of the claims' pages, and how their photos are shown."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from marketplace.claims import queries
from marketplace.claims.models import Claim
from marketplace.web.transactions import reader
from marketplace.web.uploads import picture_answer

claims = Blueprint("claims", __name__)
PICTURE = "claim picture"


def photo(claim: Claim, evidence_id: UUID) -> Response:
    """Send one photo of a claim; whoever calls has looked who asks."""
    found = queries.picture(reader(), claim, evidence_id)
    return picture_answer(claim.cooperative_id, found.file_id, kind=PICTURE)
