"""The time of day, asked once per request and passed on as an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import current_app


def now() -> datetime:
    """Give the present moment in UTC; a test may set it by the file CLOCK_FILE."""
    clock_file: str | None = current_app.config["SETTINGS"].clock_file
    if clock_file:
        return datetime.fromisoformat(Path(clock_file).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)
