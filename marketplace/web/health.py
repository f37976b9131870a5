"""What machines ask: alive, ready, how busy."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from sqlalchemy import text

from marketplace.config import Settings
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.guards import public

health = Blueprint("health", __name__)
ANSWERS = Counter("guyub_answers_total", "Answers given", ["endpoint", "status"])
LATE_OUTBOX_SECONDS = 600


@health.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """Say that the process answers; touches no database."""
    return jsonify(status="ok")


@health.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """Say whether requests can be served: database, schema level, age of the outbox."""
    checks: dict[str, object] = {}
    session = db.session()
    found = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    checks["database"] = "ok"
    checks["migration"] = found
    waited = outbox.oldest_waiting(session, at=now()).total_seconds()
    checks["outbox_seconds"] = int(waited)
    fit = found is not None and waited < LATE_OUTBOX_SECONDS
    return jsonify(status="ok" if fit else "late", **checks), 200 if fit else 503


@health.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give figures to who knows the token."""
    settings: Settings = current_app.config["SETTINGS"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token is None or not hmac.compare_digest(
        given.encode(), settings.metrics_token.encode()
    ):
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def count(response: Response) -> Response:
    """Count an answer; its time is measured by the server's logs."""
    ANSWERS.labels(request.endpoint or "-", response.status_code).inc()
    return response
