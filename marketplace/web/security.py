"""What every request is checked for and every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, abort, g, request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from marketplace.config import Settings
from marketplace.database.engine import begin_reading, begin_writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 24 * 1024 * 1024
UPLOADS = "__takes_files__"
F = TypeVar("F", bound=Callable[..., object])


def csp_nonce() -> str:
    """Give this answer's nonce; the policy names it only when it was asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def install(app: Flask, settings: Settings) -> None:
    """Put the checks before every view and the headers behind it."""
    headers = _headers(settings)
    fixed_policy = _policy(None)

    @app.url_value_preprocessor
    def check(endpoint: str | None, _values: dict[str, object] | None) -> None:
        """Run before the cooperative is looked up, so that junk never reaches the database."""
        _choose_database_mode()
        _limit_body(app.view_functions.get(endpoint or ""))
        _refuse_junk()
        _refuse_foreign_origin(settings)

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in headers:
            response.headers.setdefault(name, value)
        nonce = g.get("csp_nonce")
        policy = _policy(nonce) if nonce else fixed_policy
        response.headers.setdefault("Content-Security-Policy", policy)
        if not response.cache_control.public and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce


def _headers(settings: Settings) -> list[tuple[str, str]]:
    secure = Secure(
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_site(),
        permissions=PermissionsPolicy().geolocation().microphone().camera(),
        referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        hsts=StrictTransportSecurity().max_age(31536000).include_subdomains()
        if settings.https
        else None,
    )
    return list(secure.headers.items())


def _policy(nonce: str | None) -> str:
    script = ["'self'", f"'nonce-{nonce}'"] if nonce else ["'self'"]
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src(*script)
        .style_src("'self'")
        .img_src("'self'", "data:", "blob:")
        .font_src("'self'")
        .connect_src("'self'")
        .manifest_src("'self'")
        .worker_src("'self'")
        .form_action("'self'")
        .frame_ancestors("'none'")
        .base_uri("'none'")
        .header_value
    )


def _choose_database_mode() -> None:
    """On SQLite, let readers wait for no writer."""
    if request.method in SAFE_METHODS:
        begin_reading()
    else:
        begin_writing()


UNREADABLE = "\ufffd"
"""What stands in place of bytes that are no UTF-8."""


def takes_files(view: F) -> F:
    """Mark a view whose requests may be as large as photos are."""
    setattr(view, UPLOADS, True)
    return view


def _limit_body(view: object) -> None:
    request.max_content_length = UPLOAD_LIMIT if getattr(view, UPLOADS, False) else BODY_LIMIT


def _refuse_junk() -> None:
    """Answer 400 to bytes that no database or template should ever meet."""
    try:
        texts = [request.path, *(part for pair in request.args.items(multi=True) for part in pair)]
        _decode(request.query_string)
        if request.mimetype == "application/x-www-form-urlencoded":
            _decode(request.get_data())
        if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
            texts += [part for pair in request.form.items(multi=True) for part in pair]
    except UnicodeError:
        abort(400)
    if any(is_junk(text) for text in texts):
        abort(400)


def _decode(raw: bytes) -> None:
    """Raise when bytes are no UTF-8, of which a text with %E9 would remain."""
    if b"%" in raw or not raw.isascii():
        unquote_to_bytes(raw).decode()


def is_junk(text: str) -> bool:
    """Say whether a text holds what no one can type: NUL, half a surrogate pair, or UNREADABLE."""
    if text.isascii():  # nearly always, and much faster said
        return "\x00" in text
    return any(junk in text for junk in ("\x00", UNREADABLE)) or any(
        "\ud800" <= letter <= "\udfff" for letter in text
    )


def _refuse_foreign_origin(settings: Settings) -> None:
    """Refuse changes that another site's page sends in a visitor's name."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return
    origin = request.headers.get("Origin")
    if origin:
        allowed = {request.host, urlsplit(settings.public_url).netloc}
        try:
            host = urlsplit(origin).netloc
        except ValueError:
            abort(403)
        if host not in allowed:
            abort(403)
    elif request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
