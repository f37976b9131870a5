"""Whole pages, kept for visitors of whom nothing shows: no basket, nobody signed in.

They are answered in front of the application. A kept page is used only while no newer
message lies in the outbox (asked at most once a second per process), and only in the minute
in which it was made: pages also tell the time of day, and that to the minute.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import brotli  # type: ignore[import-untyped, unused-ignore]
import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from marketplace.config import Settings
from marketplace.database import reading
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.health import ANSWERS
from marketplace.web.i18n import COOKIE as LANGUAGE_COOKIE
from marketplace.web.i18n import LANGUAGES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MINUTE = 60
SECONDS_BETWEEN_CHECKS = 1.0
LONGEST_QUERY = 400
MOST_BYTES = 48 * 1024 * 1024
KEPT = "__kept__"
KEY = "guyub.page_key"
BODY = "guyub.page_body"
OWN_HEADERS = frozenset(
    {"content-length", "content-encoding", "x-request-id", "vary", "etag", "date"}
)
REMEMBERING = "remember_token"

Key = tuple[str, ...]
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])
log = structlog.get_logger()


def kept(view: F) -> F:
    """Mark a view whose pages are the same for all visitors of whom nothing shows."""
    setattr(view, KEPT, True)
    return view


@dataclass(slots=True)
class Page:
    """One answer, with its body in every encoding that was asked for so far."""

    headers: list[tuple[str, str]]
    plain: bytes
    etag: str
    stamp: object
    packed: dict[str, bytes] = field(default_factory=dict)

    def body(self, accepted: str) -> tuple[bytes, str]:
        """Give the body as small as the visitor understands it, and how it is packed."""
        encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
        if not encoding:
            return self.plain, ""
        if encoding not in self.packed:
            pack = _brotli if encoding == "br" else _gzip
            self.packed[encoding] = pack(self.plain)
        return self.packed[encoding], encoding


def _brotli(plain: bytes) -> bytes:
    packed: bytes = brotli.compress(plain, mode=brotli.MODE_TEXT, quality=4)
    return packed


def _gzip(plain: bytes) -> bytes:
    return gzip.compress(plain, 6, mtime=0)


class Shelf:
    """Kept pages, the longest unused leaving first when there are too many bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Page | None:
        """Find a page, whether or not it is still good."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: Page) -> None:
        """Keep a page in place of the one before."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._size += len(page.plain) - (len(before.plain) if before else 0)
            self._pages[key] = page
            while self._size > self._most:
                _, oldest = self._pages.popitem(last=False)
                self._size -= len(oldest.plain)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._size = 0


class Pages:
    """Stands before the application and answers what it knows by heart."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.shelf = Shelf()
        self._app = app
        self._inner = inner
        self._session_cookie = str(app.config["SESSION_COOKIE_NAME"])
        self._asked = float("-inf")
        self._stamp: object = None
        self._facts: dict[str, tuple[object, Any]] = {}
        self.wall_clock: Callable[[], float] = time.time

    def forget(self) -> None:
        """Begin anew: no page, no fact, no stamp."""
        self.shelf.clear()
        self._facts.clear()
        self._asked = float("-inf")

    def remembered(self, name: str, make: Callable[[], T]) -> T:
        """Give a fact that many pages need; it is made anew under the rules of kept pages."""
        stamp = self._present()
        known = self._facts.get(name)
        if known is not None and known[0] == stamp:
            value: T = known[1]
            return value
        value = make()
        self._facts[name] = (stamp, value)
        return value

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the shelf, or let the application answer and remember it."""
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start_response)
        stamp = self._present()
        page = self.shelf.find(key)
        if page and page.stamp == stamp:
            return _answer(page, environ, start_response, secrets.token_hex(8))
        if environ["REQUEST_METHOD"] != "GET":
            return self._inner(environ, start_response)
        return self._make(key, stamp, environ, start_response)

    def _key(self, environ: WSGIEnvironment) -> Key | None:
        """Name the page that is asked for, or None if it may differ for this visitor."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if any(name in environ for name in ("HTTP_HX_REQUEST", "HTTP_AUTHORIZATION", "HTTP_RANGE")):
            return None
        language = self._language(environ.get("HTTP_COOKIE", ""))
        query: str = environ.get("QUERY_STRING", "")
        if language is None or len(query) > LONGEST_QUERY:
            return None
        return (
            environ.get("HTTP_HOST", ""),
            environ.get("PATH_INFO", ""),
            "&".join(sorted(query.split("&"))) if "&" in query else query,
            language,
            environ.get("HTTP_SAVE_DATA", ""),
        )

    def _language(self, cookies: str) -> str | None:
        """Read the visitor's language, or None if a cookie may say more about them."""
        language = LANGUAGES[0]
        for part in cookies.split(";") if cookies else ():
            name, _, value = part.strip().partition("=")
            if name in (self._session_cookie, REMEMBERING):
                return None
            if name == LANGUAGE_COOKIE and value in LANGUAGES:
                language = value
        return language

    def _present(self) -> object:
        """Name the minute and how far things have happened: what is of another time is not shown.

        Asked before a page is made, so that one that was begun just before the full minute
        does not pass for one of the next.
        """
        return self._newest(), int(self.wall_clock() // MINUTE)

    def _newest(self) -> object:
        """Say how far things have happened; asks the database at most once a second."""
        moment = time.monotonic()
        if moment - self._asked >= SECONDS_BETWEEN_CHECKS:
            self._asked = moment
            try:
                self._stamp = self._ask()
            except SQLAlchemyError as error:  # pages grow old by themselves meanwhile
                log.warning("stamp of kept pages unknown", error=type(error).__name__)
        return self._stamp

    def _ask(self) -> object:
        settings: Settings = self._app.config["SETTINGS"]
        with self._app.app_context(), reading():
            return outbox.newest(db.session()), now() if settings.clock_file else None

    def _make(
        self, key: Key, stamp: object, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        started: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            started[:] = [status, headers, *rest]
            if BODY in environ:
                return None  # the page is answered below
            return start_response(status, headers, *rest)

        environ[KEY] = key
        answer = self._inner(environ, begin)
        if BODY not in environ:
            return answer
        if hasattr(answer, "close"):
            answer.close()
        page = _page(environ[BODY], started[1], stamp)
        if not any(name.lower() == "set-cookie" for name, _ in started[1]):
            self.shelf.put(key, page)
        request_id = next((v for n, v in started[1] if n.lower() == "x-request-id"), "")
        return _answer(page, environ, start_response, request_id, heard=True)


def _page(plain: bytes, headers: list[tuple[str, str]], stamp: object) -> Page:
    etag = f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"'
    own = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
    own += [("Vary", "Cookie, Accept-Encoding, Save-Data"), ("ETag", etag)]
    return Page(own, plain, etag, stamp)


def _answer(
    page: Page,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    request_id: str,
    *,
    heard: bool = False,
) -> Iterable[bytes]:
    """Send a page; ``heard``: the application has counted and logged this answer already."""
    headers = [*page.headers, ("X-Request-ID", request_id)]
    unchanged = page.etag in environ.get("HTTP_IF_NONE_MATCH", "")
    status = "304 Not Modified" if unchanged else "200 OK"
    if not heard:
        ANSWERS.labels("kept", status[:3]).inc()
        log.info(
            "answered",
            method=environ["REQUEST_METHOD"],
            endpoint="kept",
            status=int(status[:3]),
            request_id=request_id,
        )
    if unchanged:
        start_response(status, [pair for pair in headers if pair[0] != "Content-Type"])
        return []
    body, encoding = page.body(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if encoding:
        headers.append(("Content-Encoding", encoding))
    headers.append(("Content-Length", str(len(body))))
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def remembered(name: str, make: Callable[[], T]) -> T:
    """Give a fact that many pages need, from memory where it is still good.

    Facts are plain values, the same for every visitor, and never rows of a session.
    """
    pages: Pages = current_app.extensions["pages"]
    return pages.remembered(name, make)


def offer(response: Response) -> Response:
    """Hand a page over to be kept, if its view allows and nothing in it is for one visitor."""
    if KEY not in request.environ or response.status_code != 200:
        return response
    view = current_app.view_functions.get(request.endpoint or "")
    if "csp_nonce" in g or response.is_streamed or not getattr(view, KEPT, False):
        return response
    request.environ[BODY] = response.get_data()
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.headers["Content-Encoding"] = "identity"  # it is packed once, when it is sent
    return response


def install(app: Flask) -> None:
    """Put kept pages before the application; called after everything that adds headers."""
    app.after_request(offer)
    pages = Pages(app, app.wsgi_app)
    app.extensions["pages"] = pages
    app.wsgi_app = pages  # type: ignore[method-assign]
