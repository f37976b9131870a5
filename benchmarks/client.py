"""A small client that asks as fast as it is answered, and visitors who fill in forms."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

CONNECTIONS = 4
SEED = 20_261


@dataclass
class Tally:
    """What a run came to."""

    seconds: float = 0.0
    answers: int = 0
    wrong: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Count answers per second."""
        return self.answers / self.seconds

    def percentile(self, part: float) -> float:
        """Give the milliseconds within which this part of the answers came."""
        return sorted(self.times)[int(len(self.times) * part)] * 1000 if self.times else 0.0


def run(port: int, paths: Sequence[str], seconds: float, *, cookie: str = "") -> Tally:
    """Ask for random ones of these pages for some seconds."""
    tallies = [Tally() for _ in range(CONNECTIONS)]
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_ask, args=(port, paths, until, cookie, tally, SEED + number))
        for number, tally in enumerate(tallies)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Tally(seconds=time.perf_counter() - begun)
    for tally in tallies:
        whole.answers += tally.answers
        whole.wrong += tally.wrong
        whole.times += tally.times
    return whole


def _ask(
    port: int, paths: Sequence[str], until: float, cookie: str, tally: Tally, seed: int
) -> None:
    rng = random.Random(seed)
    asking = [_request(port, path, cookie) for path in paths]
    line = _connected(port)
    while (begun := time.perf_counter()) < until:
        line.sendall(rng.choice(asking))
        try:
            status = _read(line)
        except ConnectionError:  # the server lets long-lived connections go now and then
            line.close()
            line = _connected(port)
            continue
        tally.times.append(time.perf_counter() - begun)
        tally.answers += 1
        tally.wrong += status != 200
    line.close()


def _connected(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _request(port: int, path: str, cookie: str) -> bytes:
    said = f"Cookie: {cookie}\r\n" if cookie else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip, br\r\n{said}\r\n"
    ).encode()


def _read(line: socket.socket) -> int:
    """Read one answer whole; gives its status."""
    head, _ = _answer(line)
    return int(head.split(b" ", 2)[1])


def _answer(line: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    parts, missing = [body], length - len(body)
    while missing > 0:
        parts.append(_more(line))
        missing -= len(parts[-1])
    return head, b"".join(parts)


def _more(line: socket.socket) -> bytes:
    data = line.recv(65_536)
    if not data:
        raise ConnectionResetError
    return data


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor was answered; ``leads_to`` is where a redirect sends them."""

    status: int
    leads_to: str
    body: str

    def fields(self) -> dict[str, str]:
        """Read what the forms of this page would send if nothing were changed."""
        found: dict[str, str] = {}
        for tag in _INPUT.findall(self.body):
            said = dict(_ATTRIBUTE.findall(tag))
            sent = said.get("type") == "hidden" or (said.get("type") == "radio" and _CHECKED(tag))
            if sent and "name" in said:
                found[said["name"]] = unescape(said.get("value", ""))
        return found


_INPUT = re.compile(r"<input\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_CHECKED = re.compile(r"\bchecked\b").search


class Visitor:
    """One browser: a connection that stays open once something was asked, and its cookies.

    A connection that is opened and says nothing would keep a thread of the server waiting.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: socket.socket | None = None
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(f"GET {path} HTTP/1.1\r\n", b"")

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form; a redirect is told, not followed."""
        body = urlencode(fields).encode()
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{kind}Content-Length: {len(body)}\r\n", body)

    def copy_cookies(self, other: Visitor) -> None:
        """Be the same browser as another, in a second window."""
        self._cookies = dict(other._cookies)

    def close(self) -> None:
        """Leave."""
        if self._line is not None:
            self._line.close()

    def _ask(self, first: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        said = f"Cookie: {cookies}\r\n" if cookies else ""
        if self._line is None:
            self._line = _connected(self._port)
        self._line.sendall(f"{first}Host: 127.0.0.1:{self._port}\r\n{said}\r\n".encode() + body)
        head, content = _answer(self._line)
        lines = head.decode("latin-1").split("\r\n")
        leads_to = ""
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                kept, _, text = value.partition(";")[0].partition("=")
                self._cookies[kept] = text
            elif name.lower() == "location":
                leads_to = value
        return Answer(int(lines[0].split(" ", 2)[1]), leads_to, content.decode())
