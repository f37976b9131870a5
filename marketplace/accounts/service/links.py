"""One-time links: how they end, and how a forgotten password is replaced by one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Account, ApiToken, LinkPurpose, OneTimeLink
from marketplace.accounts.rules import Login
from marketplace.accounts.service.people import set_password
from marketplace.kernel.ids import to_text
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.outbox import service as outbox

RESET_LASTS = timedelta(hours=1)


def ask_reset(session: Session, login: Login | None, *, at: datetime) -> None:
    """Ask for a link by mail. What happens, and how long it takes, tells nobody who is known.

    The link is made when the mail is written, so that its secret is kept nowhere.
    """
    account = queries.by_login(session, login) if login else None
    reachable = account is not None and account.email is not None
    account_id = to_text(account.id) if account and reachable else None
    outbox.tell(session, "account.reset_asked", at=at, account_id=account_id)


def end_links(session: Session, account_id: UUID, purpose: LinkPurpose, *, at: datetime) -> None:
    """Let a person's open links of one kind work no longer."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.account_id == account_id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=at)
    )


def use_up(session: Session, link: OneTimeLink, *, at: datetime) -> None:
    """Use a link, which only one of several requests at once can do."""
    used = session.scalars(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=at)
        .returning(OneTimeLink.id)
    ).all()
    if not used:
        raise queries.LinkGone


def make_reset_link(
    session: Session, account: Account, *, by: UUID | None = None, at: datetime
) -> str:
    """Make a link that lets its holder set a new password once, within the hour.

    ``by`` is the officer who will hand it over; older links stop working.
    """
    end_links(session, account.id, LinkPurpose.RESET, at=at)
    secret = new_secret()
    session.add(
        OneTimeLink(
            account_id=account.id,
            purpose=LinkPurpose.RESET,
            secret_hash=hashed(secret),
            created_by=by,
            created_at=at,
            expires_at=at + RESET_LASTS,
        )
    )
    session.flush()
    return secret


def use_reset_link(session: Session, secret: str, new_password: str, *, at: datetime) -> Account:
    """Set a new password by a link, once; whoever was signed in or held a token is out."""
    link = queries.open_link(session, secret, at=at)
    use_up(session, link, at=at)
    account = queries.account(session, link.account_id)
    set_password(session, account, new_password, keep=None, at=at)
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    outbox.tell(session, "account.password_reset", at=at, account_id=to_text(account.id))
    return account
