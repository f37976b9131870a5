"""How a refusal or a fault is told: a page for people, problem+json for programs."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.errors import RuleBroken
from marketplace.web.extensions import db
from marketplace.web.guards import SignInNeeded
from marketplace.web.i18n import translate

API = ("/api/", "/webhooks/")
CODES = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "fault",
    503: "busy",
}
log = structlog.get_logger()


def install(app: Flask) -> None:
    """Register one handler for each kind of refusal."""
    app.register_error_handler(RuleBroken, rule_broken)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(StaleDataError, changed_meanwhile)
    app.register_error_handler(OperationalError, database_busy)
    app.register_error_handler(DBAPIError, database_refused)
    app.register_error_handler(Exception, fault)


def wants_problem() -> bool:
    """Say whether a program is asking."""
    return request.path.startswith(API)


def explain(
    status: int, code: str, message: str | None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Tell what went wrong in the form the caller can read."""
    if wants_problem():
        return problem(status, code, message, errors)
    page = render_template("errors/error.html", status=status, message=message, code=code)
    return page, status


def problem(
    status: int, code: str, message: str | None, errors: dict[str, str] | None = None
) -> Response:
    """Answer with problem+json as RFC 9457 shows it."""
    body: dict[str, object] = {"type": "about:blank", "status": status, "code": code}
    body["title"] = message or code
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def rule_broken(broken: RuleBroken) -> ResponseReturnValue:
    """Say in plain words which rule said no."""
    if isinstance(broken, SignInNeeded) and not wants_problem():
        return _to_sign_in(broken)
    errors = {name: translate(message) for name, message in broken.fields.items()}
    return explain(broken.status, broken.code, translate(broken.message), errors)


def _to_sign_in(broken: SignInNeeded) -> ResponseReturnValue:
    if request.method in ("GET", "HEAD"):
        return redirect("/masuk?lanjut=" + quote(request.full_path.rstrip("?"), safe=""))
    return explain(broken.status, broken.code, translate(broken.message))


def form_too_old(_error: CSRFError) -> ResponseReturnValue:
    """Ask to send a form again whose token ran out."""
    return explain(
        400, "form_expired", gettext("Formulir ini sudah terlalu lama terbuka. Kirim sekali lagi.")
    )


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Dress Werkzeug's own refusals; redirects pass through."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error.get_response()
    response = make_response(explain(status, CODES.get(status, "error"), None))
    for name, value in error.get_headers() if status in (405, 429) else []:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def changed_meanwhile(_error: StaleDataError) -> ResponseReturnValue:
    """Say that somebody else saved the same thing first."""
    db.session.rollback()
    return explain(
        409, "changed", gettext("Data ini baru saja diubah orang lain. Buka lagi, lalu simpan.")
    )


def database_busy(error: OperationalError) -> ResponseReturnValue:
    """Ask to come back when the database is locked, restarting or gone."""
    db.session.rollback()
    log.warning("database busy", error=str(error.orig))
    response = make_response(explain(503, "busy", None))
    response.headers["Retry-After"] = "2"
    return response


def database_refused(error: DBAPIError) -> ResponseReturnValue:
    """Treat what the database could not take (such as a number too large) as bad input."""
    db.session.rollback()
    if isinstance(error.orig, Exception) and type(error.orig).__name__ in _BAD_INPUT:
        log.warning("database refused input", error=str(error.orig))
        return explain(422, "invalid", gettext("Ada isian yang tidak bisa disimpan."))
    return fault(error)


_BAD_INPUT = frozenset(
    {"DataError", "NumericValueOutOfRange", "StringDataRightTruncation", "OverflowError"}
)


def fault(error: Exception) -> ResponseReturnValue:
    """Admit a fault of ours, without showing its insides."""
    db.session.rollback()
    log.error("fault", exc_info=error)
    return explain(500, "fault", None)
