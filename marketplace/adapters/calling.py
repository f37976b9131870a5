"""Calling a gateway over HTTP: bounded in time, size and tries, and led nowhere else."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import structlog
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers

from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payments.rules.attempts import GatewayFailed, RefundRefused

LARGEST_ANSWER = 256 * 1024
CONNECT_SECONDS = 1.5
ANSWER_SECONDS = 4.0  # a buyer waits for a page to be made, and no longer than this
QUICK_SECONDS = 2.5
BUSY = frozenset({429, 500, 502, 503, 504})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and an object of JSON, empty when there was none."""

    status: int
    body: dict[str, Any]

    @property
    def good(self) -> bool:
        """Say whether the gateway did what was asked."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Speaks to one gateway as its merchant."""

    gateway: str
    secret: str
    answer_seconds: float = ANSWER_SECONDS
    quick_seconds: float = QUICK_SECONDS

    def get(self, address: str, *, quick: bool = False) -> Answer:
        """Ask; asking changes nothing, so it is tried again when the gateway is busy."""
        retry = _patience(0 if quick else 2, ask_again=not quick)
        return self._call("GET", address, None, {}, retry, quick=quick)

    def post(
        self, address: str, body: dict[str, Any], *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Tell; tried again only when nothing can have arrived."""
        return self._call("POST", address, body, headers or {}, _patience(1), quick=False)

    def _call(
        self,
        method: str,
        address: str,
        body: dict[str, Any] | None,
        headers: dict[str, str],
        retry: Retry,
        *,
        quick: bool,
    ) -> Answer:
        seconds = self.quick_seconds if quick else self.answer_seconds
        until = time.monotonic() + seconds * 2
        try:
            with PoolManager(num_pools=1) as pool:
                answer = pool.request(
                    method,
                    address,
                    json=body,
                    headers={**self._headers(), **headers},
                    timeout=Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
                    retries=retry,
                    redirect=False,
                    preload_content=False,
                )
                try:
                    return _answer(answer.status, _read(answer, until))
                finally:
                    answer.close()
        except (HTTPError, OSError, ValueError, RecursionError) as error:
            log.warning("gateway failed", gateway=self.gateway, error=type(error).__name__)
            raise failed() from error

    def _headers(self) -> dict[str, str]:
        return {
            **make_headers(basic_auth=f"{self.secret}:"),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "guyub",
        }


def failed() -> GatewayFailed:
    """Say so that a buyer knows what to do."""
    return GatewayFailed(
        say("Layanan bayar online sedang tidak menjawab. Coba lagi sebentar lagi.")
    )


def check_refund(answer: Answer) -> None:
    """Tell a gateway that will not give money back from one that is busy."""
    if answer.good:
        return
    if answer.status in BUSY or answer.status < 400:
        raise failed()
    raise RefundRefused(failed().message)


def _patience(tries: int, *, ask_again: bool = False) -> Retry:
    return Retry(
        total=tries,
        connect=tries,
        read=tries if ask_again else 0,
        status=tries if ask_again else 0,
        redirect=0,
        other=0,
        status_forcelist=BUSY if ask_again else (),
        backoff_factor=0.2,
        backoff_jitter=0.3,
        raise_on_redirect=False,
        raise_on_status=False,
        respect_retry_after_header=False,
    )


def _read(answer: BaseHTTPResponse, until: float) -> bytes:
    """Read no more than an honest answer holds, and for no longer than it takes."""
    raw = b""
    for part in answer.stream(16 * 1024, decode_content=False):
        raw += part
        if len(raw) > LARGEST_ANSWER or time.monotonic() > until:
            message = "too much or too slow"
            raise ValueError(message)
    return raw


def _answer(status: int, raw: bytes) -> Answer:
    """Read an answer; of a refusal the status is enough, however it is worded."""
    try:
        return Answer(status, _object(raw))
    except (ValueError, RecursionError):
        if status >= 400:
            return Answer(status, {})
        raise


def _object(raw: bytes) -> dict[str, Any]:
    found = json.loads(raw) if raw.strip() else {}
    if isinstance(found, list):
        found = found[0] if found else {}
    return found if isinstance(found, dict) else {}


def text_of(body: dict[str, Any], name: str) -> str:
    """Give a text of an answer, or nothing: anything else is not taken for one."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def rupiah_of(value: object) -> Rupiah:
    """Read whole rupiah as gateways write them: 87500, "87500" or "87500.00".

    Raises ValueError for everything else, also for parts of a rupiah.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    whole, _, part = str(value).partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 15 and part in ("", "0", "00")):
        raise ValueError(value)
    return Rupiah(int(whole))
