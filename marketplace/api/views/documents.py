"""The description of the API, for programs and for people."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from marketplace.api import documents
from marketplace.api.blueprint import PREFIX
from marketplace.api.codes import CODES
from marketplace.web.guards import public

# A blueprint of its own: these are about the operations, and none of them.
pages = Blueprint("api_documents", __name__, url_prefix=PREFIX)


@pages.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """Give the whole description as OpenAPI 3.1."""
    return jsonify(documents.document())


@pages.get("/docs")
@public
def docs() -> ResponseReturnValue:
    """Show the description as a page."""
    return render_template(
        "api/docs.html",
        operations=list(documents.operations()),
        schemas=documents.document()["components"]["schemas"],
        codes=CODES,
    )
