"""Mails about a person's account, sent when the outbox tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts import queries, service
from marketplace.accounts.models import Account
from marketplace.accounts.rules import Login
from marketplace.kernel.ids import from_text
from marketplace.kernel.text import say
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail


def listen(jobs: Jobs) -> None:
    """Hear of everything that a person is told by mail."""
    jobs.listen("account.reset_asked", send_reset)
    jobs.listen("account.registered_again", send_registered_again)
    jobs.listen("account.password_reset", send_password_reset)
    jobs.listen("account.phone_changed", send_phone_changed)
    jobs.listen("account.email_asked", send_email_link)


def _reachable(session: Session, facts: Mapping[str, Any]) -> Account | None:
    """Find who is to be told; nobody when the message was only sent to look the same."""
    account_id = from_text(facts["account_id"] or "")
    account = session.get(Account, account_id) if account_id else None
    if account is None or account.email is None or account.closed_at is not None:
        return None
    return account


def send_reset(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Send a link for a new password; the link is made here, so its secret is stored nowhere."""
    account = _reachable(session, facts)
    if account is None or account.email is None:
        return
    secret = service.make_reset_link(session, account, at=at)
    send_mail(
        account.email,
        say("Kata sandi baru"),
        "accounts/reset",
        language=account.language,
        name=account.name,
        link=absolute(f"/tautan/{secret}"),
    )


def send_registered_again(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Tell the owner of an address that somebody tried to register with it."""
    account = _reachable(session, facts)
    if account is None or account.email is None:
        return
    send_mail(
        account.email,
        say("Kamu sudah punya akun"),
        "accounts/registered_again",
        language=account.language,
        name=account.name,
        link=absolute("/masuk"),
    )


def send_password_reset(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Tell a person that their password was replaced by a link."""
    account = _reachable(session, facts)
    if account is None or account.email is None:
        return
    send_mail(
        account.email,
        say("Kata sandimu diganti"),
        "accounts/password_reset",
        language=account.language,
        name=account.name,
        link=absolute("/lupa-sandi"),
    )


def send_phone_changed(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Tell a person that they sign in by another number now."""
    account = _reachable(session, facts)
    if account is None or account.email is None:
        return
    send_mail(
        account.email,
        say("Nomor HP akunmu diganti"),
        "accounts/phone_changed",
        language=account.language,
        name=account.name,
        link=absolute("/lupa-sandi"),
    )


def send_email_link(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Send the link that confirms a new address; an owner hears that somebody tried instead.

    The mail to an address that nobody confirmed yet carries no name: it may be a stranger's.
    """
    account_id = from_text(facts["account_id"])
    asking = session.get(Account, account_id)
    link = queries.waiting_email(session, asking.id, at=at) if asking else None
    if asking is None or link is None or link.email is None:
        return
    owner = queries.by_login(session, Login(email=link.email))
    if owner is not None:
        send_mail(
            link.email,
            say("Alamat e-mailmu dicoba dipakai"),
            "accounts/email_tried",
            language=owner.language,
            name=owner.name,
            link=absolute("/masuk"),
        )
        return
    secret = service.make_email_link(session, link)
    send_mail(
        link.email,
        say("Pastikan alamat e-mailmu"),
        "accounts/email_link",
        language=asking.language,
        link=absolute(f"/akun/email/{secret}"),
    )


def send_closed(account: Account) -> None:
    """Say goodbye; called before the account is closed, while there is an address."""
    if account.email is None:
        return
    send_mail(
        account.email,
        say("Akunmu ditutup"),
        "accounts/closed",
        language=account.language,
        name=account.name,
    )


def send_email_changed(account: Account, old: str) -> None:
    """Tell an address that it opens the account no more; it is kept nowhere any longer.

    Called where the change is made, in its transaction: afterwards nobody knows the address.
    """
    send_mail(
        old,
        say("Alamat e-mail akunmu diganti"),
        "accounts/email_changed",
        language=account.language,
        name=account.name,
    )
