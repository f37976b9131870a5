"""The description of the API: OpenAPI 3.1 for programs, a page for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext
from flask_smorest import Api  # type: ignore[import-untyped]

from marketplace.api.blueprint import api
from marketplace.api.idempotency import HEADER, LONGEST, SHORTEST
from marketplace.api.schemas.fields import ID_PATTERN
from marketplace.api.schemas.problem import ProblemSchema
from marketplace.web.converters import IdConverter

METHODS = ("get", "post", "put", "patch", "delete")
KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "schema": {
        "type": "string",
        "minLength": SHORTEST,
        "maxLength": LONGEST,
        "pattern": f"^[!-~]{{{SHORTEST},{LONGEST}}}$",
    },
}
TOKEN = {"type": "http", "scheme": "bearer"}


class Documents(Api):  # type: ignore[misc]
    """Collects the operations. Refusals are told by our own handlers, the page is our own."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to ``web.errors`` and ``api.refusals``."""

    def _register_responses(self) -> None:
        """Describe refusals with each operation instead of once for all."""

    def _register_pagination_header(self) -> None:
        """Say where lists go on in the body, not in a header."""

    def _register_etag_headers(self) -> None:
        """Say versions in the body, not in a header."""


def install(app: Flask) -> None:
    """Open the operations and write down what they are."""
    # Late, because the page about the operations asks this module for them.
    from marketplace.api.views.documents import pages

    documents = Documents(
        app,
        spec_kwargs={
            "title": f"{app.config['SETTINGS'].site_name} API",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": "Rupiah, UTC, RFC 9457, RFC 3339."},
            "servers": [{"url": "/"}],
        },
    )
    documents.register_converter(IdConverter, lambda _: {"type": "string", "pattern": ID_PATTERN})
    components = documents.spec.components
    components.schema("Problem", schema=ProblemSchema)
    components.parameter("IdempotencyKey", "header", KEY)
    components.security_scheme("token", TOKEN)
    documents.register_blueprint(api)
    app.register_blueprint(pages)
    app.extensions["api_document"] = documents.spec.to_dict()


def document() -> dict[str, Any]:
    """Give the description with its summaries in the reader's language."""
    found: dict[str, Any] = current_app.extensions["api_document"]
    paths = {
        path: {
            method: _spoken(part) if method in METHODS else part for method, part in item.items()
        }
        for path, item in found["paths"].items()
    }
    return {**found, "paths": paths}


def _spoken(part: dict[str, Any]) -> dict[str, Any]:
    summary: str = part["summary"]
    responses = dict(sorted(part["responses"].items()))
    return {**part, "summary": gettext(summary), "responses": responses}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Walk through all operations as (method, path, description)."""
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]
