"""Accounts and their passwords."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts import hashing, queries
from marketplace.accounts.models import Account
from marketplace.accounts.rules import Login, WeakPassword, check_password
from marketplace.accounts.service.signing_in import NotYourPassword, end_other_sign_ins
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox

LANGUAGES = ("id", "en")


def prepare_password(password: str, *, own: Iterable[str]) -> str:
    """Refuse a weak password, else hash it; no lock is held meanwhile."""
    check_password(password, own=own)
    return hashing.hash_password(password)


def register(
    session: Session,
    *,
    name: str,
    login: Login,
    password_hash: str,
    language: str = "id",
    at: datetime,
) -> Account | None:
    """Make an account; None if there is one already, which only its owner may learn.

    An owner with an e-mail address is told that somebody tried.
    """
    known = queries.by_login(session, login)
    if known is None:
        account = Account(
            name=name,
            phone=login.phone,
            email=login.email,
            password_hash=password_hash,
            language=language if language in LANGUAGES else "id",
            created_at=at,
            password_changed_at=at,
        )
        try:
            with session.begin_nested():
                session.add(account)
        except IntegrityError:  # the twin of this request, or a closed account, was first
            known = queries.by_login(session, login)
        else:
            outbox.tell(session, "account.registered", at=at, account_id=to_text(account.id))
            return account
    account_id = to_text(known.id) if known else None
    outbox.tell(session, "account.registered_again", at=at, account_id=account_id)
    return None


def rename(session: Session, account: Account, name: str) -> None:
    """Change how a person is called."""
    account.name = name
    session.flush()


def choose_language(session: Session, account: Account, language: str) -> None:
    """Change the language of a person's mails and of their next sign-in."""
    if language not in LANGUAGES:
        raise Invalid(say("Bahasa ini belum ada."))
    account.language = language
    session.flush()


def own_words(account: Account) -> list[str]:
    """List what others know of a person and might try as a password."""
    return [text for text in (account.name, account.phone, account.email) if text]


def change_password(
    session: Session,
    account: Account,
    *,
    current: str,
    new: str,
    keep: UUID | None,
    at: datetime,
) -> int:
    """Change a password that its owner knows; all other browsers are signed out."""
    if not hashing.is_right(account.password_hash, current):
        raise NotYourPassword
    return set_password(session, account, new, keep=keep, at=at)


def set_password(
    session: Session, account: Account, new: str, *, keep: UUID | None, at: datetime
) -> int:
    """Set a password and sign out every browser but one; gives how many that were."""
    try:
        account.password_hash = prepare_password(new, own=own_words(account))
    except WeakPassword as weak:
        raise WeakPassword(weak.message, fields={"new_password": weak.message}) from weak
    account.password_changed_at = at
    session.flush()
    return end_other_sign_ins(session, account.id, keep=keep, at=at)
