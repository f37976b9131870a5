"""The job queue: huey in the application's own database.

Tasks are inserted through the caller's session, so they exist exactly when the
change that caused them is kept. The tables are made by migration 0001. Pinned to
what huey 3.5 keeps in its task table; ``tests/outbox`` proves it on both databases.
"""

from __future__ import annotations

from typing import Any

from huey import Huey, PostgresHuey, SqliteHuey
from huey.api import Task
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

NAME = "guyub"
_SQLITE = text("INSERT INTO task (queue, data, priority) VALUES (:queue, :data, :priority)")
_POSTGRESQL = text(
    "INSERT INTO huey_task (queue, data, priority) VALUES (:queue, :data, :priority)"
)
_NOTIFY = text("SELECT pg_notify(:channel, '')")


def open_queue(database_url: str) -> Huey:
    """Open the queue that lives in this database."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return SqliteHuey(
            NAME, filename=url.database, timeout=10, create_tables=False, results=False, utc=True
        )
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey(NAME, dsn=dsn, create_tables=False, results=False, utc=True)


def enqueue(session: Session, queue: Huey, task: Task) -> None:
    """Queue a task in the caller's transaction: rolled back with it, kept with it."""
    values: dict[str, Any] = {
        "queue": queue.storage.name,
        "data": queue.serialize_task(task),
        "priority": task.priority or 0,
    }
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_SQLITE, values)
    else:
        session.execute(_POSTGRESQL, values)
        session.execute(_NOTIFY, {"channel": queue.storage.channel})
