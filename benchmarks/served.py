"""An application served by gunicorn on a port of its own, and the processor time it took."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.config import Settings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers on a port."""

    port: int
    master: int

    def processor_seconds(self) -> float:
        """Add up what its processes have used so far; what others do does not count.

        Trusted before the clock, because a machine may be shared.
        """
        return sum(_used(process) for process in (self.master, *_children(self.master)))


def _used(process: int) -> float:
    facts = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(facts[11]) + int(facts[12])) / _TICKS


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(number) for number in listed.split()]


def environment(settings: Settings) -> dict[str, str]:
    """Say settings in the way in which a process is told."""
    return {
        "GUYUB_ENV": settings.env,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_URL": settings.public_url,
        "TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
        "MAIL_URL": settings.mail_url,
        "DATABASE_URL": settings.database_url,
        "SEARCH_PATH": settings.search_path,
        "FILES_URL": settings.files_url,
        "RATE_LIMITS": "on" if settings.rate_limits else "off",
    }


@contextmanager
def served(application: str, told: Mapping[str, str], *, workers: int = 2) -> Generator[Served]:
    """Serve an application until the work is over; ends only what it began."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", "4"),
            *("--keep-alive", "120", "--max-requests", "0", "--log-level", "error"),
        ],
        cwd=ROOT,
        env={**os.environ, **told},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port, server)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    message = "the server did not begin to answer"
    raise RuntimeError(message)
