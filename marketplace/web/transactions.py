"""The only place that commits."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from marketplace.database import reading
from marketplace.outbox import service as outbox
from marketplace.web.extensions import db


@contextmanager
def transaction() -> Generator[Session]:
    """Keep everything done inside, or nothing of it.

    Views, jobs and commands open one; services never do, so that they can be put
    together. On SQLite a request that only reads may not open one: it holds no write
    lock, and would fail under load.
    """
    session = db.session()
    waker: outbox.Waker | None = current_app.extensions.get("outbox_waker")
    if waker is not None:
        outbox.wake_with(session, waker)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def unlocked() -> Generator[Session]:
    """Read while something slow is done, such as hashing; nobody waits for this meanwhile.

    On SQLite a request that will write holds the write lock from its first query on, so
    what it began is let go of before and after.
    """
    session = db.session()
    session.rollback()
    with reading():
        try:
            yield session
        finally:
            session.rollback()


def reader() -> Session:
    """Give the session for queries of a view that changes nothing."""
    return db.session()
