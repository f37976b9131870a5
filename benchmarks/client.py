"""A small client that asks as fast as it is answered, over a bounded number of connections."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

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
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(line))
    return int(head.split(b" ", 2)[1])


def _more(line: socket.socket) -> bytes:
    data = line.recv(65_536)
    if not data:
        raise ConnectionResetError
    return data
