"""Reading people, their sign-ins, links, tokens and notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, ApiToken, LinkPurpose, Notice, OneTimeLink, SignIn
from marketplace.accounts.rules import Login
from marketplace.kernel.errors import Gone, NotFound
from marketplace.kernel.secrets import hashed
from marketplace.kernel.text import Sentence, say

NOTICES_PER_PAGE = 30
# Asked on every page of somebody signed in: made once, so that only the values change.
_SIGN_IN = select(SignIn).where(
    SignIn.secret_hash == bindparam("secret_hash"),
    SignIn.ended_at.is_(None),
    SignIn.expires_at > bindparam("at"),
)


class LinkGone(Gone):
    """A one-time link that was used, replaced, ran out, or never was."""

    def __init__(self) -> None:
        super().__init__(say("Tautan ini sudah dipakai atau lewat waktu. Minta tautan baru."))


def open_sign_in(session: Session, secret: str, *, at: datetime) -> SignIn | None:
    """Find the sign-in behind a cookie's secret, unless it ended, ran out or was closed."""
    found = session.scalar(_SIGN_IN, {"secret_hash": hashed(secret), "at": at})
    if found is None or found.account.closed_at is not None:
        return None
    return found


def by_login(session: Session, login: Login) -> Account | None:
    """Find the open account with this phone number or e-mail address."""
    where = Account.phone == login.phone if login.phone else Account.email == login.email
    return session.scalar(select(Account).where(where, Account.closed_at.is_(None)))


def account(session: Session, account_id: UUID) -> Account:
    """Fetch an open account."""
    found = session.get(Account, account_id)
    if found is None or found.closed_at is not None:
        raise NotFound(say("Akun tidak ditemukan."))
    return found


def staying(session: Session, account_id: UUID) -> Account:
    """Fetch an open account that nobody closes before this transaction ends.

    For whoever is about to write a row that needs the person: it is locked before any
    cooperative is, by those who close and by those who write.
    """
    found = session.get(Account, account_id, with_for_update={"read": True}, populate_existing=True)
    if found is None or found.closed_at is not None:
        raise NotFound(say("Akun tidak ditemukan."))
    return found


def sign_ins_of(session: Session, account_id: UUID, *, at: datetime) -> Sequence[SignIn]:
    """List the browsers in which a person is signed in, last used first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.expires_at > at)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(100)
    ).all()


def open_link(
    session: Session, secret: str, *, at: datetime, purpose: LinkPurpose = LinkPurpose.RESET
) -> OneTimeLink:
    """Fetch a one-time link that still works."""
    found = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.secret_hash == hashed(secret),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
    )
    if found is None:
        raise LinkGone
    return found


def open_email_link(
    session: Session, account_id: UUID, secret: str, *, at: datetime
) -> OneTimeLink:
    """Fetch the link that confirms a person's new address; another's is as good as gone."""
    found = open_link(session, secret, at=at, purpose=LinkPurpose.CONFIRM_EMAIL)
    if found.account_id != account_id:
        raise LinkGone
    return found


def waiting_email(session: Session, account_id: UUID, *, at: datetime) -> OneTimeLink | None:
    """Find the link by which a person's new address still waits to be confirmed."""
    return session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.account_id == account_id,
            OneTimeLink.purpose == LinkPurpose.CONFIRM_EMAIL,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
    )


def tokens_of(session: Session, account_id: UUID) -> Sequence[ApiToken]:
    """List a person's tokens that were not taken back, newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
        .limit(100)
    ).all()


def open_token(session: Session, secret: str, *, at: datetime) -> ApiToken | None:
    """Find the token behind a secret, unless it was taken back, ran out or its person left."""
    found = session.scalar(
        select(ApiToken).where(
            ApiToken.secret_hash == hashed(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at.is_(None) | (ApiToken.expires_at > at),
        )
    )
    if found is None or found.account.closed_at is not None:
        return None
    return found


def notices_of(session: Session, account_id: UUID, *, page: int = 1) -> Sequence[Notice]:
    """List a page of a person's notices, newest first."""
    return session.scalars(
        select(Notice)
        .where(Notice.account_id == account_id)
        .order_by(Notice.id.desc())
        .limit(NOTICES_PER_PAGE)
        .offset((page - 1) * NOTICES_PER_PAGE)
    ).all()


def count_notices(session: Session, account_id: UUID, *, unread: bool = False) -> int:
    """Count a person's notices, all or only the unread ones."""
    chosen = select(func.count(Notice.id)).where(Notice.account_id == account_id)
    if unread:
        chosen = chosen.where(Notice.read_at.is_(None))
    return session.scalar(chosen) or 0


def sentence_of(notice: Notice) -> Sentence:
    """Give a notice's text as a sentence that can be translated."""
    return _sentence(notice.text, notice.values)


def _sentence(template: str, values: Mapping[str, Any]) -> Sentence:
    return Sentence(
        template,
        {
            name: _sentence(value["say"], value["values"]) if isinstance(value, dict) else value
            for name, value in values.items()
        },
    )


def operators(session: Session) -> list[UUID]:
    """List the accounts of those who run the site."""
    chosen = select(Account.id).where(Account.is_operator, Account.closed_at.is_(None))
    return list(session.scalars(chosen.order_by(Account.id)))


def names_of(session: Session, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """Name the people behind what was done, in one query; who is unknown has no name."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {id_: name for id_, name in rows}  # noqa: C416 - rows, not pairs
