"""Keep the index in step with the database, and search in whichever can answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from marketplace.database import reading
from marketplace.kernel.ids import from_text, to_text
from marketplace.search import queries
from marketplace.search.engine import (
    Document,
    Index,
    IndexUnavailable,
    RebuildRunning,
    Suggestion,
    WriterBusy,
    pending,
)
from marketplace.search.engine import rebuild as build_index
from marketplace.search.engine.building import Progress
from marketplace.search.rules import Query, Results

Bind = Engine | Connection
log = structlog.get_logger()


def find(session: Session, query: Query, index: Index) -> Results:
    """Search the index; while there is none, the database answers and healing is asked for."""
    try:
        return index.search(query)
    except IndexUnavailable as broken:
        if index.ask_for_healing():
            log.warning("search index unavailable", reason=str(broken))
        return queries.search_database(session, query)


def complete(text: str, index: Index, *, limit: int = 8) -> list[Suggestion]:
    """Offer completions of what somebody types; none while there is no index."""
    try:
        return index.suggest(text, limit)
    except IndexUnavailable:
        index.ask_for_healing()
        return []


def catch_up(
    session: Session, listing_ids: Collection[UUID], index: Index, *, at: datetime
) -> None:
    """Have the index look at these listings again, as soon as this transaction is kept.

    The ids are noted on disk now and the index is written after the commit, so that no
    database lock waits for the index and nothing noted is lost by a crash in between.
    """
    if not listing_ids:
        return
    pending.note(index.path, map(to_text, listing_ids))
    bind = session.get_bind()

    def write(_session: Session) -> None:
        write_pending(bind, index, at=at)

    event.listen(session, "after_commit", write, once=True)


def write_pending(bind: Bind, index: Index, *, at: datetime) -> int:
    """Bring everything noted into the index; gives how many listings that were.

    When the index cannot be written, healing is asked for, and said once; what was noted
    stays noted.
    """
    try:
        with index.write() as writer:
            ids = pending.take(index.path)
            present = _documents(bind, ids, at)
            there = {document.id for document in present}
            writer.remove(id_ for id_ in ids if id_ not in there)
            writer.replace(present)
            writer.commit()
            pending.done(index.path)
    except IndexUnavailable as broken:
        if index.ask_for_healing():
            log.warning("search index cannot be written", reason=str(broken))
        return 0
    except WriterBusy:
        log.info("search index is being written by another process")
        return 0
    return len(ids)


def tend(session: Session, index: Index, *, at: datetime) -> None:
    """Build the index anew if it is missing or broken, and write what was left noted.

    Meant for a regular chore; does nothing when all is well.
    """
    if index.needs_healing():
        try:
            count = rebuild(session, index, at=at)
            log.info("search index healed", listings=count)
        except RebuildRunning:
            return
    if pending.any_left(index.path):
        write_pending(session.get_bind(), index, at=at)


def rebuild(
    session: Session, index: Index, *, at: datetime, progress: Progress | None = None
) -> int:
    """Build the index from the database while readers go on; gives how many listings it has.

    Reads in short transactions of its own, so that no writer waits for it.
    """
    bind = session.get_bind()

    def refresh(ids: Iterable[str]) -> list[Document]:
        return _documents(bind, ids, at)

    return build_index(index.path, _all(bind, at), refresh=refresh, progress=progress)


def _all(bind: Bind, at: datetime) -> Iterator[Document]:
    after: queries.Key | None = None
    while True:
        with reading(), Session(bind) as session:
            keys = queries.next_listings(session, after)
            batch = queries.documents(session, [id_ for _, id_ in keys], at=at)
        if not keys:
            return
        yield from batch
        after = keys[-1]


def _documents(bind: Bind, ids: Iterable[str], at: datetime) -> list[Document]:
    listing_ids = [id_ for text in ids if (id_ := from_text(text)) is not None]
    found: list[Document] = []
    for start in range(0, len(listing_ids), queries.BATCH):
        with reading(), Session(bind) as session:
            found += queries.documents(session, listing_ids[start : start + queries.BATCH], at=at)
    return found


def listings_told_of(session: Session, facts: Mapping[str, Any]) -> list[UUID]:
    """Find the listings that a message is about.

    Reads ``listings`` and ``variants`` (ids as text), ``listing`` and ``variant`` (one of
    them), and ``cooperative`` (its number): a change of all its listings.
    """
    found = [*_ids(facts, "listing")]
    if variants := _ids(facts, "variant"):
        found += queries.listings_of_variants(session, variants)
    if not found and isinstance(facts.get("cooperative"), int):
        found += queries.listings_of_cooperative(session, facts["cooperative"])
    return list(dict.fromkeys(found))


def _ids(facts: Mapping[str, Any], name: str) -> list[UUID]:
    texts = [*facts.get(f"{name}s", ()), *([facts[name]] if name in facts else [])]
    return [id_ for text in texts if (id_ := _id(str(text))) is not None]


def _id(text: str) -> UUID | None:
    """Read an id in either way of writing it; None when it is not one."""
    try:
        return from_text(text) or UUID(text)
    except ValueError:
        return None
