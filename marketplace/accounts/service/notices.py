"""Short messages for one person inside the site."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Notice
from marketplace.kernel.text import Sentence


def notify(
    session: Session, account_id: UUID, cause: str, text: Sentence, url: str, at: datetime
) -> bool:
    """Leave a notice, once per cause, however often it is told; says whether it is new.

    Who closed their account is told nothing any more.
    """
    account = session.get(Account, account_id)
    if account is None or account.closed_at is not None:
        return False
    known = select(Notice.id).where(Notice.account_id == account_id, Notice.cause == cause)
    if session.scalar(known) is not None:
        return False
    notice = Notice(
        account_id=account_id,
        cause=cause,
        text=text.template,
        values=_plain(text),
        url=url,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(notice)
    except IntegrityError:  # two deliveries of one message at once
        return False
    return True


def _plain(text: Sentence) -> dict[str, object]:
    """Turn the values of a sentence into JSON; sentences inside stay translatable."""
    return {
        name: {"say": value.template, "values": _plain(value)}
        if isinstance(value, Sentence)
        else value
        if isinstance(value, int)
        else str(value)
        for name, value in text.values.items()
    }


def read_notices(
    session: Session, account_id: UUID, *, notice_id: UUID | None = None, at: datetime
) -> None:
    """Mark one notice of a person as read, or all of them."""
    chosen = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    if notice_id is not None:
        chosen = chosen.where(Notice.id == notice_id)
    session.execute(chosen.values(read_at=at))
