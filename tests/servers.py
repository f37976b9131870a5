"""The site as it really runs: processes of its own, with nothing but settings in common."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLASK = ["flask", "--app", "wsgi"]
WEB = ["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
PATIENCE = 20


def environment_of(folder: Path, database_url: str, **settings: str) -> dict[str, str]:
    """Give the settings of a site of one's own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **{name: value for name, value in os.environ.items() if name != "GUYUB_LONG"},
        "GUYUB_ENV": "test",
        "RATE_LIMITS": "off",
        "DATABASE_URL": database_url,
        "FILES_URL": f"file:{folder}/files",
        "SEARCH_PATH": f"{folder}/search",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WEB_WORKERS": "1",
        **settings,
    }


def flask(environment: dict[str, str], *command: str) -> None:
    """Run a command of the site to its end; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *FLASK, *command],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def start(environment: dict[str, str], module: list[str]) -> subprocess.Popen[bytes]:
    """Start a process that has its children in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as when the machine loses its power."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


@contextmanager
def running(environment: dict[str, str], module: list[str]) -> Iterator[None]:
    """Run a process beside the test, and let it end in its own way."""
    process = start(environment, module)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    message = "the server did not start"
    raise TimeoutError(message)
