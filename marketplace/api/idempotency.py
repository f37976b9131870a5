"""The same request twice has one effect and one answer.

The answer is written in the transaction of the effect, so there is never one without the
other. Only what succeeded is remembered: a refusal may be tried again under its key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from marketplace.accounts.current import my_account_id
from marketplace.accounts.models import IdempotencyKey
from marketplace.api.refusals import KeyInUse, KeyInvalid, KeyMissing, KeyReused
from marketplace.kernel.ids import to_text
from marketplace.orders.checkout import repeated
from marketplace.web.clock import now
from marketplace.web.transactions import transaction

HEADER = "Idempotency-Key"
SHORTEST, LONGEST = 8, 100
REMEMBERED = timedelta(days=30)
GUEST = "guest"
Work = Callable[[Session], dict[str, Any]]


def key() -> str:
    """Give the key of this request, or say how to send one."""
    found = request.headers.get(HEADER, "")
    if not found:
        raise KeyMissing
    if not SHORTEST <= len(found) <= LONGEST or not all("!" <= letter <= "~" for letter in found):
        raise KeyInvalid
    return found


def asker() -> str:
    """Name whose keys these are: one account's, or all guests'."""
    account_id = my_account_id()
    return f"api:{to_text(account_id) if account_id else GUEST}"


def once(work: Work, *, status: int) -> Response:
    """Do the work of this request if nobody has yet, and answer what the first one was told."""
    wanted = (asker(), key(), _fingerprint())
    answer, first_status = repeated(lambda: _once(work, wanted, status))
    response = jsonify(answer)
    response.status_code = first_status
    return response


def _once(work: Work, wanted: tuple[str, str, str], status: int) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        kept = _find(session, wanted)
        if kept is not None:
            return kept.answer, kept.status
        mine = _take(session, wanted, status)
        if mine is None:  # the twin of this request was kept a moment ago
            twin = _find(session, wanted)
            assert twin is not None  # noqa: S101 - the unique key has just said so
            return twin.answer, twin.status
        answer = work(session)
        mine.answer = answer
        return answer, status


def _take(session: Session, wanted: tuple[str, str, str], status: int) -> IdempotencyKey | None:
    """Take the key; None when somebody else has just taken it for good."""
    scope, name, fingerprint = wanted
    mine = IdempotencyKey(
        scope=scope, key=name, body_hash=fingerprint, status=status, answer={}, created_at=now()
    )
    try:
        with session.begin_nested():
            session.add(mine)
    except IntegrityError:
        return None
    except OperationalError as error:
        if type(error.orig).__name__ == "LockNotAvailable":
            raise KeyInUse from error
        raise
    return mine


def _find(session: Session, wanted: tuple[str, str, str]) -> IdempotencyKey | None:
    scope, name, fingerprint = wanted
    kept = session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == name)
    )
    if kept is not None and kept.body_hash != fingerprint:
        raise KeyReused
    return kept


def _fingerprint() -> str:
    """Tell one request from another: where it goes and what it says, however it is spaced."""
    said = json.dumps(g.get("api_body"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.path} {said}".encode()).hexdigest()


def forget_old_keys(session: Session, at: datetime) -> None:
    """Drop answers that nobody will ask for again."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < at - REMEMBERED))
