"""Logs as one JSON line each, with a request id and personal data masked."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from lokal import mask_pii
from structlog.typing import EventDict, WrappedLogger

from marketplace.config import Settings

SECRET_NAMES = frozenset({"password", "secret", "token", "key", "authorization", "cookie"})
PLAIN_NAMES = frozenset({"timestamp", "level", "request_id", "method", "endpoint"})
QUIET = ("/static/", "/health/", "/metrics")


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide phone numbers, identity numbers, addresses and secrets before they are written."""
    for name, value in event.items():
        if name in SECRET_NAMES:
            event[name] = "…"
        elif isinstance(value, str) and name not in PLAIN_NAMES:
            event[name] = mask_pii(value).text
    return event


def configure(settings: Settings) -> None:
    """Set up structlog: JSON in production, readable lines elsewhere."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.is_production
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if settings.env == "test" else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Give each request an id and write one line for each answer."""
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if not request.path.startswith(QUIET):
            log.info(
                "answered",
                method=request.method,
                endpoint=request.endpoint or "-",
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("started", 0.0)) * 1000, 1),
            )
        return response
